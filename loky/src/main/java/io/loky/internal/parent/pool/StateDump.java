/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.EndReason;
import io.loky.PoolSnapshot;
import io.loky.WorkerSnapshot;
import io.loky.internal.parent.launch.Initializer;
import io.loky.internal.parent.pool.PoolPicture.Pause;
import io.loky.internal.parent.pool.PoolPicture.WorkerPicture;
import io.loky.internal.parent.task.RemoteTask;
import io.loky.internal.parent.task.Task;
import io.loky.internal.process.ProcessStat;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A pool in words, for a person who wonders why it does not go on: what waits, and what each worker does, with the stack of
 * its task.
 *
 * <p>All workers are asked for their stacks first, and then waited for together, so that a hundred that are stopped take no
 * longer than one. The pool goes on meanwhile: what is told was true when it was asked.
 */
final class StateDump {
    /** A worker answers within some milliseconds, or 20 where its task has begun right now; a long collection of garbage may take longer. */
    private static final long PATIENCE_MILLIS = 1_000;

    private static final int MOST_FRAMES = 50;
    private static final int MOST_LISTED = 3;

    private final PoolPicture picture;
    private final List<@Nullable CompletableFuture<List<StackTraceElement>>> stacks = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private final Instant begun = Instant.now();

    private StateDump(PoolPicture picture) {
        this.picture = picture;
    }

    /** Asks the workers, and waits a second at most. If the calling thread is interrupted it waits no longer, and stays interrupted. */
    static String of(String label, PoolPicture picture) {
        StateDump dump = new StateDump(picture);
        try {
            dump.ask();
            dump.pool(label);
            for (int i = 0; i < picture.workers().size(); i++) {
                dump.worker(picture.workers().get(i), dump.stacks.get(i));
            }
        } finally {
            dump.askNoLonger();
        }
        return dump.text.toString();
    }

    // ---- the questions --------------------------------------------------------------------------------------------

