package io.tapdeck.capture.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapdeck.capture.dissect.Dissector;
import io.tapdeck.capture.dissect.Headers;
import io.tapdeck.capture.dissect.LayeredPacket;
import io.tapdeck.capture.dissect.LayeredPacket.Fact;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Expressions mean what {@link PlainMeaning} says, through tags and tunnels. */
class ExpressionPropertiesTest {
  private static final int ETHERNET = 1;
  private static final int EXPRESSIONS = 20;

  private final Dissector dissector = new Dissector();

  @Property(tries = 3000)
  void agreesWithThePlainMeaning(@ForAll long seed) {
    Random random = new Random(seed);
    LayeredPacket packet = LayeredPacket.ethernet(random);
    byte[] bytes = packet.bytes();
    int cut = random.nextInt(4) == 0 ? random.nextInt(bytes.length + 1) : bytes.length;
    int offset = random.nextInt(8);
    ByteBuffer frame = ByteBuffer.allocate(offset + cut).put(offset, bytes, 0, cut);
    List<Fact> facts = packet.facts(cut);
    for (int i = 0; i < EXPRESSIONS; i++) {
      Expression expression = PlainMeaning.random(random, packet.facts(bytes.length), 2);
      Headers headers = dissector.dissect(frame, offset, cut, ETHERNET);
      assertThat(expression.matches(headers))
          .as("%s of %d bytes of %s", expression, cut, HexFormat.of().formatHex(bytes))
          .isEqualTo(PlainMeaning.holds(expression, facts));
    }
  }

  @Property(tries = 1000)
  void isReadAsItIsWritten(@ForAll long seed) throws ExpressionException {
    Random random = new Random(seed);
    LayeredPacket packet = LayeredPacket.ethernet(random);
    Expression expression = PlainMeaning.random(random, packet.facts(packet.bytes().length), 4);
    assertThat(ExpressionParser.parse(expression.toString())).isEqualTo(expression);
  }

  @Property(tries = 3000)
  void anyBytesCanBeAsked(@ForAll byte[] bytes, @ForAll long seed) {
    Random random = new Random(seed);
    int[] types = {0, 1, 101, 108, 113, 147, 228, 229, 276};
    byte[] there = bytes.length < 2 || random.nextBoolean() ? bytes : damaged(random);
    ByteBuffer frame = ByteBuffer.wrap(there);
    for (int type : types) {
      Headers headers = dissector.dissect(frame, 0, there.length, type);
      assertThat(headers.networks()).isLessThanOrEqualTo(Headers.MOST_NETWORKS);
    }
  }

  private static byte[] damaged(Random random) {
    byte[] bytes = LayeredPacket.ethernet(random).bytes();
    for (int i = 0; i < 1 + random.nextInt(8); i++) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    return bytes;
  }
}
