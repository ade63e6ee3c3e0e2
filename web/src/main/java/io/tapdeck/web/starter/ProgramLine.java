package io.tapdeck.web.starter;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.Pattern;

/**
 * How this program is started once more: the words before the name of a command.
 *
 * @param words handed to the operating system as they are
 */
public record ProgramLine(List<String> words) {
  /** Options of the virtual machine that are about this one process. */
  private static final Pattern OWN =
      Pattern.compile(
          "-agent(lib|path):.*|-javaagent:.*|-Xrun.*|-Xdebug|-Dcom\\.sun\\.management\\..*"
              + "|-XX:AOT(Mode|CacheOutput|Configuration)=.*");

  public ProgramLine {
    words = List.copyOf(words);
  }

  /**
   * The Java, options and classes of this process.
   *
   * @param mainClass whose {@code main} takes a command's name and options
   */
  public static ProgramLine ofThisProcess(String mainClass) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (!OWN.matcher(option).matches()) {
        words.add(option);
      }
    }
    String classPath = System.getProperty("java.class.path");
    if (isJarOf(mainClass, classPath)) {
      words.addAll(List.of("-jar", classPath));
    } else {
      words.addAll(List.of("-cp", classPath, mainClass));
    }
    return new ProgramLine(words);
  }

  /** Only with -jar does a jar's manifest allow it native access. */
  private static boolean isJarOf(String mainClass, String classPath) {
    if (!classPath.endsWith(".jar")) {
      return false;
    }
    try (JarFile jar = new JarFile(classPath)) {
      return jar.getManifest() != null
          && mainClass.equals(
              jar.getManifest().getMainAttributes().getValue(Attributes.Name.MAIN_CLASS));
    } catch (IOException several) {
      return false;
    }
  }

  /** The same with more options of the virtual machine. */
  public ProgramLine withVirtualMachine(List<String> options) {
    List<String> all = new ArrayList<>(words);
    all.addAll(1, options);
    return new ProgramLine(all);
  }

  /** The whole line, for a command with its options. */
  public List<String> with(List<String> command) {
    List<String> all = new ArrayList<>(words);
    all.addAll(command);
    return all;
  }
}
