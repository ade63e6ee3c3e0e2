package io.tapdeck.capture.doctor;

import java.util.List;

/**
 * What was found about one subject.
 *
 * @param subject such as "machine", "interface eth0" or "directory /data"
 */
public record Section(String subject, List<Finding> findings) {
  public Section {
    findings = List.copyOf(findings);
  }
}
