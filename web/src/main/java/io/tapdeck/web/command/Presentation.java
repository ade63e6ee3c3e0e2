package io.tapdeck.web.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.errorprone.annotations.CheckReturnValue;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How a command shows what it found: for people, or for machines with {@code --json}. */
final class Presentation {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  Presentation() {}

  /** Whether it is for machines. */
  boolean isJson() {
    return json;
  }

  /** Shows one thing, field by field. */
  void show(Map<String, Object> fields) throws JsonProcessingException {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(MAPPER.writeValueAsString(fields));
    } else {
      int width = fields.keySet().stream().mapToInt(String::length).max().orElse(0) + 1;
      fields.forEach(
          (name, value) -> out.println(pad(name + ":", width) + " " + word(name, value)));
    }
    out.flush();
  }

  /** Shows several things, a line each, of the fields named; in JSON one line of all of them. */
  void showList(List<Map<String, Object>> things, List<String> columns)
      throws JsonProcessingException {
    PrintWriter out = spec.commandLine().getOut();
    out.print(listText(things, columns));
    out.flush();
  }

  /** What {@link #showList} prints. */
  @CheckReturnValue
  String listText(List<Map<String, Object>> things, List<String> columns)
      throws JsonProcessingException {
    if (json) {
      return MAPPER.writeValueAsString(things) + "\n";
    }
    List<List<String>> lines = new ArrayList<>();
    lines.add(columns.stream().map(name -> name.toUpperCase(java.util.Locale.ROOT)).toList());
    for (Map<String, Object> thing : things) {
      lines.add(columns.stream().map(name -> word(name, thing.getOrDefault(name, ""))).toList());
    }
    int[] widths = new int[columns.size()];
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> line : lines) {
      StringBuilder padded = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        padded.append(pad(line.get(i), widths[i])).append("  ");
      }
      text.append(padded.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  /** A field's value for people: a rate with its unit, several values with commas. */
  private static String word(String name, Object value) {
    return switch (value) {
      case Long rate when name.equals("maxRate") -> BitRates.text(rate);
      case Collection<?> several ->
          several.stream().map(Presentation::plain).collect(Collectors.joining(", "));
      default -> plain(value);
    };
  }

  /** What came from elsewhere must not steer the terminal, nor look like another line. */
  static String plain(Object value) {
    return String.valueOf(value)
        .replaceAll("[\\p{Cc}\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]", "?");
  }

  /** Lines of a script, which steer no terminal either. */
  static String script(String lines) {
    return lines.lines().map(Presentation::plain).collect(Collectors.joining("\n"));
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }
}
