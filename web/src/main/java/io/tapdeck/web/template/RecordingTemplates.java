package io.tapdeck.web.template;

import io.tapdeck.web.job.DocumentDirectory;
import io.tapdeck.web.job.JobRefusal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The templates of a data directory. Any thread may use it. */
public final class RecordingTemplates {
  private static final int MOST = 200;

  private final DocumentDirectory<RecordingTemplate> documents;

  private RecordingTemplates(DocumentDirectory<RecordingTemplate> documents) {
    this.documents = documents;
  }

  /**
   * Finds the templates of a data directory.
   *
   * @throws IOException if the directory cannot be used
   */
  public static RecordingTemplates open(Path data) throws IOException {
    return new RecordingTemplates(
        DocumentDirectory.open(
            data.resolve("recording-templates"), RecordingTemplate.class, RecordingTemplate::id));
  }

  /** All, by their names. */
  public List<RecordingTemplate> all() {
    return documents.all().stream()
        .sorted(
            Comparator.comparing(RecordingTemplate::name, String.CASE_INSENSITIVE_ORDER)
                .thenComparing(RecordingTemplate::id))
        .toList();
  }

  /** One of them. */
  public Optional<RecordingTemplate> find(UUID id) {
    return documents.find(id);
  }

  /** What became of a wish. */
  public record Put(RecordingTemplate template, boolean isNew) {}

  /**
   * Makes one, or changes that of the id. Recordings that were started by it stay as they are.
   *
   * @throws JobRefusal if another has the name, or there are too many
   */
  public synchronized Put put(UUID id, String name, TemplateSettings settings, String user)
      throws IOException {
    Optional<RecordingTemplate> before = find(id);
    for (RecordingTemplate other : documents.all()) {
      if (!other.id().equals(id) && other.name().equalsIgnoreCase(name)) {
        throw new JobRefusal(
            JobRefusal.Kind.CONFLICT,
            "there is a template '" + name + "' already: change that one");
      }
    }
    if (before.isEmpty() && documents.all().size() >= MOST) {
      throw new JobRefusal(
          JobRefusal.Kind.CONFLICT, "there are " + MOST + " templates already: delete one first");
    }
    RecordingTemplate template =
        new RecordingTemplate(RecordingTemplate.FORMAT, id, name, settings, Instant.now(), user);
    documents.put(template);
    return new Put(template, before.isEmpty());
  }

  /**
   * Deletes one. Recordings that were started by it stay.
   *
   * @throws JobRefusal if there is none
   */
  public synchronized void delete(UUID id) throws IOException {
    if (!documents.delete(id)) {
      throw new JobRefusal(JobRefusal.Kind.UNKNOWN, "there is no recording template " + id);
    }
  }
}
