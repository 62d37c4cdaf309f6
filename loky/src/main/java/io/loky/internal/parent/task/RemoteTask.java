/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.task;

import io.loky.OutOfMemoryDetails;
import io.loky.TaskFuture;
import io.loky.TaskOutput;
import io.loky.TaskReceipt;
import io.loky.internal.codec.ArgumentSketch;
import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.parent.output.TaskPrints;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.Frame;
import io.loky.internal.wire.FrameType;
import io.loky.internal.wire.Sections;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A task and its future.
 *
 * <p>Callers wait on a latch that the thread which serves the worker opens; that is the shortest way from a worker's
 * answer to a waiting {@link #get}. Dependents hang on a {@link CompletableFuture} of their own, which is made when the
 * first one is added and is completed on another thread (see {@link CompletionThreads}).
 *
 * <p>Nothing here holds a lock. The end of the task on one side and a stage or an action that is being added on the other
 * both write first and look second, so that at least one of them sees the other, and each of the two is harmless twice.
 */
public class RemoteTask<V> extends Task implements TaskFuture<V>, StageView<V>, RunnableFuture<V> {
    private static final int MOST_SAMPLES = 16;

    /** Longer than an end that has come takes to get here. With a limit, since this may be asked on the thread that would bring it. */
    private static final long AT_HAND_NANOS = 5_000_000_000L;

    /** In bytes: what takes longer to send, or to be rebuilt, is no short task. */
    private static final int MOST_AHEAD = 2 * 1024;

    // Many may wait: an object for each of these fields would take as much as what it holds.
    private static final VarHandle STAGE;
    private static final VarHandle AFTERWARDS;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            STAGE = lookup.findVarHandle(RemoteTask.class, "stage", CompletableFuture.class);
            AFTERWARDS = lookup.findVarHandle(RemoteTask.class, "afterwards", Runnable.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final TaskOwner owner;
    private final String label;
    private final @Nullable V fixedResult;
    private final SubmitSite site;
    private final Outcome<V> outcome = new Outcome<>();

    /** Of the answer; dropped when that is decoded, so that a kept future does not keep the class loaders of its task. */
    private volatile @Nullable ObjectCodec codec;

    /** What is sent; dropped when the task is over, so that a kept future does not keep its arguments. */
    private volatile @Nullable EncodedFrame frame;

    /** Null where nobody wants to know what it prints. */
    private volatile @Nullable TaskPrints prints;

    /** Something small in place of its argument; null if it has none. Written before others see this task. */
    private @Nullable Object argumentSketch;

    /** How the attempt before ended, where this one has a larger heap. */
    private volatile @Nullable String firstStory;

    private volatile long workerPid = -1;

    /** Where it was when it had reached its time limit, and after that. */
    private volatile List<List<StackTraceElement>> samples = List.of();

    /** Set once, see {@link #STAGE}. */
    private volatile @Nullable CompletableFuture<V> stage;

    /** Taken once, see {@link #AFTERWARDS}. */
    private volatile @Nullable Runnable afterwards;

    /**
     * @param limitNanos see {@link Task#limitNanos()}
     * @param priority see {@link Task#priority()}
     * @param label the name that the user gave, or that was made from the function's class
     * @param codec of the answer
     * @param fixedResult is the value instead of what the worker returns, unless null
     */
    public RemoteTask(
            long id,
            long limitNanos,
            int priority,
            TaskOwner owner,
            String label,
            ObjectCodec codec,
            @Nullable V fixedResult) {
        this(id, limitNanos, priority, owner, label, codec, fixedResult, new SubmitSite());
    }

    /** One that was submitted there. */
    public RemoteTask(
            long id,
            long limitNanos,
            int priority,
            TaskOwner owner,
            String label,
            ObjectCodec codec,
            @Nullable V fixedResult,
            SubmitSite site) {
        super(id, limitNanos, priority);
        this.site = site;
        this.owner = owner;
        this.label = label;
        this.codec = codec;
        this.fixedResult = fixedResult;
    }

    /** One that is executed in place of another one, and has its number, its limit, its frame and its prints. */
    protected RemoteTask(RemoteTask<V> original, TaskOwner owner, ObjectCodec codec) {
        this(original.id(), original.limitNanos(), 0, owner, original.label, codec, null, original.site);
        this.frame = original.frame;
        this.prints = original.prints;
        this.argumentSketch = original.argumentSketch;
    }

    // ---- for the pool -------------------------------------------------------------------------------------------

    /**
     * @param decoder of the answer, from now on
     */
    public void encoded(EncodedFrame encoded, ObjectCodec decoder) {
        codec = decoder;
        encoded(encoded);
    }

    public void encoded(EncodedFrame encoded) {
        frame = encoded;
        TaskTimes kept = times();
        if (kept != null) {
            kept.encoded(System.nanoTime());
        }
    }

    /**
     * @param sketch of its argument, see {@link ArgumentSketch}; null if it has none
     */
    public void wasGiven(@Nullable Object sketch) {
        argumentSketch = sketch;
    }

    /** Its argument in a few words; empty if it has none. */
    public Optional<String> argument() {
        return Optional.ofNullable(argumentSketch).map(ArgumentSketch::text);
    }

    public void printsTo(@Nullable TaskPrints target) {
        prints = target;
    }

    /** Where what it prints is told apart from what others print; null where it is not. */
    public @Nullable TaskPrints prints() {
        return prints;
    }

    public boolean isOwnedBy(TaskOwner candidate) {
        return owner == candidate;
    }

    /** What to send. Null once the task is over. */
    public @Nullable EncodedFrame frame() {
        return frame;
    }

    /**
     * A short one for which time does not matter until it is answered, which nobody watches, and which is not suspected of
     * anything.
     */
    @Override
    public boolean mayBeSentAhead() {
        return weight() <= MOST_AHEAD
                && limitNanos() == UNLIMITED
                && queueLimitNanos() == UNLIMITED
                && prints == null
                && attempts() == 0
                && lostStarts() == 0
                && crashes() == 0;
    }

    @Override
    public int weight() {
        EncodedFrame sent = frame;
        return sent == null ? 0 : (int) Math.min(sent.length(), Integer.MAX_VALUE);
    }

    /** What a worker that has just died was executing of it, as a task of its own. Null once the task is over. */
    public @Nullable EncodedFrame suspect() {
        return frame();
    }

    /**
     * Lets go of what was sent, where its execution is over and nothing else can happen to it, but its result is not here yet: of
     * a large argument there is no copy then while a large result comes.
     *
     * @return the arrays of what was sent, which nobody else has; none where it may be executed once more
     */
    public Sections giveUpArrays() {
        EncodedFrame sent = frame;
        if (sent == null || rerun().retries() > 0 || rerun().heap() != null) {
            return Sections.NONE;
        }
        dropFrame();
        return sent.sections();
    }

    /** Lets go of what was sent, when nobody will send it again. */
    public void dropFrame() {
        frame = null;
    }

    public void sentTo(long pid) {
        workerPid = pid;
    }

    /** It has reached its time limit, and is here. Called by the thread that reads its worker's answers. */
    public void sampled(List<StackTraceElement> stack) {
        if (samples.size() < MOST_SAMPLES) { // its worker may not be itself any more
            List<List<StackTraceElement>> more = new ArrayList<>(samples);
            more.add(List.copyOf(stack));
            samples = List.copyOf(more);
        }
    }

    /** Where it was when it had reached its time limit, and after that; oldest first. */
    public List<List<StackTraceElement>> samples() {
        return samples;
    }

    /** Runs the action on a completion thread when the task is over, at once if it is. At most one action. */
    public void afterwards(Runnable action) {
        afterwards(action, owner::runAside);
    }

    /**
     * Gives the action to the executor when the task is over, at once if it is. At most one action.
     *
     * @param executor must not run the action on the calling thread, which may be the one that reads answers
     */
    public void afterwards(Runnable action, Executor executor) {
        afterwards = () -> executor.execute(action);
        if (isDone()) {
            runAfterwards();
        }
    }

    /**
     * Completes the future with the worker's answer. What needs the user's code to be decoded is decoded by whoever asks
     * for it first: on this thread, which reads that worker's answers, it might block, or wait for a later answer.
     */
    public void answer(Frame answer) {
        TaskTimes kept = times();
        if (kept != null) {
            kept.measured(answer.measured());
        }
        boolean bare = answer.type() == FrameType.VALUE && ObjectCodec.isBare(answer.payload());
        if (bare || answer.skipped() > 0) {
            Decoded<V> decoded = decode(answer);
            finish(decoded.failure() == null ? Outcome.VALUE : Outcome.FAILURE, decoded.value(), decoded.failure());
        } else if (outcome.arrive(() -> decode(answer))) {
            ended();
        }
    }

    private Decoded<V> decode(Frame answer) {
        TaskTimes kept = times();
        if (kept == null) {
            return decoded(answer);
        }
        long begun = System.nanoTime();
        Decoded<V> decoded = decoded(answer);
        kept.decoded(System.nanoTime() - begun);
        return decoded;
    }

    private Decoded<V> decoded(Frame answer) {
        ObjectCodec decoder = codec;
        codec = null;
        if (fixedResult != null && answer.type() == FrameType.VALUE) {
            return new Decoded<>(fixedResult, null);
        }
        if (decoder == null) { // it has ended otherwise meanwhile, and nobody looks at this
            return new Decoded<>(null, null);
        }
        Decoded<V> decoded = new AnswerDecoder(decoder, site).decode(answer, description(), workerPid);
        if (decoded.failure() != null) {
            tellOfFirst(decoded.failure());
        }
        return decoded;
    }

    /** It has run out of memory, and is executed once more, with a larger heap. */
    public void isSecondAfter(String story) {
        firstStory = story;
    }

    private void tellOfFirst(Throwable failure) {
        String story = firstStory;
        if (story != null) {
            failure.addSuppressed(new OutOfMemoryDetails("the attempt before this one has run out of memory (" + story
                    + "); this one had a heap of " + rerun().heap() + " (retryOutOfMemoryWith)"));
        }
    }

    /** The worker has answered a part of it, in this round. See {@link #round}. */
    public void partlyAnswered(Frame answer, int inRound) {
        throw new IllegalArgumentException("a worker answered a part of " + description() + ", which has none");
    }

    /** How often it went back to the queue with a part of it done. Under the pool's lock. */
    public int round() {
        return 0;
    }

    /** Why the part of it is lost that was given up by {@link #skip}, while the rest goes on. */
    public void partLost(Throwable reason) {
        throw new IllegalStateException(description() + " has no parts");
    }

    /** Completes the future of one that has no result of its own. */
    protected final void complete() {
        finish(Outcome.VALUE, null, null);
    }

    /** How the task ended, with its answer decoded. */
    private int settled() {
        outcome.settleUninterruptibly();
        return outcome.how();
    }

    /** An exception of the library's own, with the frames of the submit: those of a service thread help nobody. */
    private Throwable local(Throwable failure) {
        site.replaceIn(failure);
        tellOfFirst(failure);
        return failure;
    }

    /** Completes the future with a failure that the library made. Its stack becomes that of the submit. */
    public void failLocally(Throwable failure) {
        finish(Outcome.FAILURE, null, local(failure));
    }

    /** The same with a failure that is made, by the user's code, when somebody asks for it first: as an answer is decoded. */
    public void failLater(Supplier<Throwable> failure) {
        noteOver();
        if (outcome.arrive(() -> new Decoded<>(null, local(failure.get())))) {
            ended();
        }
    }

    private void finish(int how, @Nullable V value, @Nullable Throwable failure) {
        noteOver();
        if (outcome.complete(how, value, failure)) {
            ended();
        }
    }

    /** Before the outcome, with which the receipt is there. */
    private void noteOver() {
        TaskTimes kept = times();
        if (kept != null && !isDone()) {
            kept.over();
        }
    }

    private void ended() {
        if (outcome.how() != Outcome.ANSWERED) {
            codec = null;
        }
        // One that was cancelled while a thread is about to send it must be sent: its worker is waiting for it.
        if (outcome.how() != Outcome.CANCELLED || attempts() == 0) {
            dropFrame();
        }
        CompletableFuture<V> dependents = stage;
        if (dependents != null) {
            owner.runAside(() -> completeStage(dependents));
        }
        runAfterwards();
    }

    private void runAfterwards() {
        if (afterwards != null) {
            Runnable action = (Runnable)
                    AFTERWARDS.getAndSet(this, null); // completion and registration may meet here: it runs once
            if (action != null) {
                action.run();
            }
        }
    }

    /** For messages: {@code task #12 'parse foo.jar'}. */
    public String description() {
        return "task #" + id() + " '" + label + "'";
    }

    // ---- TaskFuture ---------------------------------------------------------------------------------------------

    @Override
    public long taskId() {
        return id();
    }

    @Override
    public String name() {
        return label;
    }

    @Override
    public OptionalLong workerPid() {
        long pid = workerPid;
        return pid < 0 ? OptionalLong.empty() : OptionalLong.of(pid);
    }

    @Override
    public Optional<TaskReceipt> receipt() {
        boolean decoded = settled() > Outcome.ANSWERED; // first: it publishes the rest
        TaskTimes kept = times();
        return decoded && kept != null ? Optional.ofNullable(kept.receipt()) : Optional.empty();
    }

    @Override
    public Optional<TaskOutput> output() {
        TaskPrints kept = prints;
        return kept == null || !kept.areKept() ? Optional.empty() : Optional.of(kept.output());
    }

    @Override
    public Status status() {
        return statusOf(settled());
    }

    private Status statusOf(int how) {
        return switch (how) {
            case Outcome.VALUE -> Status.SUCCEEDED;
            case Outcome.FAILURE -> Status.FAILED;
            case Outcome.CANCELLED -> Status.CANCELLED;
            default -> {
                TaskState state = state();
                yield state == TaskState.NEW || state == TaskState.QUEUED ? Status.QUEUED : Status.RUNNING;
            }
        };
    }

    /** Submits a task that {@code newTaskFor} made, and waits for it. Nothing to do where the pool already has it. */
    @Override
    public void run() {
        owner.start(this);
        outcome.awaitUninterruptibly();
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        if (isDone()) {
            return false;
        }
        if (owner.cancel(this, mayInterruptIfRunning)) {
            return true;
        }
        // It has ended, and another thread is about to say so here: after a cancel every future is done, whatever it
        // has become.
        outcome.awaitUninterruptibly(AT_HAND_NANOS);
        return false;
    }

    /** Completes the future as cancelled, after the pool has taken note of it. */
    public void cancelled() {
        finish(Outcome.CANCELLED, null, null);
    }

    @Override
    public boolean isCancelled() {
        return outcome.how() == Outcome.CANCELLED;
    }

    @Override
    public boolean isDone() {
        return outcome.how() != Outcome.PENDING;
    }

    @Override
    public V get() throws InterruptedException, ExecutionException {
        if (!isDone()) { // an interrupted caller gets what is there already, as from every Future
            outcome.await();
        }
        outcome.settle();
        return report();
    }

    @Override
    public V get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        long nanos = Objects.requireNonNull(unit, "unit").toNanos(timeout); // also of a task that is done
        long deadline = System.nanoTime() + nanos;
        if (!isDone() && !outcome.await(nanos)) {
            throw new TimeoutException(description() + " was not done within " + timeout + " " + unit + "; it is "
                    + statusOf(Outcome.PENDING) + " and goes on");
        }
        if (!outcome.settle(deadline - System.nanoTime())) {
            throw new TimeoutException(description() + " is done, but its answer, which another thread is decoding, was"
                    + " not there within " + timeout + " " + unit + "; that goes on");
        }
        return report();
    }

    private V report() throws ExecutionException {
        if (outcome.how() == Outcome.CANCELLED) {
            throw cancellation();
        }
        Throwable failure = outcome.failure();
        if (failure != null) {
            throw new ExecutionException(failure);
        }
        return outcome.value();
    }

    private CancellationException cancellation() {
        return new CancellationException(description() + " was cancelled");
    }

    @Override
    public V resultNow() {
        return switch (settled()) {
            case Outcome.VALUE -> outcome.value();
            case Outcome.FAILURE ->
                throw new IllegalStateException(description() + " failed: it has no result", outcome.failure());
            case Outcome.CANCELLED -> throw new IllegalStateException(description() + " was cancelled");
            default -> throw new IllegalStateException(description() + " has not completed");
        };
    }

    @Override
    public Throwable exceptionNow() {
        int how = settled();
        Throwable failure = outcome.failure();
        if (how == Outcome.FAILURE && failure != null) {
            return failure;
        }
        throw new IllegalStateException(
                switch (how) {
                    case Outcome.VALUE -> description() + " succeeded: it has no exception";
                    case Outcome.CANCELLED -> description() + " was cancelled";
                    default -> description() + " has not completed";
                });
    }

    @Override
    public CompletableFuture<V> toCompletableFuture() {
        return stage();
    }

    @Override
    public CompletableFuture<V> stage() {
        CompletableFuture<V> dependents = stage;
        if (dependents != null) {
            return dependents;
        }
        CompletableFuture<V> made = new CancellingFuture<>(this);
        if (isDone()) {
            completeStage(made); // before anybody else can hang something on it that would run here
        }
        if (!STAGE.compareAndSet(this, null, made)) {
            return Objects.requireNonNull(stage); // it is never taken away again
        }
        if (!made.isDone() && isDone()) { // whoever completed the task meanwhile may not have seen the stage
            owner.runAside(() -> completeStage(made));
        }
        return made;
    }

    private void completeStage(CompletableFuture<V> dependents) {
        int how = settled();
        Throwable failure = outcome.failure();
        switch (how) {
            case Outcome.CANCELLED -> dependents.completeExceptionally(cancellation());
            case Outcome.FAILURE -> dependents.completeExceptionally(failure);
            default -> dependents.complete(outcome.value());
        }
    }

    @Override
    public String toString() {
        int how = outcome.how(); // decoding runs user code: not for a mere word about it
        return description() + "[" + (how == Outcome.ANSWERED ? "ANSWERED" : statusOf(how)) + "]";
    }

    /** The stage of a task: cancelling it cancels the task. */
    private static final class CancellingFuture<V> extends CompletableFuture<V> {
        private final RemoteTask<V> task;

        CancellingFuture(RemoteTask<V> task) {
            this.task = task;
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            if (task.cancel(mayInterruptIfRunning) || task.isCancelled()) {
                return super.cancel(mayInterruptIfRunning);
            }
            return isCancelled(); // the task has ended otherwise, and this becomes what it became
        }

        /** Stages made from this one are ordinary: cancelling one of them does not cancel the task. */
        @Override
        public <U> CompletableFuture<U> newIncompleteFuture() {
            return new CompletableFuture<>();
        }
    }
}
