package io.tapdeck.web.command;

import io.tapdeck.provisioner.mirror.GroupCount;
import io.tapdeck.provisioner.mirror.MirrorView;
import io.tapdeck.provisioner.mirror.TapService;
import io.tapdeck.web.mirror.Copies;
import io.tapdeck.web.mirror.MirrorFields;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tapdeck tap-service-list}. */
@Command(name = "tap-service-list", description = "Lists the mirror destinations.")
final class TapServiceList implements Callable<Integer> {
  @Mixin private NorthboundAccess access;
  @Mixin private Presentation presentation;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  TapServiceList() {}

  @Override
  public Integer call() throws Exception {
    return access.run(northbound -> {
      MirrorView view = northbound.view();
      List<GroupCount> counts = northbound.counts();
      List<Map<String, Object>> things = new ArrayList<>();
      view.services().stream()
          .sorted(Comparator.comparing(TapService::name))
          .forEach(service -> {
            Map<String, Object> fields = MirrorFields.of(service, view);
            fields.put("copies", Copies.of(service, view, counts));
            things.add(fields);
          });
      presentation.list(
          things, List.of("name", "type", "target", "host", "nic", "state", "copies", "reason"));
      return ExitStatus.DONE;
    });
  }
}
