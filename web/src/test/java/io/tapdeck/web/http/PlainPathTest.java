package io.tapdeck.web.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** However a path was escaped, it is on record in one way. */
class PlainPathTest {
  @ParameterizedTest
  @CsvSource({
    "/api/v1/recordings/x/stop, /api/v1/recordings/x/stop",
    "/%61pi/v1/%72ecordings/%78/%73top, /api/v1/recordings/x/stop",
    "/a%2Fb%2e%2E%5f%7e%2D%30%5A, /a%2Fb.._~-0Z",
    "/%2561/%00/%0d%0a/%C3%A4/%/%4/%zz, /%2561/%00/%0d%0a/%C3%A4/%/%4/%zz",
  })
  void onlyWhatHasToBeIsEscaped(String path, String plain) {
    assertThat(PlainPath.of(path)).isEqualTo(plain);
  }

  @Property
  void itIsTheSamePath(@ForAll @IntRange(min = 0, max = 127) int character) {
    String escaped = "/%%%02x".formatted(character);
    String plain = PlainPath.of(escaped);
    assertThat(URI.create(plain).getPath()).isEqualTo(URI.create(escaped).getPath());
    boolean isFree = Character.isLetterOrDigit(character) || "-._~".indexOf((char) character) >= 0;
    assertThat(plain).isEqualTo(isFree ? "/" + (char) character : escaped);
  }
}
