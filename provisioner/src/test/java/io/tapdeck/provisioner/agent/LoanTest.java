package io.tapdeck.provisioner.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoanTest {
  @ParameterizedTest
  @ValueSource(strings = {"", "to the lab", "two\nlines", "tapdeck holds this NIC; it was up"})
  void whatIsNotedIsReadAgain(String alias) throws Exception {
    for (int settings = 0; settings < 8; settings++) {
      Loan loan = new Loan(alias, (settings & 1) != 0, (settings & 2) != 0, (settings & 4) != 0);
      assertThat(Loan.read(loan.note("eth1"))).contains(loan);
    }
  }

  @Test
  void otherAliasesAreNoNotes() {
    assertThat(Loan.read("")).isEmpty();
    assertThat(Loan.read("tapdeck tap-service 1")).isEmpty();
    assertThat(Loan.read("tapdeck holds this NIC; it was up, arp on, ipv6 on!")).isEmpty();
  }

  @Test
  void anAliasThatLeavesNoRoomIsRefused() {
    assertThatThrownBy(() -> new Loan("é".repeat(110), true, true, true).note("eth1"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("eth1");
  }
}
