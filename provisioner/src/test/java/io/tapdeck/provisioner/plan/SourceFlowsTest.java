package io.tapdeck.provisioner.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.provisioner.mirror.Direction;
import io.tapdeck.provisioner.mirror.Filter;
import io.tapdeck.provisioner.mirror.GroupIdentity;
import io.tapdeck.provisioner.mirror.Nic;
import io.tapdeck.provisioner.mirror.TapGroup;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What an earlier group has taken of a later one's copies, and how copies are cut. */
class SourceFlowsTest {
  private static final UUID SERVICE = new UUID(1, 1);
  private static final PortNumbers NUMBERS =
      new PortNumbers(Map.of("tdg-1t", 1, "tdg-2t", 2, "tap", 3));
  private static final SourceFlows.Way WAY =
      new SourceFlows.Way("tap", Optional.empty(), Optional.empty(), true);

  private static SourceGroup group(long key, String filter, Optional<Integer> cut, Nic... nics) {
    GroupIdentity identity =
        new GroupIdentity(
            SERVICE,
            "host",
            "br",
            GroupIdentity.Kind.NICS,
            Direction.BOTH,
            GroupIdentity.Tags.KEPT,
            Filter.parse(filter),
            cut,
            true);
    return new SourceGroup(
        new TapGroup(new UUID(2, key), identity, key),
        List.of(nics).stream().map(nic -> new SourceGroup.Member(nic, Direction.BOTH)).toList(),
        Set.of(),
        Set.of());
  }

  private static SourceGroup group(long key, Nic... nics) {
    return group(key, "", Optional.empty(), nics);
  }

  private static Nic nic(int number, Integer... tag) {
    return new Nic(
        "host",
        "g" + number,
        "g" + number,
        "m" + number,
        Set.of(),
        "br",
        "p" + number,
        List.of(tag).stream().findFirst(),
        Optional.empty());
  }

  private static List<String> flows(SourceGroup... groups) {
    SourceFlows flows = new SourceFlows();
    List<SourceGroup> all = List.of(groups);
    IntStream.range(0, all.size())
        .forEach(i -> flows.add(all.get(i), all.subList(0, i), WAY, Optional.empty()));
    IntStream.range(0, all.size()).forEach(i -> flows.judge(all.get(i), i < all.size() - 1));
    return flows.flows().stream().map(flow -> flow.text(NUMBERS)).toList();
  }

  @Test
  void theTagIsOnOrOffACopyBeforeItIsCut() {
    assertThat(flows(group(1, "", Optional.of(96), nic(1))))
        .contains(
            "table=8,priority=100,in_port=1,actions="
                + "check_pkt_larger(96)->NXM_NX_REG3[0],output(port=3,max_len=96)");
  }

  @Test
  void whatAGuestSendsToItselfItDoesNotReceive() {
    assertThat(flows(group(1, nic(1)), group(2, nic(2))))
        .contains("table=2,priority=110,reg0=0x1,dl_src=m1,dl_dst=m1,actions=drop");
  }

  @Test
  void ofAGroupWithinAnotherEverythingIsTakenWhateverTheAddresses() {
    assertThat(flows(group(1, nic(1), nic(2)), group(2, "", Optional.of(96), nic(2))))
        .contains(
            "table=0,priority=100,in_port=2,actions=set_field:0x1->reg0,set_field:0x3->reg2,"
                + "resubmit(,3),goto_table:5");
    assertThat(
            flows(
                group(1, "accept in", Optional.empty(), nic(1)),
                group(2, "", Optional.of(96), nic(1))))
        .contains(
            "table=0,priority=100,in_port=2,actions=set_field:0x1->reg0,set_field:0->reg2,"
                + "resubmit(,1),resubmit(,6),goto_table:5",
            "table=6,priority=210,reg0=0x1,reg2=0,in_port=2,"
                + "actions=load:0x1->NXM_NX_REG2[1],resubmit(,3)",
            "table=6,priority=200,reg0=0x1,in_port=2,actions=resubmit(,3)");
  }

  @Test
  void onlyGroupsThatShareAVlanCanCopyAFrameTwice() {
    assertThat(group(1, nic(1, 20)).isApartFrom(group(2, nic(2, 30)))).isTrue();
    assertThat(group(1, nic(1, 20)).isApartFrom(group(2, nic(2, 20)))).isFalse();
    assertThat(group(1, nic(1, 20)).isApartFrom(group(2, nic(2)))).isFalse();
  }

  @Test
  void thatFloodedFramesMayArriveTwiceIsSaidUnlessOneGroupIsWithinTheOther() {
    assertThat(group(1, nic(1)).doubtOver(group(2, nic(2))))
        .hasValueSatisfying(doubt -> assertThat(doubt).contains("floods"));
    assertThat(group(1, nic(1), nic(2)).doubtOver(group(2, nic(2)))).isEmpty();
  }
}
