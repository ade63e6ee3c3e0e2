package io.tapdeck.web.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapdeck.capture.doctor.Diagnosis;
import io.tapdeck.capture.doctor.Finding;
import io.tapdeck.capture.doctor.Grade;
import io.tapdeck.capture.doctor.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What was found, for people and for machines. */
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
                .formatted(word(finding.grade()), check, pad, plain(finding.found())));
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

  /** How many there are of each grade, and the findings. */
  static ObjectNode json(Diagnosis diagnosis) {
    ObjectNode report = JsonNodeFactory.instance.objectNode();
    for (Grade grade : Grade.values()) {
      report.put(word(grade), diagnosis.count(grade));
    }
    ArrayNode findings = report.putArray("findings");
    for (Section section : diagnosis.sections()) {
      for (Finding finding : section.findings()) {
        ObjectNode node = findings.addObject();
        node.put("subject", section.subject())
            .put("check", finding.check())
            .put("grade", word(finding.grade()))
            .put("found", finding.found())
            .put("remedy", finding.remedy().orElse(null));
        ObjectNode figures = node.putObject("figures");
        finding.figures().forEach((name, figure) -> figures.putPOJO(name, figure));
      }
    }
    return report;
  }

  /** Names come from elsewhere: they must not steer the terminal, nor look like another line. */
  static String plain(String text) {
    return text.replaceAll("[\\p{Cc}\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]", "?");
  }

  private static String word(Grade grade) {
    return grade.name().toLowerCase(Locale.ROOT);
  }
}
