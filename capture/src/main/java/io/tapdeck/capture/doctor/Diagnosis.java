package io.tapdeck.capture.doctor;

import java.util.List;

/** All that was found. */
public record Diagnosis(List<Section> sections) {
  public Diagnosis {
    sections = List.copyOf(sections);
  }

  /** How many findings have this grade. */
  public long count(Grade grade) {
    return sections.stream()
        .flatMap(section -> section.findings().stream())
        .filter(finding -> finding.grade() == grade)
        .count();
  }
}
