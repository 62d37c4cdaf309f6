/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.loky.Broadcast;
import io.loky.ProcessPoolExecutor;
import io.loky.ProcessPoolOptions;
import io.loky.ProcessPoolOptions.Mode;
import io.loky.SerializableFunction;
import io.loky.TaskFuture;
import io.loky.TaskSerializationException;
import io.loky.spi.TaskCodec;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values that are sent once to each worker. */
class BroadcastTest {
    private static final String DIRECTORY = "io.loky.sharedMemory";
    private static final int LARGE = 64 << 20;

    private static final Logger LOGGER = Logger.getLogger("io.loky.broadcast");

    @RegisterExtension
    final Pools pools = new Pools();

    @TempDir
    Path folder;

    @BeforeEach
    void logQuestions() {
        LOGGER.setLevel(Level.FINE);
    }

    @AfterEach
    void reset() {
        LOGGER.setLevel(null);
        System.clearProperty(DIRECTORY);
    }

    /** What workers have asked for so far. */
    private List<String> asked() {
        return pools.log().at(Level.FINE).stream()
                .filter(message -> message.contains("asked for broadcast"))
                .toList();
    }

    private static List<Path> files() {
        return Processes.sharedFilesOf(Processes.ownPid());
    }

    private static long pid() {
        return ProcessHandle.current().pid();
    }

    private static ExecutionException failure(TaskFuture<?> future) {
        try {
            Object value = Await.result(future);
            throw new AssertionError("it returned " + value);
        } catch (ExecutionException e) {
            return e;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    // ---- once -------------------------------------------------------------------------------------------------------

    /** How often this class was rebuilt in this JVM. */
    private static final AtomicInteger REBUILT = new AtomicInteger();

    static final class Model implements Serializable {
        private static final long serialVersionUID = 1L;

        final byte[] weights;
        String name;

        Model(byte[] weights, String name) {
            this.weights = weights;
            this.name = name;
        }

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            REBUILT.incrementAndGet();
        }
    }

    /** 64 MB for 100 tasks: each worker is told once where they are, and rebuilds them once. */
    @Test
    void get_of64MbInHundredTasks_isReadOncePerWorker() throws Exception {
        ProcessPoolExecutor pool = pools.warm(2);
        byte[] weights = new byte[LARGE];
        weights[LARGE - 1] = 42;
        Model model = new Model(weights, "m");
        List<TaskFuture<List<Long>>> futures = new ArrayList<>();
        try (Broadcast<Model> broadcast = pool.broadcast(model)) {
            assertThat(files()).hasSize(1);
            for (int i = 0; i < 100; i++) {
                futures.add(pool.submit(() -> {
                    Model mine = broadcast.get();
                    return List.of(pid(), (long) mine.weights[LARGE - 1], (long) REBUILT.get());
                }));
            }
            Set<Long> workers = new HashSet<>();
            for (TaskFuture<List<Long>> future : futures) {
                List<Long> answer = Await.result(future);
                workers.add(answer.get(0));
                assertThat(answer.subList(1, 3)).containsExactly(42L, 1L);
            }
            assertThat(asked()).hasSize(workers.size()).allMatch(message -> message.endsWith("told the file"));
            assertThat(asked().stream().map(message -> message.replaceFirst(" .*", "")))
                    .doesNotHaveDuplicates();
            assertThat(broadcast.get()).isSameAs(model);
        }
        assertThat(files()).isEmpty();
    }

    /** Several threads of one task ask at once: one of them fetches it, and all get the same object. */
    @Test
    void get_byManyThreadsAtOnce_isReadOnce() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        Broadcast<Model> broadcast = pool.broadcast(new Model(new byte[1 << 20], "m"));

        int different = Await.result(pool.submit(() -> {
            List<Thread> threads = new ArrayList<>();
            Map<Model, Integer> seen = Collections.synchronizedMap(new IdentityHashMap<>());
            for (int i = 0; i < 16; i++) {
                Thread thread = new Thread(() -> seen.put(broadcast.get(), 1));
                threads.add(thread);
                thread.start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            return seen.size();
        }));

        assertThat(different).isEqualTo(1);
        assertThat(asked()).hasSize(1);
    }

    /** One that takes the place of another fetches it again. */
    @Test
    void get_inAWorkerThatReplacedAnother_isReadAgain() throws Exception {
        ProcessPoolExecutor pool = pools.create(
                ProcessPoolOptions.builder().maxWorkers(1).maxTasksPerWorker(1).build());
        Broadcast<int[]> broadcast = pool.broadcast(new int[1 << 20]);

        Set<Long> workers = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            workers.add(Await.result(pool.submit(() -> pid() + 0L * broadcast.get().length)));
        }

        assertThat(workers).hasSize(3);
        assertThat(asked()).hasSize(3);
        assertThat(files()).hasSize(1);
    }

