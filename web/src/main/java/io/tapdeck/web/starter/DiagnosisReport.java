package io.tapdeck.web.starter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapdeck.capture.doctor.Diagnosis;
import io.tapdeck.capture.doctor.Finding;
import io.tapdeck.capture.doctor.Grade;
import io.tapdeck.capture.doctor.Section;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A diagnosis as JSON: how many findings there are of each grade, and the findings. */
public final class DiagnosisReport {
  private DiagnosisReport() {}

  /** The word for a grade. */
  public static String word(Grade grade) {
    return grade.name().toLowerCase(Locale.ROOT);
  }

  /** Writes one. */
  public static ObjectNode write(Diagnosis diagnosis) {
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

  /**
   * Reads one.
   *
   * @throws IOException if it makes no sense
   */
  static Diagnosis read(JsonNode report) throws IOException {
    Map<String, List<Finding>> bySubject = new LinkedHashMap<>();
    try {
      for (JsonNode node : report.path("findings")) {
        bySubject
            .computeIfAbsent(node.path("subject").asText(), subject -> new ArrayList<>())
            .add(finding(node));
      }
    } catch (IllegalArgumentException senseless) {
      throw new IOException("the doctor's report makes no sense", senseless);
    }
    return new Diagnosis(
        bySubject.entrySet().stream()
            .map(section -> new Section(section.getKey(), section.getValue()))
            .toList());
  }

  private static Finding finding(JsonNode node) {
    Map<String, Object> figures = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> figure : node.path("figures").properties()) {
      figures.put(figure.getKey(), value(figure.getValue()));
    }
    return new Finding(
        node.path("check").asText(),
        Grade.valueOf(node.path("grade").asText().toUpperCase(Locale.ROOT)),
        node.path("found").asText(),
        Optional.of(node.path("remedy")).filter(JsonNode::isTextual).map(JsonNode::asText),
        figures);
  }

  private static Object value(JsonNode figure) {
    if (figure.isBoolean()) {
      return figure.booleanValue();
    }
    if (figure.isIntegralNumber()) {
      return figure.longValue();
    }
    return figure.isNumber() ? (Object) figure.doubleValue() : figure.asText();
  }
}
