package io.tapdeck.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.web.http.Event;
import io.tapdeck.web.job.Changes;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What is told to many is looked up and written down once. */
class EventFeedTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration SHORT = Duration.ofMillis(50);

  private final AtomicReference<Object> state = new AtomicReference<>("first");
  private final AtomicInteger looks = new AtomicInteger();
  private final Changes changes = new Changes();
  private final EventFeed feed = feed(Duration.ofMinutes(1));

  private EventFeed feed(Duration rest) {
    return new EventFeed(
        Map.of("thing", this::look), changes, new EventFeed.Pace(Duration.ofMillis(1), rest));
  }

  private Object look() throws IOException {
    looks.incrementAndGet();
    Object now = state.get();
    if (now instanceof IOException failure) {
      throw failure;
    }
    return now;
  }

  private void become(Object next) {
    state.set(next);
    changes.tell();
  }

  @Test
  void allWhoListenGetTheSameEventAndTheThingIsLookedUpOnce() throws Exception {
    List<EventFeed.Listener> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      all.add(feed.listen());
    }
    List<Event> first = all.getFirst().await(PATIENCE);
    assertThat(first).hasSize(1);
    become("second");
    List<Event> second = all.getFirst().await(PATIENCE);
    assertThat(second).hasSize(1).doesNotContainAnyElementsOf(first);
    for (EventFeed.Listener late : all.subList(1, all.size())) {
      // One who was slow is told the last state alone.
      assertThat(late.await(PATIENCE)).isEqualTo(second);
    }
    assertThat(all.getLast().await(SHORT)).isEmpty();
    assertThat(looks).hasValue(2);
    all.forEach(EventFeed.Listener::close);
  }

  @Test
  void whoComesLaterIsToldAllAndWhatHasNotChangedIsNotToldAgain() throws Exception {
    try (EventFeed.Listener one = feed.listen()) {
      List<Event> first = one.await(PATIENCE);
      become("first");
      assertThat(one.await(SHORT)).isEmpty();
      try (EventFeed.Listener other = feed.listen()) {
        assertThat(other.await(PATIENCE)).isEqualTo(first);
      }
    }
  }

  @Test
  void whoComesBackIsToldWhatIsNewsSinceTheLastThatItHeard() throws Exception {
    try (EventFeed.Listener one = feed.listen()) {
      String first = one.await(PATIENCE).getFirst().id();
      try (EventFeed.Listener back = feed.listen(first)) {
        assertThat(back.isBack()).isTrue();
        assertThat(back.await(SHORT)).isEmpty();
        become("second");
        List<Event> second = back.await(PATIENCE);
        assertThat(second).hasSize(1);
        assertThat(second.getFirst().id()).isNotEmpty().isNotEqualTo(first);
      }
      try (EventFeed.Listener late = feed.listen(first)) {
        assertThat(late.await(PATIENCE)).isEqualTo(one.await(PATIENCE));
      }
    }
  }

  @Test
  void whoSaysWhatThisServerHasNeverToldIsToldAll() throws Exception {
    try (EventFeed.Listener one = feed.listen()) {
      List<Event> all = one.await(PATIENCE);
      String id = all.getFirst().id();
      String ofAnother;
      EventFeed another = feed(Duration.ofMinutes(1));
      try (EventFeed.Listener there = another.listen()) {
        ofAnother = there.await(PATIENCE).getFirst().id();
      }
      String later = id.replaceFirst("-.*", "-999999999999999999");
      for (String word : List.of(ofAnother, later, id + "0", "-1", "0", "x".repeat(10_000))) {
        try (EventFeed.Listener stranger = feed.listen(word)) {
          assertThat(stranger.isBack()).as(word).isFalse();
          assertThat(stranger.await(PATIENCE)).isEqualTo(all);
        }
      }
    }
  }

  @Test
  void nobodyLooksWhileNobodyListensAndTheNextIsToldTheStateOfThen() throws Exception {
    EventFeed quiet = feed(Duration.ofMillis(1));
    List<Event> before;
    try (EventFeed.Listener one = quiet.listen()) {
      before = one.await(PATIENCE);
    }
    Thread.sleep(SHORT);
    int seen = looks.get();
    become("later");
    Thread.sleep(SHORT);
    assertThat(looks).hasValue(seen);
    try (EventFeed.Listener again = quiet.listen()) {
      assertThat(again.await(PATIENCE)).hasSize(1).doesNotContainAnyElementsOf(before);
    }
  }

  @Test
  void whatCannotBeLookedUpIsToldOnceItCanBeAgain() throws Exception {
    try (EventFeed.Listener one = feed.listen()) {
      assertThat(one.await(PATIENCE)).hasSize(1);
      become(new IOException("away"));
      assertThat(one.await(SHORT)).isEmpty();
      become("back");
      assertThat(one.await(PATIENCE)).hasSize(1);
    }
  }
}