    /** A worker that dies with it is no reason to lose it. */
    @Test
    void get_afterAWorkerWasKilled_works() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        Broadcast<int[]> broadcast = pool.broadcast(new int[] {1, 2, 3});
        long first = Await.result(pool.submit(() -> pid() + 0L * broadcast.get().length));
        Processes.kill(first);
        Await.until("it is gone", () -> !Processes.isAlive(first));

        assertThat(Await.result(pool.submit(() -> broadcast.get()[2]))).isEqualTo(3);
    }

    // ---- values -----------------------------------------------------------------------------------------------------

    private static <T> void assertArrives(ProcessPoolExecutor pool, T value, SerializableFunction<T, Object> look)
            throws Exception {
        try (Broadcast<T> broadcast = pool.broadcast(value)) {
            assertThat(Await.result(pool.submit(() -> look.apply(broadcast.get()))))
                    .isEqualTo(look.apply(value));
        }
    }

    /** Small ones, which are sent, and large ones, which are read from a file; arrays of all types, and what is none. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 300_001})
    void get_ofAnyValue_isEqual(int length) throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        int[] ints = IntStream.range(0, length).map(i -> i * 31).toArray();
        long[] longs = Arrays.stream(ints).asLongStream().map(i -> i << 20).toArray();
        double[] doubles = Arrays.stream(ints).asDoubleStream().toArray();
        byte[] bytes = new byte[length];
        short[] shorts = new short[length];
        char[] chars = new char[length];
        float[] floats = new float[length];
        boolean[] flags = new boolean[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) i;
            shorts[i] = (short) (i * 3);
            chars[i] = (char) i;
            floats[i] = i / 7f;
            flags[i] = i % 3 == 0;
        }
        assertArrives(pool, ints, Arrays::hashCode);
        assertArrives(pool, longs, Arrays::hashCode);
        assertArrives(pool, doubles, Arrays::hashCode);
        assertArrives(pool, bytes, Arrays::hashCode);
        assertArrives(pool, shorts, Arrays::hashCode);
        assertArrives(pool, chars, Arrays::hashCode);
        assertArrives(pool, floats, Arrays::hashCode);
        assertArrives(pool, flags, Arrays::hashCode);
        assertArrives(pool, "x".repeat(length), text -> text);
        assertArrives(pool, new ArrayList<>(Arrays.stream(ints).boxed().toList()), list -> list.hashCode());
        Map<String, int[]> map = new HashMap<>();
        map.put("a", ints);
        assertArrives(pool, map, m -> Arrays.hashCode(m.get("a")));
        int added = length;
        SerializableFunction<Integer, Integer> function = i -> i + added;
        assertArrives(pool, function, f -> f.apply(1));
    }

    /** Null is a value; and what is read then is the same for all. */
    @Test
    void get_ofNull_isNull() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        Broadcast<String> broadcast = pool.broadcast(null);

        assertThat(broadcast.get()).isNull();
        assertThat(Await.result(pool.submit(() -> broadcast.get() == null))).isTrue();
    }

    /** A buffer is mapped: no copy in the heap, read-only, and each call has a position of its own. */
    @ParameterizedTest
    @ValueSource(ints = {1000, 8 << 20})
    void get_ofAByteBuffer_isReadOnlyWithAPositionOfItsOwn(int capacity) throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        ByteBuffer buffer = (capacity > 1000 ? ByteBuffer.allocateDirect(capacity) : ByteBuffer.allocate(capacity))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < capacity; i++) {
            buffer.put(i, (byte) i);
        }
        buffer.position(8).limit(capacity - 1);
        Broadcast<ByteBuffer> broadcast = pool.broadcast(buffer);

        List<Object> seen = Await.result(pool.submit(() -> {
            ByteBuffer first = broadcast.get();
            long value = first.getLong();
            ByteBuffer second = broadcast.get();
            boolean readOnly = false;
            try {
                second.put(0, (byte) 1);
            } catch (ReadOnlyBufferException e) {
                readOnly = true;
            }
            return List.of(
                    value, second.position(), second.limit(), second.order().toString(), readOnly, second.isDirect());
        }));

        assertThat(seen).containsExactly(buffer.getLong(8), 8, capacity - 1, "LITTLE_ENDIAN", true, capacity > 1000);
        assertThat(broadcast.get()).isSameAs(buffer);
    }

    /** It is a snapshot: what the program changes afterwards no worker sees, whenever it asks, over whichever way. */
    @ParameterizedTest
    @ValueSource(strings = {"", "missing"})
    void get_afterTheProgramHasChangedIt_isTheSnapshot(String directory) throws Exception {
        if (!directory.isEmpty()) {
            System.setProperty(DIRECTORY, folder.resolve(directory).toString());
        }
        ProcessPoolExecutor pool = pools.create(1);
        int[] small = {1};
        int[] large = new int[1 << 20];
        ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
        Broadcast<int[]> first = pool.broadcast(small);
        Broadcast<int[]> second = pool.broadcast(large);
        Broadcast<ByteBuffer> third = pool.broadcast(buffer);
        small[0] = 2;
        large[0] = 2;
        buffer.put(0, (byte) 2);

        assertThat(Await.result(pool.submit(() -> first.get()[0] * 100
                        + second.get()[0] * 10
                        + third.get().get(0))))
                .isEqualTo(100);
    }

    /** A value that holds a handle, both of which nobody else holds. */
    @Test
    void get_ofAValueThatHoldsAHandle_works() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        Broadcast<List<Broadcast<String>>> outer = pool.broadcast(new ArrayList<>(List.of(pool.broadcast("inner"))));

        assertThat(Await.result(pool.submit(() -> outer.get().get(0).get()))).isEqualTo("inner");
    }

    /** What cannot be sent is refused at once, by its name, and nothing is left of it. */
    @Test
    void broadcast_ofWhatCannotBeSent_throwsNamingIt() {
        ProcessPoolExecutor pool = pools.create(1);

        assertThatThrownBy(() -> pool.broadcast(List.of("x", new Thread("mine"))))
                .isExactlyInstanceOf(TaskSerializationException.class)
                .hasMessageContaining("broadcast")
                .hasMessageContaining("java.lang.Thread");
        assertThat(files()).isEmpty();
    }

    static final class Grumpy implements Serializable {
        private static final long serialVersionUID = 1L;

        private void readObject(ObjectInputStream in) throws IOException {
            throw new IOException("not here");
        }
    }

    /** What cannot be rebuilt fails the tasks that ask for it, and no worker. */
    @Test
    void get_ofWhatCannotBeRebuilt_failsTheTask() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        Broadcast<Grumpy> broadcast = pool.broadcast(new Grumpy());

        assertThat(failure(pool.submit(() -> broadcast.get() == null)))
                .cause()
                .isExactlyInstanceOf(TaskSerializationException.class)
                .hasMessageContaining("not here")
                .hasMessageContaining("Grumpy");
        Pools.assertServes(pool);
        assertThat(pool.snapshot().endedWorkers()).isEmpty();
    }

    /** The filter of the worker's JVM is asked, as about arguments. */
    @Test
    void get_ofWhatAFilterTurnsDown_failsTheTask() throws Exception {
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(1)
                .jvmArgs(List.of("-Djdk.serialFilter=maxarray=1000"))
                .build());
        Broadcast<int[]> allowed = pool.broadcast(new int[1000]);
        Broadcast<int[]> array = pool.broadcast(new int[1001]);
        Broadcast<ByteBuffer> buffer = pool.broadcast(ByteBuffer.allocate(1 << 20));

        assertThat(Await.result(pool.submit(() -> allowed.get().length))).isEqualTo(1000);
        for (Broadcast<?> refused : List.of(array, buffer)) {
            assertThat(failure(pool.submit(() -> refused.get() == null)))
                    .cause()
                    .isExactlyInstanceOf(TaskSerializationException.class)
                    .hasMessageContaining("rejected by the deserialization filter");
        }
    }

    static final class Tagging implements TaskCodec {
        private static final long serialVersionUID = 1L;

        @Override
        public void write(Object value, OutputStream out) throws IOException {
            DataOutputStream data = new DataOutputStream(out);
            data.writeUTF(value == null ? "null" : value.getClass() == int[].class ? "int[]" : value.toString());
        }

        @Override
        public Object read(InputStream in, ClassLoader loader) throws IOException {
            return "<" + new DataInputStream(in).readUTF() + ">";
        }
    }

    /** The pool's codec writes the value, as it does arguments. */
    @Test
    void get_withACodec_isWhatTheCodecRead() throws Exception {
        ProcessPoolExecutor pool = pools.create(
                ProcessPoolOptions.builder().maxWorkers(1).codec(new Tagging()).build());
        Broadcast<?> text = pool.broadcast("a");
        Broadcast<?> array = pool.broadcast(new int[3]);

        assertThat(Await.result(pool.submit(() -> (Object) (text.get() + " " + array.get()))))
                .isEqualTo("<<a> <int[]>>");
    }

    // ---- the channel ------------------------------------------------------------------------------------------------

    /** No shared memory: each worker gets it over its channel, once, in slices. */
    @Test
    void get_withoutSharedMemory_comesOverTheChannelOncePerWorker() throws Exception {
        System.setProperty(DIRECTORY, folder.resolve("missing").toString());
        ProcessPoolExecutor pool = pools.warm(2);
        double[] value = new double[LARGE / Double.BYTES];
        value[value.length - 1] = 1.5;
        Broadcast<double[]> broadcast = pool.broadcast(value);
        Broadcast<ByteBuffer> buffer =
                pool.broadcast(ByteBuffer.allocate(1_000_001).put(1_000_000, (byte) 7));
        assertThat(files()).isEmpty();

        List<TaskFuture<Double>> futures = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            futures.add(pool.submit(
                    () -> broadcast.get()[value.length - 1] + buffer.get().get(1_000_000)));
        }
        for (TaskFuture<Double> future : futures) {
            assertThat(Await.result(future)).isEqualTo(8.5);
        }

        List<String> asked = asked();
        assertThat(asked).doesNotHaveDuplicates().allMatch(message -> message.contains("sent"));
        assertThat(asked.stream().filter(message -> message.endsWith("from 0")).count())
                .isBetween(2L, 4L);
        assertThat(asked.size()).isBetween(256 + 4, 2 * (256 + 4));
        broadcast.close();
        assertThat(failure(pool.submit(() -> broadcast.get().length)))
                .cause()
                .isExactlyInstanceOf(IllegalStateException.class);
    }

    /** An interrupt is for the task, and ends no question. */
    @Test
    void get_overTheChannelWhileTheThreadIsInterrupted_returnsTheValue() throws Exception {
        System.setProperty(DIRECTORY, folder.resolve("missing").toString());
        ProcessPoolExecutor pool = pools.create(1);
        Broadcast<byte[]> broadcast = pool.broadcast(new byte[4 << 20]);

        assertThat(Await.result(pool.submit(() -> {
                    Thread.currentThread().interrupt();
                    int length = broadcast.get().length;
                    return length + ":" + Thread.interrupted();
                })))
                .isEqualTo((4 << 20) + ":true");
    }

    /** The same where it is mapped: the interrupt must not close the file under it. */
    @Test
    void get_ofABufferWhileTheThreadIsInterrupted_returnsTheValue() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        Broadcast<ByteBuffer> broadcast = pool.broadcast(ByteBuffer.allocate(4 << 20));

        assertThat(Await.result(pool.submit(() -> {
                    Thread.currentThread().interrupt();
                    boolean direct = broadcast.get().isDirect();
                    return direct + ":" + Thread.interrupted();
                })))
                .isEqualTo("true:true");
    }

    /** And the program's thread that broadcasts. */
    @Test
    void broadcast_onAnInterruptedThread_isAFileAllTheSame() {
        ProcessPoolExecutor pool = pools.create(1);
        Thread.currentThread().interrupt();
        Broadcast<byte[]> broadcast = pool.broadcast(new byte[4 << 20]);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(files()).hasSize(1);
        broadcast.close();
    }

    /** Only this user may read it. */
    @Test
    void file_ofABroadcast_isForItsOwnerOnly() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        try (Broadcast<byte[]> broadcast = pool.broadcast(new byte[1 << 20])) {
            assertThat(broadcast.get()).hasSize(1 << 20);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(files().get(0))))
                    .isEqualTo("rw-------");
        }
    }

    /** A worker that does not see the file, since a command before it gave it other directories, gets it over the channel. */
    @Test
    void get_whereTheFileIsNotSeen_comesOverTheChannel() throws Exception {
        List<String> elsewhere =
                List.of("unshare", "-m", "sh", "-c", "mount -t tmpfs none /dev/shm && exec \"$0\" \"$@\"");
        List<String> trial = new ArrayList<>(elsewhere);
        trial.add("true");
        assumeTrue(
                new ProcessBuilder(trial).redirectErrorStream(true).start().waitFor() == 0,
                "only root can give a process another /dev/shm");
        ProcessPoolExecutor pool = pools.create(ProcessPoolOptions.builder()
                .maxWorkers(1)
                .commandPrefix(elsewhere)
                .build());
        Broadcast<long[]> broadcast = pool.broadcast(new long[100_000]);
        Broadcast<ByteBuffer> buffer = pool.broadcast(ByteBuffer.allocate(1 << 20));

        assertThat(Await.result(
                        pool.submit(() -> broadcast.get().length + buffer.get().capacity())))
                .isEqualTo(100_000 + (1 << 20));
        assertThat(asked())
                .filteredOn(message -> message.endsWith("told the file"))
                .hasSize(2);
        assertThat(asked())
                .filteredOn(message -> message.contains("sent"))
                .doesNotHaveDuplicates()
                .hasSize(4 + 4);
    }

    // ---- where handles come to --------------------------------------------------------------------------------------

    /** A task has a pool of its own: what its workers ask for it gets from above, once. */
    @Test
    void get_inAPoolOfATask_works() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        int[] value = new int[1 << 20];
        value[5] = 5;
        Broadcast<int[]> broadcast = pool.broadcast(value);

        List<Long> seen = Await.result(pool.submit(() -> {
            try (ProcessPoolExecutor inner = ProcessPoolExecutor.create(1)) {
                long first = inner.submit(() -> (long) broadcast.get()[5]).get();
                long again = inner.submit(() -> (long) broadcast.get()[5]).get();
                return List.of(first, again, pid());
            }
        }));

        assertThat(seen).startsWith(5L, 5L);
        assertThat(asked()).hasSize(1);
        assertThat(Processes.sharedFilesOf(seen.get(2)))
                .as("of the worker, which lives")
                .hasSize(1);
        broadcast.close();
        Await.until(
                "it has heard of the end",
                () -> Processes.sharedFilesOf(seen.get(2)).isEmpty());
    }

    /** The worker dies, and what it had shared with its own workers goes with it. */
    @Test
    void get_inAPoolOfATaskWhoseWorkerIsKilled_leavesNothing() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        Broadcast<int[]> broadcast = pool.broadcast(new int[1 << 20]);
        long worker = Await.result(pool.submit(() -> {
            try (ProcessPoolExecutor inner = ProcessPoolExecutor.create(1)) {
                return inner.submit(() -> broadcast.get().length).get() * 0L + pid();
            }
        }));
        assertThat(Processes.sharedFilesOf(worker)).hasSize(1);

        Processes.kill(worker);

        Await.until("nothing is left", () -> Processes.sharedFilesOf(worker).isEmpty());
        assertThat(files()).hasSize(1);
    }

    /** A pool of a task broadcasts, and its handle comes up: nobody there has the value, and that is said. */
    @Test
    void get_ofAHandleFromBelow_saysWhereItIsFrom() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);

        Broadcast<String> broadcast = Await.result(pool.submit(() -> {
            try (ProcessPoolExecutor inner = ProcessPoolExecutor.create(1)) {
                Broadcast<String> made = inner.broadcast("x");
                String below = inner.submit(() -> made.get()).get();
                assertThat(below).isEqualTo("x");
                return made;
            }
        }));

        assertThatThrownBy(broadcast::get)
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessageContaining("neither made it nor is a worker");
        assertThatThrownBy(broadcast::close).isExactlyInstanceOf(UnsupportedOperationException.class);
        assertThat(failure(pools.create(1).submit(() -> broadcast.get())))
                .cause()
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessageContaining("only workers of the former");
    }

    /** What comes back is the handle itself. */
    @Test
    void handle_thatComesBack_isTheSameObject() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        Broadcast<String> broadcast = pool.broadcast("x");

        assertThat((Object) Await.result(pool.submit(() -> broadcast))).isSameAs(broadcast);
        boolean equal = Await.result(
                pool.submitWith(handles -> handles.get(0).equals(handles.get(1)), List.of(broadcast, broadcast)));
        assertThat(equal).isTrue();
    }

    /** In a pool without processes a task is in the JVM that made it. */
    @Test
    void get_inProcess_isTheObjectItself() throws Exception {
        ProcessPoolExecutor pool = pools.create(
                ProcessPoolOptions.builder().mode(Mode.IN_PROCESS).maxWorkers(1).build());
        int[] value = {1};
        Broadcast<int[]> broadcast = pool.broadcast(value);

        assertThat(Await.result(pool.submit(() -> System.identityHashCode(broadcast.get()))))
                .isEqualTo(System.identityHashCode(value));
        assertThatThrownBy(() -> pool.broadcast(new Thread())).isExactlyInstanceOf(TaskSerializationException.class);
        broadcast.close();
        assertThat(failure(pool.submit(() -> broadcast.get().length)))
                .cause()
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessageContaining("it was closed");
        Broadcast<int[]> back = Await.result(pool.submit(() -> broadcast));
        back.close();
    }

    /** Items of a map capture it, too; and tasks of another pool of this program. */
    @Test
    void get_inAMapAndInAnotherPool_works() throws Exception {
        ProcessPoolExecutor pool = pools.create(2);
        Broadcast<int[]> broadcast = pool.broadcast(new int[] {10, 20, 30});

        assertThat(pool.map(i -> broadcast.get()[i], List.of(0, 1, 2))).containsExactly(10, 20, 30);
        assertThat(Await.result(pools.create(1).submit(() -> broadcast.get()[1])))
                .isEqualTo(20);
    }

    // ---- the end ----------------------------------------------------------------------------------------------------

    /** Closed: here and in workers, also in those that have had it; whoever has the value goes on. */
    @Test
    void get_afterClose_throwsEverywhere() throws Exception {
        ProcessPoolExecutor pool = pools.warm(1);
        Broadcast<int[]> broadcast = pool.broadcast(new int[1 << 20]);
        Gate has = new Gate(folder, "has");
        Gate closed = new Gate(folder, "closed");
        TaskFuture<String> during = pool.submit(() -> {
            int[] value = broadcast.get();
            has.open();
            closed.await();
            return "still " + value.length;
        });
        has.await();
        TaskFuture<Integer> behind = pool.submit(() -> broadcast.get().length);

        broadcast.close();
        broadcast.close();
        assertThat(files()).isEmpty();
        closed.open();

        assertThat(Await.result(during)).isEqualTo("still " + (1 << 20));
        assertThatThrownBy(broadcast::get)
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessageContaining("it was closed");
        for (TaskFuture<?> future : List.of(behind, pool.submit(() -> broadcast.get().length))) {
            assertThat(failure(future))
                    .cause()
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("int[1048576]")
                    .hasMessageContaining("it was closed");
        }
    }

    /** Nobody holds the handle but tasks that are not done: it stays for these, and goes then, in workers too. */
    @Test
    void handle_thatIsDropped_staysForTasksAndGoesThen() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        Gate gate = new Gate(folder, "gate");
        TaskFuture<Integer> waiting = submitWithDropped(pool, gate);
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        assertThat(files()).hasSize(1);
        gate.open();
        assertThat(Await.result(waiting)).isEqualTo(1 << 20);
        Await.until("the file is gone", () -> {
            System.gc();
            return files().isEmpty();
        });
        Await.until(
                "the worker has forgotten it",
                () -> Await.result(pool.submit(() -> {
                    System.gc();
                    return last.get() == null;
                })));
    }

    /** What the task got, in the worker. */
    private static WeakReference<int[]> last = new WeakReference<>(null);

    private static TaskFuture<Integer> submitWithDropped(ProcessPoolExecutor pool, Gate gate) {
        Broadcast<int[]> broadcast = pool.broadcast(new int[1 << 20]);
        return pool.submit(() -> {
            gate.await();
            int[] value = broadcast.get();
            last = new WeakReference<>(value);
            return value.length;
        });
    }

    /** The pool ends, and with it what it has published. */
    @Test
    void close_ofThePool_releasesItsBroadcasts() throws Exception {
        ProcessPoolExecutor pool = pools.create(1);
        Broadcast<int[]> broadcast = pool.broadcast(new int[1 << 20]);
        TaskFuture<Integer> last = pool.submit(() -> broadcast.get().length);
        pool.shutdown();
        assertThatThrownBy(() -> pool.broadcast(1))
                .isExactlyInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("a broadcast rejected by");
        pool.close();

        assertThat(Await.result(last)).isEqualTo(1 << 20);
        assertThat(files()).isEmpty();
        assertThatThrownBy(broadcast::get).isExactlyInstanceOf(IllegalStateException.class);
        assertThat(failure(pools.create(1).submit(() -> broadcast.get().length)))
                .cause()
                .hasMessageContaining("its pool has ended");
    }

    /** A pool that was dropped ends, and with it what it has published. */
    @Test
    void pool_thatIsDropped_releasesItsBroadcasts() throws Exception {
        Broadcast<int[]> broadcast = ProcessPoolExecutor.create(ProcessPoolOptions.builder()
                        .maxWorkers(1)
                        .idleTimeout(Duration.ofHours(1))
                        .build())
                .broadcast(new int[1 << 20]);

        Await.until("the file is gone", () -> {
            System.gc();
            return files().isEmpty();
        });
        assertThatThrownBy(broadcast::get).isExactlyInstanceOf(IllegalStateException.class);
    }
}
