package io.tapdeck.web.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/** The jar that is run. */
class PackagedJarIT {
  private static final int MAGIC = 0xCAFEBABE;

  /** Java 6: older class files are not kept in the JVM's cache, and slow each start down. */
  private static final int OLDEST = 50;

  @Test
  void everyClassCanBeLoadedBeforehand() throws IOException {
    List<String> old = new ArrayList<>();
    int classes = 0;
    try (JarFile jar = new JarFile(Path.of("target", "tapdeck.jar").toFile())) {
      for (JarEntry entry : jar.stream().toList()) {
        if (entry.getName().endsWith(".class")) {
          try (DataInputStream data = new DataInputStream(jar.getInputStream(entry))) {
            assertThat(data.readInt()).as(entry.getName()).isEqualTo(MAGIC);
            data.readUnsignedShort();
            if (data.readUnsignedShort() < OLDEST) {
              old.add(entry.getName());
            }
          }
          classes++;
        }
      }
    }
    assertThat(old).isEmpty();
    assertThat(classes).isGreaterThan(1_000);
  }
}
