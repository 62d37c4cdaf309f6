/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The tree of packages is the architecture: the names say in which JVM one is. */
class ArchitectureTest {
    private static final String PARENT = "io.loky.internal.parent..";
    private static final String WORKER = "io.loky.internal.worker..";
    private static final String MANAGEMENT = "io.loky.internal.parent.management..";
    private static final String CODEC = "io.loky.internal.codec..";
    private static final String EXECUTION = "io.loky.internal.execution..";
    private static final String WIRE = "io.loky.internal.wire..";
    private static final String CONTEXT = "io.loky.internal.context..";
    private static final String DIRECTORY = "io.loky.internal.directory..";
    private static final String PROCESS = "io.loky.internal.process..";
    private static final String MACHINE = "io.loky.internal.machine..";
    private static final String CAPSULE = "io.loky.internal.capsule..";
    private static final String CLI = "io.loky.internal.cli..";

    private static JavaClasses library;

    @BeforeAll
    static void importLibrary() {
        library = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("io.loky");
        assertThat(library.contain(ArchitectureTest.class)).isFalse();
        assertThat(library.size()).isGreaterThan(80);
    }

    @Test
    void parent_anyClass_doesNotKnowTheWorker() {
        noClasses()
                .that()
                .resideInAPackage(PARENT)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(WORKER)
                .check(library);
    }

    @Test
    void worker_anyClass_doesNotKnowTheParent() {
        noClasses()
                .that()
                .resideInAPackage(WORKER)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(PARENT)
                .check(library);
    }

    @Test
    void codec_anyClass_knowsNeitherSide() {
        noClasses()
                .that()
                .resideInAPackage(CODEC)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(PARENT, WORKER)
                .check(library);
    }

