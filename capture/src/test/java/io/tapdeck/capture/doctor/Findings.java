package io.tapdeck.capture.doctor;

/** The findings of a section by what was checked. */
record Findings(Section section) {
  Finding get(String check) {
    return section.findings().stream()
        .filter(finding -> finding.check().equals(check))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + check + " in " + section));
  }
}
