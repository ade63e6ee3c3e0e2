package io.tapdeck.web.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapdeck.web.http.Problem;
import org.junit.jupiter.api.Test;

class PasswordHashTest {
  @Test
  void aHashIsOfItsPasswordAlone() throws Exception {
    PasswordHash hash = PasswordHash.of("correct horse");
    assertThat(hash.text())
        .matches("\\$argon2id\\$v=19\\$m=19456,t=2,p=1\\$[A-Za-z0-9+/]{22}\\$[A-Za-z0-9+/]{43}");
    assertThat(hash.matches("correct horse")).isTrue();
    assertThat(hash.matches("correct horsf")).isFalse();
    assertThat(hash.matches("")).isFalse();
    assertThat(hash.matches("x".repeat(100_000))).isFalse();
    assertThat(PasswordHash.of("correct horse").text()).isNotEqualTo(hash.text());
    assertThat(hash.toString()).doesNotContain("$");
  }

  /** What argon2id_hash_encoded() of the reference implementation, libargon2, gives. */
  @Test
  void itIsTheArgon2idOfTheReferenceImplementation() throws Exception {
    PasswordHash hash =
        new PasswordHash(
            "$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg"
                + "$rk2Mi3E4dgRMg0fHaYaptWVZRKqs//6b6k3/nntqGJk");
    assertThat(hash.matches("correct horse")).isTrue();
    assertThat(hash.matches("correct horsf")).isFalse();
  }

  @Test
  void theSameCharactersAreTheSamePasswordHoweverTheyAreComposed() throws Exception {
    assertThat(PasswordHash.of("Zürich am See").matches("Zu\u0308rich am See")).isTrue();
  }

  @Test
  void theLengthIsCountedInCharacters() throws Exception {
    assertThatThrownBy(() -> PasswordHash.of("123456789"))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("10 to 1024 characters; this one has 9");
    assertThatThrownBy(() -> PasswordHash.of("x".repeat(1025))).isInstanceOf(Problem.class);
    assertThatThrownBy(() -> PasswordHash.of("\uD83D\uDC0E".repeat(9)))
        .hasMessageContaining("this one has 9");
    assertThat(PasswordHash.of("\uD83D\uDC0E".repeat(1024)).matches("\uD83D\uDC0E".repeat(1024)))
        .isTrue();
  }

  @Test
  void nobodyHasThePasswordOfNobody() throws Exception {
    assertThat(PasswordHash.ofNobody().matches("password12")).isFalse();
  }
}
