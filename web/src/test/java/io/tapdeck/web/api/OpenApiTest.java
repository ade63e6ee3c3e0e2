package io.tapdeck.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The OpenAPI document is one, as others' tools read it. */
class OpenApiTest {
  private static SwaggerParseResult parse(String document) {
    ParseOptions options = new ParseOptions();
    options.setResolve(true);
    return new OpenAPIV3Parser().readContents(document, List.of(), options);
  }

  private static String document() throws IOException {
    try (InputStream resource = DescriptionRoutes.class.getResourceAsStream("openapi.json")) {
      return new String(Objects.requireNonNull(resource).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void itIsReadWithoutAComplaint() throws IOException {
    SwaggerParseResult result = parse(document());
    assertThat(result.getMessages()).isEmpty();
    assertThat(result.getOpenAPI().getPaths()).isNotEmpty();
    assertThat(result.isOpenapi31()).isTrue();
  }

  /** Else the test above would say nothing. */
  @Test
  void whatIsWrongIsComplainedOf() throws IOException {
    String wrong = document().replace("\"in\": \"path\"", "\"in\": \"way\"");
    assertThat(parse(wrong).getMessages()).isNotEmpty();
  }
}
