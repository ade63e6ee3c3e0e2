package io.tapdeck.web.lab;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page in a browser, on a real appliance that mirrors and records the lab's traffic: one for
 * all cases, for it takes long to make.
 */
@Tag("lab")
class PageIT {
  @TempDir
  @SuppressWarnings("NullAway.Init")
  private static Path data;

  @SuppressWarnings("NullAway.Init")
  private static PageLab all;

  @BeforeAll
  static void serve() {
    all = new PageLab(data);
  }

  @AfterAll
  static void end() {
    all.close();
  }

  @Nested
  class OverviewPage extends OverviewPageCase {
    OverviewPage() {
      super(PageIT.all);
    }
  }

  @Nested
  class RecordingsPage extends RecordingsPageCase {
    RecordingsPage() {
      super(PageIT.all);
    }
  }

  @Nested
  class SchedulesPage extends SchedulesPageCase {
    SchedulesPage() {
      super(PageIT.all);
    }
  }

  @Nested
  class FilesPage extends FilesPageCase {
    FilesPage() {
      super(PageIT.all);
    }
  }

  @Nested
  class ReplaysPage extends ReplaysPageCase {
    ReplaysPage() {
      super(PageIT.all);
    }
  }

  @Nested
  class MirrorsPage extends MirrorsPageCase {
    MirrorsPage() {
      super(PageIT.all);
    }
  }

  @Nested
  class SystemPage extends SystemPageCase {
    SystemPage() {
      super(PageIT.all);
    }
  }

  @Nested
  class PeoplePage extends PeoplePageCase {
    PeoplePage() {
      super(PageIT.all);
    }
  }

  @Nested
  class EveryPage extends EveryPageCase {
    EveryPage() {
      super(PageIT.all);
    }
  }
}
