package io.tapdeck.web.command;

import io.tapdeck.provisioner.mirror.GroupCount;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.TapFlow;
import io.tapdeck.web.mirror.Copies;
import io.tapdeck.web.mirror.MirrorFields;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tapdeck tap-flow-list}. */
@Command(name = "tap-flow-list", description = "Lists the mirror sources.")
final class TapFlowList implements Callable<Integer> {
  @Mixin private NorthboundAccess access;
  @Mixin private Presentation presentation;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  TapFlowList() {}

  @Override
  public Integer call() throws Exception {
    return access.run(northbound -> {
      MirrorView view = northbound.view();
      List<GroupCount> counts = northbound.counts();
      List<Map<String, Object>> things = new ArrayList<>();
      view.flows().stream()
          .sorted(Comparator.comparing(TapFlow::name))
          .forEach(flow -> {
            Map<String, Object> fields = MirrorFields.of(flow, view);
            fields.put("copies", Copies.of(flow, view, counts));
            things.add(fields);
          });
      presentation.list(
          things, List.of("name", "tap", "source", "direction", "state", "copies", "reason"));
      return ExitStatus.DONE;
    });
  }
}
