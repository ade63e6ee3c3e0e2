package io.tapdeck.web.api;

import io.tapdeck.web.account.Accounts;
import io.tapdeck.web.http.Route;
import java.util.List;
import java.util.stream.Stream;

/** All that the API has. */
public final class Api {
  private Api() {}

  /** Every route there is: what is not in this list does not exist. */
  public static List<Route> routes(Accounts accounts, AboutRoutes about, Parts parts) {
    return Stream.of(
            new SetupRoutes(accounts).routes(),
            new SessionRoutes(accounts).routes(),
            new UserRoutes(accounts.users()).routes(),
            new TokenRoutes(accounts.apiTokens()).routes(),
            new AuditRoutes(accounts.audit()).routes(),
            new ReplayTargetRoutes(accounts.replayTargets()).routes(),
            new DescriptionRoutes().routes(),
            about.routes(),
            new DoctorRoutes(parts.starter(), parts.recordings()).routes(),
            new InterfaceRoutes(parts).routes(),
            new RecordingRoutes(parts).routes(),
            new UploadRoutes(parts).routes(),
            new SegmentRoutes(parts).routes(),
            new FileRoutes(parts).routes(),
            new HistoryRoutes(parts, accounts.audit()).routes(),
            new TemplateRoutes(parts).routes(),
            new ScheduleRoutes(parts).routes(),
            new ForecastRoutes(parts).routes(),
            new ReplayRoutes(parts.replays(), accounts.replayTargets()).routes(),
            new MirrorRoutes(parts).routes(),
            new MirrorPlanRoutes(parts).routes(),
            new EventRoutes(parts).routes())
        .flatMap(List::stream)
        .toList();
  }
}
