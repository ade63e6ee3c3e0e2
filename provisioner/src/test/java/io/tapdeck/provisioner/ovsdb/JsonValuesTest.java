package io.tapdeck.provisioner.ovsdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** The notation of RFC 7047, section 5. */
class JsonValuesTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @Property(tries = 200)
  void everyValueReadsAsItWasWritten(@ForAll("values") Value value) throws Exception {
    String json = MAPPER.writeValueAsString(JsonValues.write(value));
    assertThat(JsonValues.read(MAPPER.readTree(json)).same(value)).isTrue();
  }

  @Provide
  Arbitrary<Value> values() {
    Arbitrary<Atom> texts = Arbitraries.strings().ofMaxLength(20).map(Value::of);
    Arbitrary<Atom> atoms =
        Arbitraries.oneOf(
            texts,
            Arbitraries.longs().map(Value::of),
            Arbitraries.of(true, false).map(Value::of),
            Arbitraries.create(UUID::randomUUID).map(Value::of));
    return Arbitraries.oneOf(
        atoms.map(atom -> atom),
        atoms.set().ofMaxSize(5).map(Value.SetOf::new),
        Arbitraries.maps(texts, atoms).ofMaxSize(5).map(Value.MapOf::new));
  }

  @Test
  void anAtomIsTheSameAsTheSetOfIt() {
    assertThat(Value.of("a").same(Value.texts(List.of("a")))).isTrue();
    assertThat(Value.of("a").same(Value.none())).isFalse();
    assertThat(Value.none().same(new Value.MapOf(Map.of()))).isTrue();
  }

  @Test
  void anInsertSaysTheUuidThatItsMakerChose() {
    UUID uuid = UUID.fromString("00000001-0000-4000-8000-000000000001");
    Operation insert =
        new Operation.Insert("T", Optional.of(uuid), Optional.empty(), Map.of("c", Value.of(1)));
    assertThat(JsonValues.write(insert).toString())
        .isEqualTo(
            "{\"table\":\"T\",\"op\":\"insert\",\"row\":{\"c\":1},\"uuid\":\"" + uuid + "\"}");
  }

  @Test
  void theOperationThatFailedIsNamed() throws Exception {
    var reply = MAPPER.readTree("[{},{\"error\":\"timed out\",\"details\":\"no\"},null]");
    assertThatThrownBy(() -> JsonValues.readResults(reply, 3))
        .isInstanceOfSatisfying(
            TransactionException.class,
            failed -> {
              assertThat(failed.operation()).isEqualTo(1);
              assertThat(failed.error()).isEqualTo("timed out");
            });
  }

  @Test
  void addressesAreReadInTheNotationOfOpenVswitch() {
    assertThat(Endpoint.parse("unix:/run/db.sock").toString()).isEqualTo("unix:/run/db.sock");
    assertThat(Endpoint.parse("tcp:10.0.0.1:6641")).isEqualTo(new Endpoint.Tcp("10.0.0.1", 6641));
    assertThat(Endpoint.parse("tcp:[::1]:6641").toString()).isEqualTo("tcp:[::1]:6641");
    for (String bad : List.of("", "unix:", "tcp:host", "tcp:host:0", "tcp:host:65536", "ssl:a:1")) {
      assertThatThrownBy(() -> Endpoint.parse(bad)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
