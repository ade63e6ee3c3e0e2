package io.tapdeck.web.privilege;

import io.tapdeck.capture.netif.InterfaceInventory;
import io.tapdeck.capture.os.NetworkNamespace;
import io.tapdeck.replay.proof.Receiver;
import io.tapdeck.web.starter.Answer;
import io.tapdeck.web.starter.JobKind;
import io.tapdeck.web.starter.JobOrder;
import io.tapdeck.web.starter.NicLook;
import io.tapdeck.web.starter.Order;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does with root's privileges what an appliance without any orders. */
final class PrivilegedWork implements OrderedWork {
  private static final Logger LOG = LoggerFactory.getLogger(PrivilegedWork.class);

  /** Recorders and players at once; an appliance keeps to less. */
  private static final int MOST_JOBS = 64;

  private static final int MOST_LOOKS = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Launch launch;
  private final Path data;
  private final Path realData;
  private final Semaphore jobs = new Semaphore(MOST_JOBS);
  private final Semaphore looks = new Semaphore(MOST_LOOKS);

  /**
   * @param launch starts programs
   * @param data the data directory, absolute; a link to it is not followed anew
   */
  PrivilegedWork(Launch launch, Path data) throws IOException {
    this.launch = launch;
    this.data = data;
    realData = data.toRealPath();
  }

  @Override
  public void obey(Order order, Answers answers)
      throws IOException, InterruptedException, OrderRefusedException {
    switch (order) {
      case Order.Start(JobOrder job) -> start(job, answers);
      case Order.Interfaces _ -> answers.tell(Answer.interfaces(looking(InterfaceInventory::take)));
      case Order.Look(String name, Optional<NetworkNamespace> namespace) ->
          answers.tell(Answer.look(looking(() -> NicLook.at(name, namespace))));
      case Order.Examine examine -> answers.tell(Answer.examined(looking(() -> examine(examine))));
    }
  }

  @FunctionalInterface
  private interface Looking<T> {
    T look() throws IOException, InterruptedException, OrderRefusedException;
  }

  private <T> T looking(Looking<T> task)
      throws IOException, InterruptedException, OrderRefusedException {
    looks.acquire();
    try {
      return task.look();
    } catch (IOException unseen) {
      throw new OrderRefusedException(String.valueOf(unseen.getMessage()));
    } finally {
      looks.release();
    }
  }

  private void start(JobOrder job, Answers answers)
      throws IOException, InterruptedException, OrderRefusedException {
    if (!jobs.tryAcquire()) {
      throw new OrderRefusedException(
          MOST_JOBS + " recorders and players are at work already: stop one first");
    }
    try {
      requireInside(job);
      if (job.kind() == JobKind.REPLAY && job.option("force").isEmpty()) {
        requireFree(job);
      }
      Process process = launch(job);
      LOG.info("{} {} is process {}", job.kind().program(), job.id(), process.pid());
      answers.tell(Answer.started(process.pid()));
      answers.tell(Answer.ended(process.waitFor()));
    } finally {
      jobs.release();
    }
  }

  /** Its directory, and that of what it plays, are where they should be, and no links. */
  private void requireInside(JobOrder job) throws OrderRefusedException {
    requireOwn(job.directory(data));
    if (job.source().isPresent()) {
      requireOwn(JobKind.RECORD.all(data).resolve(job.source().get().toString()));
    }
  }

  private void requireOwn(Path directory) throws OrderRefusedException {
    try {
      if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
          && directory.toRealPath().equals(realData.resolve(data.relativize(directory)))) {
        return;
      }
    } catch (IOException gone) {
      LOG.debug("{} cannot be looked at: {}", directory, gone.toString());
    }
    throw new OrderRefusedException(
        "the starter refuses that: " + directory + " is no directory of the appliance's own");
  }

  private Process launch(JobOrder job) throws IOException {
    Set<Capability> capabilities = EnumSet.copyOf(Confinement.PLAYER);
    if (job.kind() == JobKind.RECORD) {
      capabilities = EnumSet.copyOf(Confinement.RECORDER);
    } else if (seesElsewhere(job)) {
      capabilities.add(Confinement.ELSEWHERE);
    }
    Path output = job.directory(data).resolve(job.kind().program());
    return launch.job(namespace(job), capabilities, output, job.words(data));
  }

  private static Optional<NetworkNamespace> namespace(JobOrder job) {
    return job.option("netns").map(NetworkNamespace::new);
  }

  /** Whether frames are to be seen to arrive in another network namespace than they are sent in. */
  private static boolean seesElsewhere(JobOrder job) {
    Optional<NetworkNamespace> own = namespace(job);
    return job.option("verify").stream()
        .flatMap(names -> List.of(names.split(",", -1)).stream())
        .filter(name -> !name.isEmpty())
        .map(Receiver::parse)
        .anyMatch(
            receiver -> receiver.namespace().isPresent() && !receiver.namespace().equals(own));
  }

  /**
   * Nothing records or mirrors there. A player cannot see that: not whose sockets others hold, nor
   * the databases of switches.
   */
  private void requireFree(JobOrder job)
      throws IOException, InterruptedException, OrderRefusedException {
    List<String> words = new ArrayList<>(List.of("replay-objection"));
    job.option("interface").ifPresent(name -> words.add("--interface=" + name));
    job.option("server-interface").ifPresent(name -> words.add("--interface=" + name));
    Launch.Said said =
        looking(() -> launch.look(namespace(job), Confinement.LOOK_AROUND, words, PATIENCE));
    if (said.status() != 0) {
      throw new OrderRefusedException(
          said.text().isEmpty()
              ? "it cannot be seen whether that interface is recorded or mirrored: try again"
              : said.text().lines().findFirst().orElse(""));
    }
  }

  /** Runs the doctor as a recorder would be run. */
  private String examine(Order.Examine order)
      throws IOException, InterruptedException, OrderRefusedException {
    List<String> words = new ArrayList<>(List.of("doctor", "--json"));
    words.add("--output=" + JobKind.RECORD.all(data));
    order.interfaceName().ifPresent(name -> words.add("--interface=" + name));
    order.namespace().ifPresent(one -> words.add("--netns=" + one.name()));
    if (!order.isMeasured()) {
      words.add("--no-measure");
    }
    Launch.Said said = launch.confinedLook(order.namespace(), words, PATIENCE);
    if (said.text().isEmpty()) {
      throw new OrderRefusedException("the doctor could not look: the appliance's log says why");
    }
    return said.text();
  }
}
