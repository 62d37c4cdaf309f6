/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.internal.parent.jvm.ExitHook;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.security.Provider;
import java.security.Security;
import java.util.Locale;
import java.util.TimeZone;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Logger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** What is seen of what a task changes. Each test puts back what it has changed. */
@Isolated
class SurroundingsTest {
    private Surroundings before;

    /** Not earlier: the first method of all that has a time limit starts a thread that watches it. */
    @BeforeEach
    void look() {
        before = Surroundings.now();
    }

    private void assertSeen(String... changes) {
        assertThat(Surroundings.now().differencesTo(before)).containsExactly(changes);
    }

    @Test
    void differences_nothingHasHappened_areNone() {
        Logger.getAnonymousLogger().fine("the JDK adds a shutdown hook when something is first logged");

        assertSeen();
    }

    @Test
    void differences_timeZone_areToldByName() {
        TimeZone own = TimeZone.getDefault();
        TimeZone.setDefault(TimeZone.getTimeZone("Asia/Tokyo"));
        try {
            assertSeen("default time zone: " + own.getID() + " became Asia/Tokyo");
        } finally {
            TimeZone.setDefault(own);
        }
        assertSeen();
    }

    @Test
    void differences_locale_areToldByTag() {
        Locale own = Locale.getDefault(Locale.Category.FORMAT);
        Locale.setDefault(Locale.Category.FORMAT, Locale.forLanguageTag("tlh"));
        try {
            assertThat(Surroundings.now().differencesTo(before))
                    .singleElement()
                    .asString()
                    .startsWith("default locale: ")
                    .endsWith("/tlh");
        } finally {
            Locale.setDefault(Locale.Category.FORMAT, own);
        }
    }

    @Test
    void differences_properties_areToldByNameAlone() {
        System.setProperty("loky.test.b", "secret");
        System.setProperty("loky.test.a\n", "secret");
        try {
            assertSeen("system properties: loky.test.a?, loky.test.b");
        } finally {
            System.clearProperty("loky.test.b");
            System.clearProperty("loky.test.a\n");
        }
    }

    @Test
    void differences_manyProperties_areNotAllNamed() {
        for (int i = 0; i < 15; i++) {
            System.setProperty("loky.test." + i, "x");
        }
        try {
            assertThat(Surroundings.now().differencesTo(before))
                    .singleElement()
                    .asString()
                    .endsWith(" and 5 more");
        } finally {
            for (int i = 0; i < 15; i++) {
                System.clearProperty("loky.test." + i);
            }
        }
    }

    @Test
    void differences_standardStreams_areTold() {
        InputStream in = System.in;
        PrintStream out = System.out;
        PrintStream err = System.err;
        System.setIn(new ByteArrayInputStream(new byte[0]));
        System.setOut(new PrintStream(out));
        System.setErr(new PrintStream(err));
        try {
            assertSeen("System.in", "System.out", "System.err");
        } finally {
            System.setIn(in);
            System.setOut(out);
            System.setErr(err);
        }
    }

    @Test
    void differences_threads_areThoseThatLiveAndAreNoDaemons() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        Thread left = new Thread(() -> await(end), "left-behind");
        Thread daemon = new Thread(() -> await(end), "a-daemon");
        daemon.setDaemon(true);
        left.start();
        daemon.start();
        try {
            assertSeen("threads that are not daemons: left-behind");
        } finally {
            end.countDown();
            left.join();
            daemon.join();
        }
        assertSeen();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void differences_shutdownHooks_areToldByThreadName() {
        Thread hook = new Thread(() -> {}, "my-hook");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            assertSeen("shutdown hooks: my-hook");
        } finally {
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }

    @Test
    void differences_securityProvider_isToldWithTheOthers() {
        Security.addProvider(new Provider("Mine", "1", "for this test") {});
        try {
            assertThat(Surroundings.now().differencesTo(before))
                    .singleElement()
                    .asString()
                    .startsWith("security providers: [")
                    .endsWith(", Mine]");
        } finally {
            Security.removeProvider("Mine");
        }
    }

    @Test
    void differences_uncaughtExceptionHandler_isTold() {
        Thread.UncaughtExceptionHandler own = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> {});
        try {
            assertSeen("default handler of uncaught exceptions");
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(own);
        }
    }

    /** Java runs some of its own in threads of no class of their own, and fonts and recordings set properties. */
    @Test
    void differences_whatTheJdkDoesItself_areNone() {
        Thread ofTheJdk = new Thread(new FutureTask<>(() -> null), "a hook of the JDK");
        Runtime.getRuntime().addShutdownHook(ofTheJdk);
        String[] names = {"sun.loky.test", "java.awt.loky.test", "jdk.jfr.loky.test"};
        try {
            for (String name : names) {
                System.setProperty(name, "x");
            }

            assertSeen();
        } finally {
            Runtime.getRuntime().removeShutdownHook(ofTheJdk);
            for (String name : names) {
                System.clearProperty(name);
            }
        }
    }

    @Test
    void differences_propertyOfTheJdkThatWasThere_isTold() {
        System.setProperty("sun.loky.test", "x");
        try {
            Surroundings with = Surroundings.now();
            System.setProperty("sun.loky.test", "y");

            assertThat(Surroundings.now().differencesTo(with)).containsExactly("system properties: sun.loky.test");
        } finally {
            System.clearProperty("sun.loky.test");
        }
    }

    /** A pool inside of a task adds it, and it stays for the next one. */
    @Test
    void differences_hookOfPools_isNone() {
        ExitHook.AtExit registered = new ExitHook.AtExit() {};
        ExitHook.add(registered);
        ExitHook.remove(registered);

        assertSeen();
    }

    /** A thread that a task has left behind may interrupt this one. */
    @Test
    void differences_threadThatIsAboutToEnd_isGivenItsMomentThoughInterrupted() {
        Thread ending = new Thread(() -> LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5)), "ending");
        ending.start();
        Thread.currentThread().interrupt();
        try {
            assertThat(Surroundings.now().differencesTo(before)).isEmpty();
        } finally {
            Thread.interrupted();
        }
    }
}
