package io.tapdeck.web.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code tapdeck serve} on the lab's northbound, at a free port, with what it printed. */
final class ServedAppliance implements AutoCloseable {
  private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:\\d+");
  private static final Pattern CODE = Pattern.compile("into the page: (\\S+)");

  private final Command command;

  private ServedAppliance(Command command) {
    this.command = command;
  }

  /** Lets the account of an appliance pass a directory that is to hold its data. */
  static void letPass(Path directory) {
    try {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /** Starts it, and waits until it says where it is. */
  static ServedAppliance start(Lab lab, Path data) {
    Command command =
        lab.startTapdeck("serve", "--listen", "127.0.0.1:0", "--data", data.toString());
    command.awaitOutput(text -> CODE.matcher(text).find());
    return new ServedAppliance(command);
  }

  /** Starts one with a northbound of its own, which goes on when it ends. */
  static ServedAppliance alone(Path data) {
    Command command =
        Command.start(
            Map.of(),
            List.of(
                Playing.TAPDECK.toString(),
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--data",
                data.toString()));
    command.awaitOutput(text -> CODE.matcher(text).find());
    return new ServedAppliance(command);
  }

  /** Starts it once more, when there are users already. */
  static ServedAppliance startAgain(Lab lab, Path data) {
    Command command =
        lab.startTapdeck("serve", "--listen", "127.0.0.1:0", "--data", data.toString());
    command.awaitOutput(text -> ADDRESS.matcher(text).find());
    return new ServedAppliance(command);
  }

  /** Ends it as nothing expects. */
  void kill() {
    command.signal("KILL");
    assertThat(command.await().status()).isEqualTo(137);
  }

  String address() {
    return found(ADDRESS, 0);
  }

  /** The one-time code for the first user. */
  String code() {
    return found(CODE, 1);
  }

  private String found(Pattern pattern, int group) {
    Matcher matcher = pattern.matcher(command.out());
    assertThat(matcher.find()).as(command.out()).isTrue();
    return matcher.group(group);
  }

  @Override
  public void close() {
    command.signal("TERM");
    assertThat(command.await().status()).isZero();
  }
}
