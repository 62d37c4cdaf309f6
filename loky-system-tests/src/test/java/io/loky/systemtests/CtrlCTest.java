/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.ProcessPoolExecutor;
import io.loky.TaskFuture;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C in a terminal: SIGINT to every process of the foreground group. The program decides, its workers do not. */
class CtrlCTest {
    private static final int TASKS = 10;

    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    private List<Gate> gates(String name) {
        List<Gate> gates = new ArrayList<>();
        for (int i = 0; i < TASKS; i++) {
            gates.add(new Gate(folder, name + i));
        }
        return gates;
    }

    private static long open(List<Gate> gates) {
        return gates.stream().filter(Gate::isOpen).count();
    }

    /** Two tasks run and eight wait: the program ends at once, and none of the eight is begun. */
    @Test
    void ctrlC_twoTasksRunAndEightWait_endsAtOnceAndStartsNoOther() throws Exception {
        try (ChildJvm program =
                ChildJvm.of(Program.class).ownGroup().args(folder.toString()).start()) {
            Await.until("two tasks run", () -> open(gates("started-")) == 2, program::toString);

            long before = System.nanoTime();
            Processes.signalGroup("INT", program.pid());
            int exitCode = program.exitCode();
            Duration took = Duration.ofNanos(System.nanoTime() - before);

            assertThat(exitCode).isEqualTo(130);
            assertThat(took).isLessThan(Duration.ofSeconds(2));
            Processes.assertNothingIsLeftOf(program.pid());
            assertThat(open(gates("started-"))).as("tasks that were begun").isEqualTo(2);
            assertThat(program.out()).isEmpty();
            assertThat(program.err()).isEmpty();
        }
    }

    /** A program that handles the signal, as interactive ones do, keeps its workers and the tasks that run. */
    @Test
    void ctrlC_programHandlesIt_tasksGoOnInTheirWorkers() throws Exception {
        try (ChildJvm program = ChildJvm.of(Interactive.class)
                .ownGroup()
                .args(folder.toString())
                .start()) {
            Gate started = new Gate(folder, "started");
            Await.until("the task runs", started::isOpen, program::toString);

            Processes.signalGroup("INT", program.pid());
            program.awaitOut("interrupted");
            new Gate(folder, "go").open();

            assertThat(program.exitCode()).as("%s", program).isZero();
            assertThat(program.out()).isEqualTo("interrupted\nsame worker: true\n");
            assertThat(program.err()).isEmpty();
        }
    }

    /** No signal that a terminal sends, and nothing that a shell sends to the program's group, reaches a worker. */
    @Test
    void worker_session_isItsOwn() throws Exception {
        ProcessPoolExecutor pool = pools.warm(2);

        for (long pid : Pools.pids(pool)) {
            assertThat(Processes.session(pid)).isEqualTo(pid);
        }
    }

    /** Two workers, and ten tasks of a second each that leave a trace when they begin. */
    static final class Program {
        private Program() {}

        public static void main(String[] args) throws Exception {
            ProcessPoolExecutor pool = ProcessPoolExecutor.create(2);
            for (int i = 0; i < TASKS; i++) {
                Gate started = new Gate(Path.of(args[0]), "started-" + i);
                pool.execute(() -> {
                    started.open();
                    TimeUnit.SECONDS.sleep(1);
                });
            }
            TimeUnit.MINUTES.sleep(10);
        }
    }

    /** Prints when it is interrupted, instead of ending. */
    static final class Interactive {
        private Interactive() {}

        public static void main(String[] args) throws Exception {
            // by reflection, since the compiler's warning about these classes cannot be suppressed
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object printer = Proxy.newProxyInstance(
                    Interactive.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        System.out.println("interrupted");
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("INT"), printer);

            Gate started = new Gate(Path.of(args[0]), "started");
            Gate go = new Gate(Path.of(args[0]), "go");
            try (ProcessPoolExecutor pool = ProcessPoolExecutor.create(1)) {
                TaskFuture<Long> task = pool.submit(() -> {
                    started.open();
                    go.await();
                    return Processes.ownPid();
                });
                long pid = task.get();
                long next = pool.submit(Processes::ownPid).get();
                System.out.println("same worker: " + (pid == next));
            }
        }
    }
}
