import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Raises class files of a jar that are older than Java 6 to Java 8, with the stack maps that these
 * have. The JVM keeps no older ones in its cache of loaded classes, and to load and verify them at each
 * start takes a quarter of it.
 */
final class RaiseClassFiles {
  private static final int JAVA_6 = 50;
  private static final int JAVA_8 = 52;

  /** Bytes 6 and 7 of a class file are its major version. */
  private static final int MAJOR_VERSION = 6;

  private RaiseClassFiles() {}

  /** Takes the jar's name; replaces it. */
  public static void main(String[] arguments) throws IOException {
    Path jar = Path.of(arguments[0]);
    Path raised = jar.resolveSibling(jar.getFileName() + ".raised");
    try (ZipFile in = new ZipFile(jar.toFile());
        URLClassLoader classes = new URLClassLoader(new URL[] {jar.toUri().toURL()});
        ZipOutputStream out =
            new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(raised)))) {
      ClassFile classFile =
          ClassFile.of(
              ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
              ClassFile.ConstantPoolSharingOption.NEW_POOL,
              ClassFile.ClassHierarchyResolverOption.of(
                  ClassHierarchyResolver.ofResourceParsing(classes)
                      .orElse(ClassHierarchyResolver.defaultResolver())));
      for (ZipEntry entry : Collections.list(in.entries())) {
        ZipEntry same = new ZipEntry(entry.getName());
        same.setTime(entry.getTime());
        out.putNextEntry(same);
        out.write(raised(classFile, entry.getName(), bytes(in, entry)));
        out.closeEntry();
      }
    }
    Files.move(raised, jar, StandardCopyOption.ATOMIC_MOVE);
  }

  private static byte[] bytes(ZipFile in, ZipEntry entry) throws IOException {
    try (InputStream stream = in.getInputStream(entry)) {
      return stream.readAllBytes();
    }
  }

  private static byte[] raised(ClassFile classFile, String name, byte[] bytes) {
    if (!name.endsWith(".class") || major(bytes) >= JAVA_6) {
      return bytes;
    }
    // Bodies that are not taken apart would be copied as they are.
    ClassTransform anew = ClassTransform.transformingMethodBodies((code, element) -> code.with(element));
    ClassTransform version = ClassTransform.endHandler(builder -> builder.withVersion(JAVA_8, 0));
    return classFile.transformClass(classFile.parse(bytes), anew.andThen(version));
  }

  private static int major(byte[] bytes) {
    return Byte.toUnsignedInt(bytes[MAJOR_VERSION]) << Byte.SIZE | Byte.toUnsignedInt(bytes[MAJOR_VERSION + 1]);
  }
}
