package io.tapdeck.capture.libpcap;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the shared library of libpcap on this machine. */
final class PcapLibrary {
  /** Debian's name of the library, then everybody else's. */
  private static final String[] NAMES = {"libpcap.so.0.8", "libpcap.so.1"};

  static final Optional<SymbolLookup> LOOKUP =
      Stream.of(NAMES).flatMap(name -> load(name).stream()).findFirst();

  private PcapLibrary() {}

  static void require() throws PcapException {
    if (LOOKUP.isEmpty()) {
      throw new PcapException(
          0, "libpcap is not installed: install it (on Debian: apt install libpcap0.8)");
    }
  }

  private static Optional<SymbolLookup> load(String name) {
    try {
      return Optional.of(SymbolLookup.libraryLookup(name, Arena.global()));
    } catch (IllegalArgumentException absent) {
      return Optional.empty();
    }
  }
}
