package io.tapdeck.provisioner.agent;

import io.tapdeck.provisioner.mirror.FlowReport;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.Progress;
import io.tapdeck.provisioner.mirror.ServiceReport;
import java.util.List;

/** What is to be said while Open vSwitch is away: what was there cannot be read back any more. */
final class Absence {
  private final MirrorView view;
  private final String host;
  private final String reason;

  Absence(MirrorView view, String host, String reason) {
    this.view = view;
    this.host = host;
    this.reason = reason;
  }

  List<ServiceReport> serviceReports() {
    return view.serviceReports().stream()
        .filter(report -> report.host().equals(host))
        .map(report ->
            report.progress() == Progress.GONE
                ? report
                : new ServiceReport(
                    report.service(), host, report.generation(), Progress.ERROR, reason, ""))
        .toList();
  }

  List<FlowReport> flowReports() {
    return view.flowReports().stream()
        .filter(report -> report.host().equals(host))
        .map(report ->
            report.progress() == Progress.GONE
                ? report
                : new FlowReport(
                    report.flow(),
                    host,
                    report.flowGeneration(),
                    report.serviceGeneration(),
                    report.keys(),
                    Progress.ERROR,
                    reason))
        .toList();
  }
}
