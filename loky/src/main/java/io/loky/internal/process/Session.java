/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.process;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The processes that a worker has started. A worker is started as the leader of a session of its own ({@code setsid}), and
 * what it starts belongs to that session for good, also when the worker, and thereby every trace of who started whom, is gone:
 * unless a process opens a session itself, as a daemon does on purpose.
 */
public final class Session {
    private static final Path PROC = Path.of("/proc");

    /** A process that starts others as fast as they are killed must not keep the killer busy for ever. */
    private static final int ROUNDS = 20;

    private Session() {}

    /** Kills what this process has started: the other members of its session, or its descendants if it has opened none. */
    public static void killMembersOfOwn() {
        ProcessHandle self = ProcessHandle.current();
        ProcessStat stat = ProcessStat.of(self.pid()).orElse(null);
        if (stat != null && stat.session() == self.pid()) {
            killMembers(self.pid(), stat.startTicks());
        } else {
            self.descendants().forEach(ProcessHandle::destroyForcibly);
        }
    }

    /**
     * Kills all processes of the session that a process has opened, but not its leader.
     *
     * <p>Where the leader has ended its pid may have been given to a new process, which may have opened a session under the
     * same number. The system does not give a pid away while it stands for a session with members. So where there is a leader
     * that is not the one meant, none of the members is one either, and nothing is killed.
     *
     * @param leader the pid of the process that opened the session
     * @param leaderTicks when that was started
     * @return the pids of those that were killed
     */
    public static List<Long> killMembers(long leader, long leaderTicks) {
        List<Long> killed = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            List<ProcessHandle> members = members(leader, leaderTicks);
            if (members.isEmpty()) {
                break;
            }
            for (ProcessHandle member : members) {
                member.destroyForcibly(); // compares start times: a pid that was given away meanwhile is safe
                killed.add(member.pid());
            }
        }
        return killed;
    }

    /** Whether {@link #killMembers} would find any. */
    public static boolean hasMembers(long leader, long leaderTicks) {
        return !members(leader, leaderTicks).isEmpty();
    }

    private static List<ProcessHandle> members(long leader, long leaderTicks) {
        List<ProcessHandle> members = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                long pid = Long.parseLong(process.getFileName().toString());
                ProcessStat stat = ProcessStat.of(pid).orElse(null);
                if (stat == null || stat.session() != leader) {
                    continue;
                }
                if (pid == leader) {
                    if (stat.startTicks() != leaderTicks) {
                        return List.of(); // somebody else's session by now
                    }
                } else if (stat.isAlive()) {
                    ProcessHandle.of(pid).ifPresent(members::add);
                }
            }
        } catch (IOException | RuntimeException e) {
            return members; // no such folder, or no free file descriptor: what was found up to here
        }
        return members;
    }
}
