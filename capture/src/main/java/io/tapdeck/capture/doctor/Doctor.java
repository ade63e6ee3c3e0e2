package io.tapdeck.capture.doctor;

import io.tapdeck.capture.netif.InterfaceKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/** Looks at a machine, an interface and a directory, and says what a recording would meet. */
public final class Doctor {
  private static final long MEGA = 1_000_000;

  private Doctor() {}

  /**
   * Looks. Nothing is changed: the interface is opened for a moment, and, if the disk is to be
   * measured, a file without a name is written for two seconds.
   *
   * @param doing told what is being done, before each step that takes long
   * @throws IOException if the machine does not say the least, such as without /proc
   * @throws InterruptedException if the caller is interrupted while it waits
   */
  public static Diagnosis examine(DoctorRequest request, Consumer<String> doing)
      throws IOException, InterruptedException {
    List<Section> sections = new ArrayList<>();
    sections.add(MachineChecks.judge(MachineFacts.read(isToEnter(request))));
    long ring = request.buffer().bytes();
    OptionalLong link = OptionalLong.empty();
    Optional<String> netns = request.namespace().map(named -> named.name());
    try {
      if (request.interfaceName().isPresent()) {
        String name = request.interfaceName().get();
        InterfaceFacts facts =
            inside(request, () -> InterfaceFacts.read(name, netns, Optional.of(request.buffer())));
        sections.add(InterfaceChecks.judge(facts, request.buffer()));
        if (facts.ring() instanceof RingTrial.Granted granted && granted.bytes() > 0) {
          ring = granted.bytes();
        }
        link = linkBitsPerSecond(facts);
      } else {
        sections.add(
            InterfaceChecks.judgeBriefly(
                inside(request, () -> InterfaceFacts.readAllUp(netns)), netns));
      }
    } catch (IOException unseen) {
      sections.add(InterfaceChecks.unseen(netns.orElse(""), String.valueOf(unseen.getMessage())));
    }
    if (request.directory().isPresent()) {
      if (request.measured()) {
        doing.accept("measuring how fast " + request.directory().get() + " can be written");
      }
      sections.add(
          DirectoryChecks.judge(
              DirectoryFacts.read(request.directory().get(), request.measured()),
              ring + request.writeBuffer().bytes(),
              link));
    }
    return new Diagnosis(sections);
  }

  /** Not where {@code ip netns exec} has brought this process already. */
  private static boolean isToEnter(DoctorRequest request) {
    return request.namespace().filter(namespace -> !namespace.isCurrent()).isPresent();
  }

  private static OptionalLong linkBitsPerSecond(InterfaceFacts facts) {
    return facts.kind() == InterfaceKind.PHYSICAL && facts.speedMbps().isPresent()
        ? OptionalLong.of(facts.speedMbps().get() * MEGA)
        : OptionalLong.empty();
  }

  private static <T> T inside(DoctorRequest request, Callable<T> task)
      throws IOException, InterruptedException {
    try {
      return request.namespace().isPresent() ? request.namespace().get().call(task) : task.call();
    } catch (IOException | InterruptedException | RuntimeException expected) {
      throw expected;
    } catch (Exception unexpected) {
      throw new IOException(unexpected);
    }
  }
}
