package io.tapdeck.web.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonMappingException.Reference;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.util.stream.Collectors;

/**
 * JSON as the API speaks it: instants and durations in ISO 8601, every field written, also if it is
 * null. Read strictly: unknown and doubled fields, text for a number, a fraction for a whole number
 * and anything after the end are refused.
 */
final class Json {
  private static final int DEEPEST = 16;
  private static final ObjectMapper MAPPER = mapper();

  private Json() {}

  private static ObjectMapper mapper() {
    JsonMapper mapper =
        JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(
                LogicalType.Textual,
                text ->
                    text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                        .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                        .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .disable(JsonParser.Feature.AUTO_CLOSE_SOURCE)
            .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
            .build();
    mapper
        .getFactory()
        .setStreamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build());
    return mapper;
  }

  static byte[] write(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException unwritable) {
      throw new IllegalStateException("cannot be written as JSON: " + value.getClass(), unwritable);
    }
  }

  /**
   * Reads a body.
   *
   * @throws Problem 400, with what is wrong and where, in words that know nothing of our classes
   */
  static <T> T read(byte[] body, Class<T> type) {
    if (body.length == 0) {
      throw Problem.badRequest("a JSON body is needed, and there is none");
    }
    try {
      T value = MAPPER.readValue(body, type);
      if (value == null) {
        throw Problem.badRequest("the body is null: give an object");
      }
      return value;
    } catch (UnrecognizedPropertyException unknown) {
      throw Problem.badRequest("there is no field '" + where(unknown) + "' here");
    } catch (ValueInstantiationException refused) {
      throw refusal(refused);
    } catch (JsonMappingException wrong) {
      throw Problem.badRequest(
          wrong.getPath().isEmpty()
              ? "the body is not of the kind that is wanted here"
              : "the field '" + where(wrong) + "' is missing or not of the kind that is wanted");
    } catch (JsonProcessingException malformed) {
      throw Problem.badRequest(
          "the body is no JSON"
              + (malformed.getLocation() == null
                  ? ""
                  : ", at line "
                      + malformed.getLocation().getLineNr()
                      + ", column "
                      + malformed.getLocation().getColumnNr()));
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** A record's constructor said no; its own words are meant for the caller. */
  private static Problem refusal(ValueInstantiationException refused) {
    return switch (refused.getCause()) {
      case Problem problem -> problem;
      case IllegalArgumentException wrong when wrong.getMessage() != null ->
          Problem.badRequest(wrong.getMessage());
      case null, default ->
          Problem.badRequest("the field '" + where(refused) + "' is missing or wrong");
    };
  }

  private static String where(JsonMappingException failure) {
    return failure.getPath().stream().map(Json::step).collect(Collectors.joining("."));
  }

  private static String step(Reference reference) {
    return reference.getFieldName() == null
        ? String.valueOf(reference.getIndex())
        : reference.getFieldName();
  }
}
