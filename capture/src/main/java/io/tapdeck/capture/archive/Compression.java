package io.tapdeck.capture.archive;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a capture file is stored. */
public enum Compression {
  /** As it is. */
  @JsonProperty("none")
  NONE(""),

  /** Zstandard (RFC 8878). */
  @JsonProperty("zstd")
  ZSTD(".zst"),

  /** gzip (RFC 1952). */
  @JsonProperty("gzip")
  GZIP(".gz");

  private final String suffix;

  Compression(String suffix) {
    this.suffix = suffix;
  }

  /** What a file's name ends with besides, such as {@code .zst}; empty for {@link #NONE}. */
  public String suffix() {
    return suffix;
  }

  /** What the name of a file says of how it is stored. */
  public static Compression ofFileName(String fileName) {
    for (Compression compression : values()) {
      if (compression != NONE && fileName.endsWith(compression.suffix)) {
        return compression;
      }
    }
    return NONE;
  }
}
