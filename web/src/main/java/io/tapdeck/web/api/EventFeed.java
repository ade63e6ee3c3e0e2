package io.tapdeck.web.api;

import io.tapdeck.web.http.Event;
import io.tapdeck.web.job.Changes;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all who listen are told: the whole state of several things, each looked up and written down
 * once whenever it changes, for however many. Nobody looks while nobody listens. Who listens late
 * or reads slowly is told the last state of each, and of none twice; so is who comes back and says
 * which event was the last that it heard.
 */
final class EventFeed {
  private static final Logger LOG = LoggerFactory.getLogger(EventFeed.class);
  private static final Pattern ID = Pattern.compile("([0-9a-f]{1,16})-(\\d{1,18})");

  /** Where the state of a thing is looked up. */
  @FunctionalInterface
  interface Source {
    /** The state, which equals another if nothing has changed. */
    Object now() throws IOException, InterruptedException;
  }

  /**
   * How often it looks.
   *
   * @param interval no more often than this, however much changes
   * @param rest after so long without a change too: of counters nobody tells that they have changed
   */
  record Pace(Duration interval, Duration rest) {}

  private record Told(Object state, Event event, long number) {}

  private final Map<String, Source> sources;
  private final Changes changes;
  private final Pace pace;

  /** Which feed numbered an event: another server's numbers say nothing. */
  private final String life = Long.toHexString(ThreadLocalRandom.current().nextLong());

  private final Set<String> failing = ConcurrentHashMap.newKeySet();
  private final Map<String, Told> latest = new LinkedHashMap<>();
  private long told;
  private int listeners;
  private @Nullable Thread reader;

  /**
   * @param sources by the names of their events
   * @param changes told of what changes
   */
  EventFeed(Map<String, Source> sources, Changes changes, Pace pace) {
    this.sources = new LinkedHashMap<>(sources);
    this.changes = changes;
    this.pace = pace;
  }

  /** Begins to listen; the first that it hears is the whole state. */
  Listener listen() {
    return listen("");
  }

  /**
   * Begins to listen; the first that it hears is what is news after an event.
   *
   * @param lastId that event's id; of anything else, all is news
   */
  synchronized Listener listen(String lastId) {
    if (listeners == 0) {
      latest.clear();
      reader = Thread.ofVirtual().name("event-feed").start(this::read);
    }
    listeners++;
    return new Listener(numberOf(lastId));
  }

  /** The number of one of our events; 0 if it is not ours. */
  private long numberOf(String id) {
    Matcher found = ID.matcher(id);
    long number =
        found.matches() && found.group(1).equals(life) ? Long.parseLong(found.group(2)) : 0;
    return number <= told ? number : 0;
  }

  private synchronized void leave() {
    listeners--;
    if (listeners == 0) {
      // It ends by itself: what it asks others is not broken off.
      reader = null;
    }
  }

  /** One who listens, on one thread. */
  final class Listener implements AutoCloseable {
    private long seen;

    private Listener(long seen) {
      this.seen = seen;
    }

    /** Whether it has heard something before. */
    boolean isBack() {
      return seen > 0;
    }

    /**
     * Waits for news.
     *
     * @return the last event of each thing of which there is news; none if there is none in time
     */
    List<Event> await(Duration timeout) throws InterruptedException {
      synchronized (EventFeed.this) {
        long end = System.nanoTime() + timeout.toNanos();
        while (latest.values().stream().noneMatch(one -> one.number() > seen)) {
          long left = end - System.nanoTime();
          if (left <= 0) {
            return List.of();
          }
          EventFeed.this.wait(left / 1_000_000 + 1);
        }
        // In their order, so that who hears only some of them may go on after any.
        List<Event> news =
            latest.values().stream()
                .filter(one -> one.number() > seen)
                .sorted(Comparator.comparingLong(Told::number))
                .map(Told::event)
                .toList();
        seen = told;
        return news;
      }
    }

    @Override
    public void close() {
      leave();
    }
  }

  private void read() {
    try {
      while (isReader()) {
        long seen = changes.count();
        for (Map.Entry<String, Source> source : sources.entrySet()) {
          look(source.getKey(), source.getValue());
        }
        Thread.sleep(pace.interval());
        var _ = changes.await(seen, pace.rest());
      }
    } catch (InterruptedException nobodyListens) {
      Thread.currentThread().interrupt();
    }
  }

  private void look(String name, Source source) throws InterruptedException {
    try {
      Object state = source.now();
      if (!isTold(name, state)) {
        tell(name, state, Event.of(name, state));
      }
      failing.remove(name);
    } catch (IOException | RuntimeException failed) {
      // Once, not twice a second; the others go on.
      if (failing.add(name)) {
        LOG.error("{} cannot be told", name, failed);
      }
    }
  }

  private synchronized boolean isReader() {
    return Thread.currentThread().equals(reader);
  }

  private synchronized boolean isTold(String name, Object state) {
    Told known = latest.get(name);
    return known != null && known.state().equals(state);
  }

  private synchronized void tell(String name, Object state, Event event) {
    if (Thread.currentThread().equals(reader)) {
      told++;
      latest.put(name, new Told(state, event.as(life + "-" + told), told));
      notifyAll();
    }
  }
}