    private void ask() {
        picture.workers().forEach(worker -> stacks.add(look(worker)));
        CompletableFuture<?>[] asked =
                stacks.stream().filter(stack -> stack != null).toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(asked).get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            // these are told to have given no answer
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new AssertionError("no question where a task is fails", e);
        }
    }

    /** A worker that is stopped for days, and asked every minute, must not be left with all who asked. */
    private void askNoLonger() {
        for (CompletableFuture<?> stack : stacks) {
            if (stack != null) {
                stack.cancel(false);
            }
        }
    }

    /** Null if there is nothing to ask. */
    private static @Nullable CompletableFuture<List<StackTraceElement>> look(WorkerPicture worker) {
        RemoteTask<?> task = worker.task();
        return switch (worker.worker().state()) {
            case STARTING -> worker.handle().look(Initializer.ID);
            case BUSY -> task == null ? null : worker.handle().look(task.id());
            case IDLE, SPARE, RETIRING, KILLING -> null;
        };
    }

    // ---- the pool -------------------------------------------------------------------------------------------------

    private void pool(String label) {
        PoolSnapshot pool = picture.pool();
        line(label + ": " + pool.state() + " at " + begun.truncatedTo(ChronoUnit.MILLIS));
        line("workers: " + pool.workers().size() + inBrackets(byState()) + ", maxWorkers " + pool.maxWorkers());
        line("tasks: " + pool.runningTasks() + " running, " + pool.queuedTasks() + " waiting" + longestWait() + ", "
                + pool.completedTasks() + " ended");
        if (!picture.next().isEmpty()) {
            int others = pool.queuedTasks()
                    - picture.pauses().size()
                    - picture.next().size();
            line("next: " + described(picture.next()) + (others > 0 ? ", and " + others + " more" : ""));
        }
        if (!picture.pauses().isEmpty()) {
            line("to be executed again after a pause: " + listed(picture.pauses(), StateDump::described));
        }
        if (picture.waitingForRoom() > 0) {
            line("submitters that wait for room in the queue: " + picture.waitingForRoom());
        }
        if (!picture.outside().isEmpty()) {
            line("run by their submitters: " + described(picture.outside()));
        }
        if (!picture.enlarged().isEmpty()) {
            line("once more with a larger heap, one by one: " + described(picture.enlarged()));
        }
        if (picture.restNanos() > 0) {
            line("refuses all tasks for " + duration(picture.restNanos())
                    + " more, since too many workers have died (maxCrashes)");
        }
        if (!picture.quarantined().isEmpty()) {
            line("in quarantine, so that tasks of that name are refused: "
                    + listed(picture.quarantined(), name -> "'" + name + "'"));
        }
        if (!pool.endedWorkers().isEmpty()) {
            line("workers that have ended: " + byReason(pool.endedWorkers()));
        }
    }

    private Stream<String> byState() {
        return Stream.of(WorkerSnapshot.State.values()).flatMap(state -> {
            long count = picture.pool().workers().stream()
                    .filter(worker -> worker.state() == state)
                    .count();
            return count == 0 ? Stream.empty() : Stream.of(count + " " + state);
        });
    }

    private static String byReason(Map<EndReason, Long> ended) {
        return ended.entrySet().stream()
                .map(entry -> entry.getValue() + " " + entry.getKey())
                .collect(Collectors.joining(", "));
    }

    private String longestWait() {
        return picture.pool().queuedTasks() == 0
                ? ""
                : " (the longest for " + duration(picture.longestWaitNanos()) + ")";
    }

    private static String described(Pause pause) {
        return pause.task().description() + " (attempt " + pause.attempt() + ", in " + duration(pause.nanos()) + ")";
    }

    /** The first of them: there may be a thousand. */
    private static <T> String listed(List<T> all, Function<T, String> word) {
        String first = all.stream().limit(MOST_LISTED).map(word).collect(Collectors.joining(", "));
        return all.size() > MOST_LISTED ? first + ", and " + (all.size() - MOST_LISTED) + " more" : first;
    }

    private static String described(List<RemoteTask<?>> tasks) {
        return tasks.stream().map(RemoteTask::description).collect(Collectors.joining(", "));
    }

    // ---- a worker -------------------------------------------------------------------------------------------------

    private void worker(WorkerPicture told, @Nullable CompletableFuture<List<StackTraceElement>> stack) {
        WorkerSnapshot worker = told.worker();
        text.append('\n');
        line((told.larger() ? "a worker with a larger heap" : "worker " + worker.number() + ", index " + worker.index())
                + pid(worker.pid()) + ": " + worker.state()
                + " for " + duration(told.nanos()) + ", " + worker.tasksDone() + " tasks done" + why(told));
        RemoteTask<?> task = told.task();
        if (task != null) {
            line("    " + task.description() + inBrackets(about(task, told)));
        } else if (told.holds() && worker.state() == WorkerSnapshot.State.BUSY) {
            line("    looks at itself: health check, or garbage collection");
        }
        boolean stopped = isStopped(worker.pid());
        if (stack != null) {
            tell(stack, worker, stopped);
        } else if (stopped) {
            line("    its process is stopped");
        }
    }

    private static String pid(OptionalLong pid) {
        return pid.isEmpty() ? ", no process yet" : ", pid " + pid.getAsLong();
    }

    private static String why(WorkerPicture told) {
        EndReason why = told.why();
        if (why == null) {
            return "";
        }
        boolean ends = told.worker().state() == WorkerSnapshot.State.RETIRING
                || told.worker().state() == WorkerSnapshot.State.KILLING;
        return (ends ? ": " : "; to be replaced: ") + why + (told.detail().isEmpty() ? "" : ", " + told.detail());
    }

    private static Stream<String> about(RemoteTask<?> task, WorkerPicture told) {
        List<String> facts = new ArrayList<>();
        if (told.interruptedFor() != null) {
            facts.add("interrupted for " + told.interruptedFor());
        }
        if (told.taskState() != null && told.taskState().isTerminal()) {
            facts.add(told.taskState() + ", and not over in its worker");
        }
        if (task.attempts() > 1) {
            facts.add("attempt " + task.attempts());
        }
        if (task.limitNanos() != Task.UNLIMITED) {
            facts.add("time limit " + duration(task.limitNanos()));
        }
        return facts.stream();
    }

    private void tell(CompletableFuture<List<StackTraceElement>> stack, WorkerSnapshot worker, boolean stopped) {
        boolean starts = worker.state() == WorkerSnapshot.State.STARTING;
        List<StackTraceElement> frames = stack.getNow(null);
        if (frames == null) {
            line("        no answer: "
                    + (stopped ? "its process is stopped" : "it may be stopped, or in a long pause of its JVM"));
        } else if (frames.isEmpty()) {
            String start = stopped ? "    its process is stopped" : "    its JVM starts";
            line(starts ? start : "        none of its code runs right now: it begins, or ends");
        } else {
            if (starts) {
                line("    runs the initializer");
            }
            frames.stream().limit(MOST_FRAMES).forEach(frame -> line("        at " + frame));
            if (frames.size() > MOST_FRAMES) {
                line("        ... " + (frames.size() - MOST_FRAMES) + " more");
            }
        }
    }

    /** By a signal, or by a debugger. Only Linux says so. */
    private static boolean isStopped(OptionalLong pid) {
        Optional<ProcessStat> stat = pid.isEmpty() ? Optional.empty() : ProcessStat.of(pid.getAsLong());
        return stat.isPresent() && (stat.get().state() == 'T' || stat.get().state() == 't');
    }

    // ---- words ----------------------------------------------------------------------------------------------------

    private void line(String line) {
        text.append(line).append('\n');
    }

    private static String inBrackets(Stream<String> words) {
        String joined = words.collect(Collectors.joining(", "));
        return joined.isEmpty() ? "" : " (" + joined + ")";
    }

    static String duration(long nanos) {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(nanos);
        if (seconds < 1) {
            return TimeUnit.NANOSECONDS.toMillis(nanos) + " ms";
        }
        if (seconds < 120) {
            return String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
        }
        long minutes = seconds / 60;
        return minutes < 120 ? minutes + " min " + seconds % 60 + " s" : minutes / 60 + " h " + minutes % 60 + " min";
    }
}
