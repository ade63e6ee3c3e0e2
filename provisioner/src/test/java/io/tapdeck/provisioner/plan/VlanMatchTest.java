package io.tapdeck.provisioner.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class VlanMatchTest {
  private static final Pattern BLOCK =
      Pattern.compile(",vlan_tci=0x(\\p{XDigit}+)/0x(\\p{XDigit}+)");

  @Property(tries = 200)
  void eachVlanFitsOneMatchAndNoOtherDoes(
      @ForAll @Size(min = 1, max = 6) List<@IntRange(max = 4094) Integer> from,
      @ForAll @IntRange(min = 1, max = 700) int length) {
    Set<Integer> vlans =
        from.stream()
            .flatMap(first -> IntStream.range(first, Math.min(first + length, 4095)).boxed())
            .collect(Collectors.toSet());
    List<Integer> fitting = new ArrayList<>();
    for (String match : VlanMatch.of(vlans)) {
      IntStream.range(0, 4095).filter(vlan -> fits(match, vlan)).forEach(fitting::add);
    }
    assertThat(fitting.stream().sorted().toList()).isEqualTo(vlans.stream().sorted().toList());
  }

  private static boolean fits(String match, int vlan) {
    if (match.startsWith(",dl_vlan=")) {
      return match.equals(",dl_vlan=" + vlan);
    }
    Matcher block = BLOCK.matcher(match);
    assertThat(block.matches()).as(match).isTrue();
    int value = Integer.parseInt(block.group(1), 16);
    int mask = Integer.parseInt(block.group(2), 16);
    int tci = vlan == 0 ? 0 : 0x1000 | vlan;
    return (tci & mask) == value;
  }

  @Test
  void aTrunkOfAlmostAllTakesFewFlows() {
    Set<Integer> most = IntStream.rangeClosed(2, 4094).boxed().collect(Collectors.toSet());
    assertThat(VlanMatch.of(most)).hasSizeLessThan(25);
    assertThat(VlanMatch.of(Set.of())).containsExactly("");
  }
}
