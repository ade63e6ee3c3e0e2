package io.tapdeck.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who calls the API has fields, and who types a command has options. */
class RefusalsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          eth0 is being recorded; say --force | eth0 is being recorded; say 'force'
          --mac-addr does not go with it | 'macAddr' does not go with it
          one more NIC (--server-interface): name it | one more NIC ('serverInterface'): name it
          give another end, by --for or --until | give another end, by 'for' or 'until'
          choose another --id, or --mtu | choose another 'id', or --mtu
          a tap flow named web --fast exists already | a tap flow named web --fast exists already
          guest --web-one is unknown | guest --web-one is unknown
          guest web--old is unknown | guest web--old is unknown
          a -- b --- c | a -- b --- c
          """)
  void whatAnOptionIsCalledIsTheNameOfItsField(String sentence, String words) {
    assertThat(Refusals.inFields(sentence)).isEqualTo(words);
  }
}
