package io.tapdeck.web.command;

import io.tapdeck.replay.Replay;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Orders by single keys, where standard input is a terminal and this process is in its foreground:
 * blank pauses and resumes, {@code +} and {@code -} change the pace by a quarter, {@code n} sends
 * the next frame, {@code q} ends. While open, the terminal gives keys at once and does not show
 * them (stty(1)); Ctrl-C and Ctrl-Z are what they always are.
 */
final class ReplayKeys implements AutoCloseable {
  /** What is told about the keys. */
  static final String HELP = "blank pauses, + and - change the pace, n steps, q ends";

  /** Faster by a quarter, and slower so that it is as before. */
  private static final int MORE = 5;

  private static final int LESS = 4;

  private static final long STTY_SECONDS = 2;

  private final Replay replay;
  private final Runnable pressed;
  private final String settings;
  private final Thread restoring = Thread.ofPlatform().unstarted(this::restore);
  private boolean restored;

  private ReplayKeys(Replay replay, Runnable pressed, String settings) {
    this.replay = replay;
    this.pressed = pressed;
    this.settings = settings;
  }

  /**
   * Takes keys from now on.
   *
   * @param pressed called after each key that did something
   * @return null if standard input is no terminal, or belongs to another job
   */
  static @Nullable ReplayKeys open(Replay replay, Runnable pressed) {
    if (!isForegroundTerminal()) {
      return null;
    }
    String settings = stty("-g").strip();
    if (settings.isEmpty()) {
      return null;
    }
    ReplayKeys keys = new ReplayKeys(replay, pressed, settings);
    // Also where the JVM ends without closing this.
    Runtime.getRuntime().addShutdownHook(keys.restoring);
    stty("-icanon", "-echo", "min", "1", "time", "0");
    Thread.ofPlatform().daemon().name("keys").start(() -> keys.read(System.in));
    return keys;
  }

  /**
   * A job in the background that reads from its terminal, or sets it, is stopped by the kernel
   * (termios(3)). The groups are in proc(5)'s stat: after the name, state, ppid, pgrp, session,
   * tty_nr, tpgid.
   */
  private static boolean isForegroundTerminal() {
    try {
      String terminal = Path.of("/proc/self/fd/0").toRealPath().toString();
      String stat = Files.readString(Path.of("/proc/self/stat"), StandardCharsets.ISO_8859_1);
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return terminal.startsWith("/dev/")
          && !terminal.equals("/dev/null")
          && fields[2].equals(fields[5]);
    } catch (IOException | RuntimeException untold) {
      return false;
    }
  }

  /** What stty says; empty if it refuses, as it does if standard input is no terminal. */
  private static String stty(String... words) {
    List<String> line = new ArrayList<>(List.of("stty"));
    line.addAll(List.of(words));
    try {
      Process process =
          new ProcessBuilder(line)
              .redirectInput(ProcessBuilder.Redirect.INHERIT)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      boolean done = process.waitFor(STTY_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
      return done ? said : "";
    } catch (IOException none) {
      return "";
    } catch (InterruptedException hurry) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  private void read(InputStream terminal) {
    try {
      for (int key = terminal.read(); key >= 0; key = terminal.read()) {
        press((char) key);
      }
    } catch (IOException gone) {
      // There are no more keys.
    }
  }

  /** Does what a key is for. */
  void press(char key) {
    switch (key) {
      case ' ' -> {
        if (replay.progress().paused()) {
          replay.resume();
        } else {
          replay.pause();
        }
      }
      case '+', '=' -> replay.scale(MORE, LESS);
      case '-', '_' -> replay.scale(LESS, MORE);
      case 'n', 'N' -> replay.step(1);
      case 'q', 'Q' -> replay.stop();
      default -> {
        return;
      }
    }
    pressed.run();
  }

  private synchronized void restore() {
    if (!restored) {
      restored = true;
      stty(settings);
    }
  }

  /** Gives the terminal back as it was. */
  @Override
  public void close() {
    restore();
    try {
      Runtime.getRuntime().removeShutdownHook(restoring);
    } catch (IllegalStateException ending) {
      // The JVM is ending, and the hook finds it done.
    }
  }
}
