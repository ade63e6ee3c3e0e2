package io.tapdeck.replay.rewrite;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What is done to the VLAN tags of a frame (IEEE 802.1Q). A tag is what begins with 0x8100 or
 * 0x88a8, or as older switches write the outer one, 0x9100 or 0x9200.
 */
public sealed interface VlanChange {
  /** Puts another tag before those that the frame has. */
  record Add(Tag tag) implements VlanChange {
    public Add {
      if (tag.id().isEmpty()) {
        throw new IllegalArgumentException("a tag to be added needs an id, such as add,id=100");
      }
    }
  }

  /** Changes the outermost tag in what {@code tag} has; frames without a tag stay without one. */
  record Replace(Tag tag) implements VlanChange {
    public Replace {
      if (tag.equals(Tag.UNCHANGED)) {
        throw new IllegalArgumentException(
            "there is nothing to replace; name id, priority, dei or type, such as replace,id=100");
      }
    }
  }

  /** Takes the outermost tag away, or all. */
  record Remove(boolean all) implements VlanChange {}

  /**
   * A tag, or what is to be changed in one. In one that is added, what is missing is 0, and its
   * type is 802.1Q.
   *
   * @param id of the VLAN, 0 to 4095; 0 is for a priority without a VLAN
   * @param priority 0 to 7
   * @param dropEligible the DEI bit
   * @param type what the tag begins with
   */
  record Tag(
      OptionalInt id,
      OptionalInt priority,
      Optional<Boolean> dropEligible,
      Optional<TagType> type) {
    /** Nothing. */
    static final Tag UNCHANGED =
        new Tag(OptionalInt.empty(), OptionalInt.empty(), Optional.empty(), Optional.empty());

    public Tag {
      if (id.isPresent() && (id.getAsInt() < 0 || id.getAsInt() > 4095)) {
        throw new IllegalArgumentException("a VLAN id is between 0 and 4095, not " + id.getAsInt());
      }
      if (priority.isPresent() && (priority.getAsInt() < 0 || priority.getAsInt() > 7)) {
        throw new IllegalArgumentException(
            "a VLAN priority is between 0 and 7, not " + priority.getAsInt());
      }
    }

    /** Ones where {@link #control} has bits to be kept. */
    int kept() {
      return (id.isPresent() ? 0 : 0x0FFF)
          | (priority.isPresent() ? 0 : 0xE000)
          | (dropEligible.isPresent() ? 0 : 0x1000);
    }

    /** The tag control information, 0 where it is not to be changed. */
    int control() {
      return id.orElse(0) | (priority.orElse(0) << 13) | (dropEligible.orElse(false) ? 0x1000 : 0);
    }
  }

  /** What a tag begins with. */
  enum TagType {
    /** A customer's. */
    DOT1Q(0x8100, "802.1q"),
    /** A provider's, the outer one. */
    DOT1AD(0x88A8, "802.1ad");

    private final int etherType;
    private final String text;

    TagType(int etherType, String text) {
      this.etherType = etherType;
      this.text = text;
    }

    int etherType() {
      return etherType;
    }

    private static TagType parse(String text) {
      return Arrays.stream(values())
          .filter(type -> type.text.equalsIgnoreCase(text))
          .findFirst()
          .orElseThrow(() ->
              new IllegalArgumentException(
                  "'" + text + "' is no type of tag: write 802.1q or 802.1ad"));
    }
  }

  /**
   * Reads {@code add,id=N}, {@code replace}, {@code remove} or {@code remove-all}; the first two
   * with {@code id=N}, {@code priority=N}, {@code dei=0|1} and {@code type=802.1q|802.1ad} after
   * commas.
   *
   * @throws IllegalArgumentException if it is none; the message is for people
   */
  static VlanChange parse(String text) {
    String[] parts = text.split(",", -1);
    Map<String, String> fields = new HashMap<>();
    for (int i = 1; i < parts.length; i++) {
      String[] sides = parts[i].split("=", -1);
      if (sides.length != 2
          || !sides[0].matches("id|priority|dei|type")
          || fields.put(sides[0], sides[1]) != null) {
        throw new IllegalArgumentException(
            "'"
                + parts[i]
                + "' is no field of a VLAN tag: write id=N, priority=N, dei=0 or 1,"
                + " type=802.1q or 802.1ad, each once");
      }
    }
    Tag tag =
        new Tag(
            number(fields.get("id")),
            number(fields.get("priority")),
            flag(fields.get("dei")),
            Optional.ofNullable(fields.get("type")).map(TagType::parse));
    if (parts[0].startsWith("remove") && !fields.isEmpty()) {
      throw new IllegalArgumentException(
          "'" + text + "': a tag that is removed has no fields; write " + parts[0] + " alone");
    }
    return switch (parts[0]) {
      case "add" -> new Add(tag);
      case "replace" -> new Replace(tag);
      case "remove" -> new Remove(false);
      case "remove-all" -> new Remove(true);
      default ->
          throw new IllegalArgumentException(
              "'"
                  + text
                  + "' is no change of VLAN tags: write add,id=N or replace,id=N, remove or"
                  + " remove-all");
    };
  }

  private static OptionalInt number(@Nullable String text) {
    if (text == null) {
      return OptionalInt.empty();
    }
    if (!text.matches("\\d{1,4}")) {
      throw new IllegalArgumentException("'" + text + "' is no number of a VLAN tag");
    }
    return OptionalInt.of(Integer.parseInt(text));
  }

  private static Optional<Boolean> flag(@Nullable String text) {
    if (text == null) {
      return Optional.empty();
    }
    if (!text.matches("[01]")) {
      throw new IllegalArgumentException("'dei=" + text + "' is no bit: write dei=0 or dei=1");
    }
    return Optional.of(text.equals("1"));
  }
}
