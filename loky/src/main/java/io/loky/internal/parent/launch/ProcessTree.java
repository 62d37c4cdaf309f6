/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.internal.directory.Leftovers;
import io.loky.internal.directory.WorkerDirectory;
import io.loky.internal.parent.thread.ServiceThreads;
import io.loky.internal.process.ProcessIdentity;
import io.loky.internal.process.Session;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A worker's process and those that it has started.
 *
 * <p>Two nets catch them. The descendants can be listed only while the worker lives; so they are when it is killed, and with
 * them those that have opened a session of their own. What belongs to the worker's session can be found also when it is dead,
 * whoever ended it.
 */
final class ProcessTree {
    private static final System.Logger LOG = System.getLogger("io.loky.worker");

    private final Process worker;
    private final String label;

    /** The worker, as the leader of its session. */
    private final ProcessIdentity leader;

    private final Set<Long> killed = ConcurrentHashMap.newKeySet();

    /**
     * @param worker right after its start, while its pid cannot mean anything else
     */
    ProcessTree(Process worker, String label) {
        this.worker = worker;
        this.label = label;
        this.leader = ProcessIdentity.of(worker.pid());
    }

    /** Has others find what is left of its session where this JVM cannot clear it. */
    void note(WorkerDirectory directory) {
        if (hasSession()) {
            try {
                directory.noteLeader(leader);
            } catch (IOException e) { // no room, or the worker is gone, and its directory too
                LOG.log(Level.DEBUG, label + ": its session could not be noted", e);
            }
        }
    }

    /** Where the system tells when a process was started there are sessions. */
    private boolean hasSession() {
        return leader.startTicks() >= 0;
    }

    /** Kills all of it. Does not wait: on a machine with many processes it takes a while to find those that matter. */
    void kill() {
        ServiceThreads.execute(() -> {
            List<ProcessHandle> descendants = descendants();
            // Not the process's own method: that closes the pipes, and what the worker has sent and printed is lost
            // with them.
            worker.toHandle().destroyForcibly();
            descendants.forEach(this::kill);
        });
    }

    private List<ProcessHandle> descendants() {
        try {
            return worker.descendants().toList();
        } catch (RuntimeException e) { // no file descriptor is free, or no process table readable
            LOG.log(Level.DEBUG, label + ": the processes that it started cannot be listed", e);
            return List.of();
        }
    }

    private void kill(ProcessHandle process) {
        process.destroyForcibly();
        killed.add(process.pid());
    }

    /** After the worker's end: kills what is left of its session, and removes what nested workers could not remove any more. */
    void clear() {
        if (hasSession()) {
            killed.addAll(Session.killMembers(leader.pid(), leader.startTicks()));
        }
        if (!killed.isEmpty()) {
            killed.add(worker.pid());
            Leftovers.sweepAfter(killed, text -> LOG.log(Level.DEBUG, text));
        }
        Leftovers.sweepDataOf(leader, text -> LOG.log(Level.DEBUG, text));
    }
}
