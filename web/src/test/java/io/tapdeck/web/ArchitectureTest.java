package io.tapdeck.web;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Modules and packages depend one way. */
class ArchitectureTest {
  private static final JavaClasses PRODUCT =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.tapdeck");

  @Test
  void everyModuleIsSeenByTheseRules() {
    for (String module : new String[] {"provisioner", "capture", "replay", "web"}) {
      classes()
          .that()
          .resideInAPackage("io.tapdeck." + module + "..")
          .should()
          .resideInAPackage("io.tapdeck..")
          .allowEmptyShould(false)
          .check(PRODUCT);
    }
  }

  @Test
  void modulesDependOneWay() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("provisioner")
        .definedBy("io.tapdeck.provisioner..")
        .layer("capture")
        .definedBy("io.tapdeck.capture..")
        .layer("replay")
        .definedBy("io.tapdeck.replay..")
        .layer("web")
        .definedBy("io.tapdeck.web..")
        .whereLayer("web")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("provisioner")
        .mayOnlyBeAccessedByLayers("web")
        .whereLayer("replay")
        .mayOnlyBeAccessedByLayers("web")
        .whereLayer("capture")
        .mayOnlyBeAccessedByLayers("web", "replay")
        .check(PRODUCT);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.tapdeck.(**)").should().beFreeOfCycles().check(PRODUCT);
  }

  @Test
  void onlyPackagesNamedLibpcapOrOsTouchNativeMemory() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.tapdeck..libpcap..", "io.tapdeck..os..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.lang.foreign..", "com.sun.jna..")
        .check(PRODUCT);
  }

  @Test
  void theProvisionerHasNoNativeCode() {
    noClasses()
        .that()
        .resideInAPackage("io.tapdeck.provisioner..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.lang.foreign..", "com.sun.jna..")
        .check(PRODUCT);
  }

  @Test
  void onlyTheOvsdbPackageKnowsNetty() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.tapdeck.provisioner.ovsdb..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.netty..")
        .check(PRODUCT);
  }

  @Test
  void onlyTheCommandLineKnowsPicocli() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.tapdeck.web.command..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("picocli..")
        .check(PRODUCT);
  }

  @Test
  void onlyTheInventoryOfInterfacesKnowsPcap4j() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.tapdeck.capture.netif..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.pcap4j..")
        .check(PRODUCT);
  }

  @Test
  void onlyTheHttpPackageKnowsTheHttpServer() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.tapdeck.web.http..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.javalin..", "org.eclipse.jetty..", "jakarta.servlet..", "kotlin..")
        .check(PRODUCT);
  }
}
