package io.tapdeck.web.starter;

import io.tapdeck.capture.doctor.Diagnosis;
import io.tapdeck.capture.doctor.Doctor;
import io.tapdeck.capture.doctor.DoctorRequest;
import io.tapdeck.capture.netif.InterfaceInventory;
import io.tapdeck.capture.os.NetworkNamespace;
import io.tapdeck.capture.recording.RecordingSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Does it with this process's own privileges; what they do not allow is refused.
 *
 * @param program starts this program once more
 * @param data the data directory
 */
public record OwnStarter(ProgramLine program, Path data) implements Starter {
  public OwnStarter {
    data = data.toAbsolutePath().normalize();
  }

  /** In a session of its own, and with nothing of ours but files. */
  @Override
  public StartedJob start(JobOrder order) throws IOException {
    List<String> line = new ArrayList<>(List.of("setsid"));
    line.addAll(program.with(order.words(data)));
    String output = order.directory(data).resolve(order.kind().program()).toString();
    Process process =
        new ProcessBuilder(line)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(Path.of(output + ".out").toFile())
            .redirectError(Path.of(output + ".err").toFile())
            .start();
    return new StartedJob(
        process.pid(), process.onExit().thenApply(ended -> OptionalInt.of(ended.exitValue())));
  }

  @Override
  public InterfaceInventory interfaces() throws InterruptedException {
    return InterfaceInventory.take();
  }

  @Override
  public NicLook look(String interfaceName, Optional<NetworkNamespace> namespace)
      throws IOException, InterruptedException {
    return NicLook.at(interfaceName, namespace);
  }

  @Override
  public Diagnosis examine(
      Optional<String> interfaceName, Optional<NetworkNamespace> namespace, boolean isMeasured)
      throws IOException, InterruptedException {
    return Doctor.examine(
        new DoctorRequest(
            interfaceName,
            namespace,
            Optional.of(JobKind.RECORD.all(data)),
            RecordingSettings.DEFAULT_BUFFER,
            RecordingSettings.usualWriteBuffer(),
            isMeasured),
        doing -> {});
  }
}