    @Test
    void context_anyClass_knowsNothingOfOursButThePublicApi() {
        classes()
                .that()
                .resideInAPackage(CONTEXT)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(CONTEXT, "io.loky").or(not(resideInAPackage("io.loky.."))))
                .check(library);
    }

    @Test
    void execution_anyClass_knowsNeitherSide() {
        noClasses()
                .that()
                .resideInAPackage(EXECUTION)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(PARENT, WORKER)
                .check(library);
    }

    @Test
    void wire_anyClass_knowsNothingOfOursButItself() {
        classes()
                .that()
                .resideInAPackage(WIRE)
                .should()
                .onlyDependOnClassesThat(resideInAPackage(WIRE).or(not(resideInAPackage("io.loky.."))))
                .check(library);
    }

    @Test
    void process_anyClass_knowsNothingOfOursButItself() {
        classes()
                .that()
                .resideInAPackage(PROCESS)
                .should()
                .onlyDependOnClassesThat(resideInAPackage(PROCESS).or(not(resideInAPackage("io.loky.."))))
                .check(library);
    }

    @Test
    void machine_anyClass_knowsNothingOfOursButItself() {
        classes()
                .that()
                .resideInAPackage(MACHINE)
                .should()
                .onlyDependOnClassesThat(resideInAPackage(MACHINE).or(not(resideInAPackage("io.loky.."))))
                .check(library);
    }

    @Test
    void capsule_anyClass_knowsTheWireOnly() {
        classes()
                .that()
                .resideInAPackage(CAPSULE)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(CAPSULE, WIRE).or(not(resideInAPackage("io.loky.."))))
                .check(library);
    }

    /** The program that prints is built on the library, which does not print. */
    @Test
    void library_anyClass_doesNotKnowTheProgram() {
        noClasses()
                .that()
                .resideOutsideOfPackage(CLI)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(CLI)
                .check(library);
    }

    @Test
    void directory_anyClass_knowsNeitherSide() {
        classes()
                .that()
                .resideInAPackage(DIRECTORY)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(DIRECTORY, PROCESS).or(not(resideInAPackage("io.loky.."))))
                .check(library);
    }

    /** A pool that its user has dropped can be found out only if nothing that goes on refers to it. */
    @Test
    void supervisor_anyCode_doesNotReferToThePoolThatTheUserHolds() {
        noClasses()
                .that()
                .resideInAPackage("io.loky.internal.parent..")
                .and()
                .resideOutsideOfPackage("io.loky.internal.parent.reuse..")
                .and()
                .doNotHaveSimpleName("ProcessPool")
                .should()
                .dependOnClassesThat()
                .haveSimpleName("ProcessPool")
                .check(library);
    }

    @Test
    void internal_packages_haveNoCycles() {
        slices().matching("io.loky.internal.(**)").should().beFreeOfCycles().check(library);
    }

    @Test
    void library_anyClass_dependsOnTheJdkAndAnnotationsOnly() {
        classes()
                .that()
                .resideOutsideOfPackage(MANAGEMENT)
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage("io.loky..", "java..", "com.sun.management..", "org.jspecify.annotations.."))
                .check(library);
    }

    /** Where a Java has no JMX, all but this package must work. */
    @Test
    void management_anyClass_dependsOnThePublicApiAndTheJdkOnly() {
        classes()
                .that()
                .resideInAPackage(MANAGEMENT)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(
                        MANAGEMENT, "io.loky", "java..", "javax.management..", "org.jspecify.annotations.."))
                .check(library);
    }

    @Test
    void publicApi_signatures_showNoInternalTypes() {
        Set<String> leaks = new TreeSet<>();
        for (JavaClass type : library) {
            if (isPublicApi(type)) {
                type.getAllRawSuperclasses().forEach(superType -> note(leaks, type.getName(), superType));
                type.getAllRawInterfaces().forEach(superType -> note(leaks, type.getName(), superType));
                type.getCodeUnits().stream()
                        .filter(unit -> isVisible(unit.getModifiers()))
                        .forEach(unit -> note(leaks, unit.getFullName(), typesOf(unit)));
                type.getFields().stream()
                        .filter(field -> isVisible(field.getModifiers()))
                        .forEach(field -> note(leaks, field.getFullName(), typesOf(field)));
            }
        }
        assertThat(leaks).isEmpty();
    }

    @Test
    void publicApi_code_reachesIntoInternalsAtItsEntryPointsOnly() {
        noClasses()
                .that(resideInAnyPackage("io.loky", "io.loky.spi")
                        .and(not(JavaClass.Predicates.simpleName("Loky")))
                        .and(not(JavaClass.Predicates.simpleName("ProcessPoolExecutor")))
                        .and(not(JavaClass.Predicates.simpleName("WorkerContext"))))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.loky.internal..")
                .check(library);
    }

    @Test
    void parent_anyClass_neverPrintsNorEndsTheJvm() {
        noClasses()
                .that()
                .resideInAPackage(PARENT)
                .should()
                .accessField(System.class, "out")
                .orShould()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "halt", int.class)
                .orShould()
                .callMethod(Throwable.class, "printStackTrace")
                .check(library);
    }

    @Test
    void parent_anyClassButItsSink_doesNotTouchStandardError() {
        noClasses()
                .that()
                .resideInAPackage(PARENT)
                .and()
                .doNotHaveSimpleName("StandardErrorSink")
                .should()
                .accessField(System.class, "err")
                .check(library);
    }

    @Test
    void library_anyClass_logsWithSystemLogger() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.util.logging..")
                .check(library);
    }

    /** The pool's state must be steppable: no clock, no thread, no lock, no I/O. */
    @Test
    void poolState_anyCode_readsNoClockStartsNothingAndWaitsForNothing() {
        noClasses()
                .that()
                .haveSimpleName("PoolState")
                .or()
                .haveSimpleName("Roster")
                .or()
                .haveSimpleName("TaskQueue")
                .or()
                .haveSimpleName("StartBackoff")
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .dependOnClassesThat(resideInAnyPackage(
                        "java.util.concurrent..", "java.io..", "java.nio..", "io.loky.internal.parent.launch.."))
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(Thread.class, ProcessBuilder.class, Process.class)
                .check(library);
    }

    private static boolean isPublicApi(JavaClass type) {
        String name = type.getPackageName();
        return (name.equals("io.loky") || name.equals("io.loky.spi"))
                && type.getModifiers().contains(JavaModifier.PUBLIC);
    }

    private static boolean isVisible(Set<JavaModifier> modifiers) {
        return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
    }

    private static List<JavaClass> typesOf(JavaCodeUnit unit) {
        List<JavaClass> types = new ArrayList<>();
        for (JavaType type : unit.getParameterTypes()) {
            types.addAll(type.getAllInvolvedRawTypes());
        }
        types.addAll(unit.getReturnType().getAllInvolvedRawTypes());
        unit.getTypeParameters().forEach(parameter -> types.addAll(parameter.getAllInvolvedRawTypes()));
        unit.getExceptionTypes().forEach(types::add);
        return types;
    }

    private static Collection<JavaClass> typesOf(JavaField field) {
        return field.getType().getAllInvolvedRawTypes();
    }

    private static void note(Set<String> leaks, String where, JavaClass type) {
        note(leaks, where, List.of(type));
    }

    private static void note(Set<String> leaks, String where, Collection<JavaClass> types) {
        for (JavaClass type : types) {
            if (type.getBaseComponentType().getPackageName().startsWith("io.loky.internal")) {
                leaks.add(where + " shows " + type.getName());
            }
        }
    }
}
