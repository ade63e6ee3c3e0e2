package io.tapdeck.web.command;

import io.tapdeck.capture.doctor.Diagnosis;
import io.tapdeck.capture.doctor.Finding;
import io.tapdeck.capture.doctor.Grade;
import io.tapdeck.capture.doctor.Section;
import io.tapdeck.web.starter.DiagnosisReport;
import java.util.ArrayList;
import java.util.List;

/** What was found, for people. */
final class DoctorReport {
  private DoctorReport() {}

  /** A line for each finding, below its subject; what to do below what is not good. */
  static List<String> text(Diagnosis diagnosis) {
    int width =
        diagnosis.sections().stream()
            .flatMap(section -> section.findings().stream())
            .mapToInt(finding -> finding.check().length())
            .max()
            .orElse(0);
    List<String> lines = new ArrayList<>();
    for (Section section : diagnosis.sections()) {
      lines.add(plain(section.subject()));
      for (Finding finding : section.findings()) {
        String check = plain(finding.check());
        String pad = " ".repeat(width - check.length());
        lines.add(
            "  %-4s  %s%s  %s"
                .formatted(
                    DiagnosisReport.word(finding.grade()), check, pad, plain(finding.found())));
        finding
            .remedy()
            .ifPresent(
                remedy -> lines.add("        " + " ".repeat(width) + "  -> " + plain(remedy)));
      }
      lines.add("");
    }
    lines.add(
        "%d bad, %d warn, %d good"
            .formatted(
                diagnosis.count(Grade.BAD),
                diagnosis.count(Grade.WARN),
                diagnosis.count(Grade.GOOD)));
    return lines;
  }

  /** Names come from elsewhere: they must not steer the terminal, nor look like another line. */
  static String plain(String text) {
    return text.replaceAll("[\\p{Cc}\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]", "?");
  }
}
