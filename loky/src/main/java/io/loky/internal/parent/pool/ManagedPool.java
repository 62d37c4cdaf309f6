/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.EndReason;
import io.loky.PoolSnapshot;
import io.loky.ProcessPoolMXBean;
import io.loky.ProcessPoolOptions;
import io.loky.WorkerSnapshot;
import io.loky.internal.parent.management.Registration;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.IntConsumer;

/**
 * A pool as JMX sees it. Does not refer to the pool that the user holds: the server of MBeans keeps this one, and a pool that its user
 * has dropped is to end.
 */
final class ManagedPool implements ProcessPoolMXBean {
    private static final System.Logger LOG = System.getLogger("io.loky.pool");

    /** The system property that has all pools of this JVM registered. */
    static final String PROPERTY = "io.loky.jmx";

    private final String label;
    private final Supervisor supervisor;
    private final IntConsumer resize;

    private ManagedPool(String label, Supervisor supervisor, IntConsumer resize) {
        this.label = label;
        this.supervisor = supervisor;
        this.resize = resize;
    }

    /**
     * Whether a pool with these options is to be registered.
     *
     * @throws IllegalArgumentException if the system property has a value that it cannot have
     */
    static boolean isWanted(ProcessPoolOptions options) {
        String setting = System.getProperty(PROPERTY, "false");
        return switch (setting) {
            case "true" -> true;
            case "false" -> options.jmx();
            default ->
                throw new IllegalArgumentException(
                        "the system property " + PROPERTY + " must be true or false, got \"" + setting + "\"");
        };
    }

    /** Registers it until it has terminated. A pool that cannot be registered is none the worse. */
    static void register(String label, Supervisor supervisor, IntConsumer resize) {
        try {
            Registration made = Registration.of(new ManagedPool(label, supervisor, resize), label);
            supervisor.beforeTerminated(made::end);
        } catch (Exception | LinkageError e) { // a Java without java.management, a name that may not be registered
            LOG.log(
                    Level.WARNING,
                    label + " could not be registered for JMX, and works without; leave jmx and the system property "
                            + PROPERTY + " unset where it is not needed",
                    e);
        }
    }

    @Override
    public String getName() {
        return label;
    }

    @Override
    public PoolSnapshot.State getState() {
        return supervisor.snapshot().state();
    }

    @Override
    public int getMaxWorkers() {
        return supervisor.snapshot().maxWorkers();
    }

    @Override
    public int getWorkers() {
        return supervisor.snapshot().workers().size();
    }

    @Override
    public int getIdleWorkers() {
        return count(WorkerSnapshot.State.IDLE);
    }

    @Override
    public int getBusyWorkers() {
        return count(WorkerSnapshot.State.BUSY);
    }

    private int count(WorkerSnapshot.State state) {
        return (int) supervisor.snapshot().workers().stream()
                .filter(worker -> worker.state() == state)
                .count();
    }

    @Override
    public int getQueuedTasks() {
        return supervisor.snapshot().queuedTasks();
    }

    @Override
    public int getRunningTasks() {
        return supervisor.snapshot().runningTasks();
    }

    @Override
    public long getCompletedTasks() {
        return supervisor.snapshot().completedTasks();
    }

    @Override
    public Map<EndReason, Long> getEndedWorkers() {
        return supervisor.snapshot().endedWorkers();
    }

    @Override
    public long[] getPids() {
        return supervisor.snapshot().workers().stream()
                .map(WorkerSnapshot::pid)
                .flatMapToLong(OptionalLong::stream)
                .toArray();
    }

    @Override
    public String dumpState() {
        return supervisor.dumpState();
    }

    @Override
    public void resize(int maxWorkers) {
        resize.accept(maxWorkers);
    }
}
