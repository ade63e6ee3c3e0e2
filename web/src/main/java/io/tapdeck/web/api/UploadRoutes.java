package io.tapdeck.web.api;

import static io.tapdeck.web.api.Refusals.told;

import io.tapdeck.capture.segment.ImportRefusedException;
import io.tapdeck.web.http.Call;
import io.tapdeck.web.http.Problem;
import io.tapdeck.web.http.Role;
import io.tapdeck.web.http.Route;
import io.tapdeck.web.http.StreamedBody;
import io.tapdeck.web.http.WebServer;
import io.tapdeck.web.job.Bounds;
import io.tapdeck.web.job.RecordingImports;
import io.tapdeck.web.job.RecordingView;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.util.List;
import java.util.UUID;

/** {@code /recordings/{id}/upload}: captures that others made, as recordings. */
record UploadRoutes(Parts parts) {
  private static final int CONTENT_TOO_LARGE = 413;
  private static final int INSUFFICIENT_STORAGE = 507;

  /** For those who give no name. */
  private static final String NAME = "Uploaded capture";

  List<Route> routes() {
    return List.of(
        Route.put("/recordings/{id}/upload", Role.OPERATOR, "Upload a capture", told(this::upload))
            .with(Route.Trait.STREAMS_BODY));
  }

  private record Body(Call call, StreamedBody body) implements RecordingImports.Capture {
    @Override
    public long length() {
      return body.length();
    }

    @Override
    public ReadableByteChannel open() {
      return body;
    }

    @Override
    public void checkAgain() {
      body.refusal()
          .ifPresent(refusal -> {
            throw refusal;
          });
      if (!body.hasEnded()) {
        throw Problem.unprocessable("the upload has more bytes than the capture in it");
      }
      call.checkAgain();
    }
  }

  private void upload(Call call) throws IOException {
    UUID id = call.id("id");
    RecordingImports imports = parts.imports();
    String name = Refusals.within(() -> Bounds.name(call.query("name").orElse(NAME)));
    StreamedBody body = call.streamedBody(imports.limits().bytes());
    RecordingView made;
    try {
      made = imports.take(id, name, call.caller().user(), new Body(call, body));
    } catch (IOException failed) {
      // What went wrong with the body comes first: the rest follows from it.
      if (body.refusal().isPresent()) {
        throw body.refusal().get();
      }
      if (failed instanceof ImportRefusedException refused) {
        throw problem(refused);
      }
      throw failed;
    }
    parts.catalog().refresh(id);
    call.header("Location", WebServer.API + "/recordings/" + id);
    call.json(201, RecordingRoutes.answer(parts, made));
  }

  private static Problem problem(ImportRefusedException refused) {
    String sentence = String.valueOf(refused.getMessage());
    return switch (refused.kind()) {
      case UNREADABLE -> Problem.unprocessable(sentence);
      case TOO_LARGE -> Problem.of(CONTENT_TOO_LARGE, sentence);
      case DISK_FULL -> Problem.of(INSUFFICIENT_STORAGE, sentence);
    };
  }
}
