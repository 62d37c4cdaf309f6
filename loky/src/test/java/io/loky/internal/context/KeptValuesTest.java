/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.WorkerContext;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class KeptValuesTest {
    private final KeptValues context = new KeptValues(3);

    /** A value that tells when it is closed. */
    public static class Resource implements AutoCloseable {
        static final BlockingQueue<String> CLOSED = new LinkedBlockingQueue<>();

        private final String name;

        public Resource(String name) {
            this.name = name;
        }

        @Override
        public void close() throws IOException {
            CLOSED.add(name);
        }
    }

    private static final class Second extends Resource {
        Second() {
            super("second");
        }
    }

    @Test
    void find_outsideOfAWorker_isEmptyAndCurrentSaysSo() {
        assertThat(WorkerContext.find()).isEmpty();
        assertThatIllegalStateException()
                .isThrownBy(WorkerContext::current)
                .withMessageStartingWith("there is no WorkerContext outside of a worker")
                .withMessageContaining("WorkerContext.find()");
    }

    @Test
    void indexAndTask_areWhatTheWorkerSays() {
        assertThat(context.index()).isEqualTo(3);
        assertThat(context.taskId()).isEmpty();

        context.executing(12);

        assertThat(context.taskId()).hasValue(12);
        context.executing(0);
        assertThat(context.taskId()).isEmpty();
    }

    @Test
    void values_putAndRemoved_areKeptInBetween() {
        assertThat(context.get(String.class)).isEmpty();
        assertThat(context.remove(String.class)).isEmpty();
        assertThat(context.put(String.class, "a")).isEmpty();
        assertThat(context.put(String.class, "b")).contains("a");
        assertThat(context.get(String.class)).contains("b");
        assertThat(context.get(CharSequence.class)).isEmpty();
        assertThat(context.remove(String.class)).contains("b");
        assertThat(context.get(String.class)).isEmpty();
    }

    @Test
    void computeIfAbsent_asked64Times_isMadeOnce() throws Exception {
        AtomicInteger made = new AtomicInteger();
        CountDownLatch go = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(64);
        List<Future<Integer>> got = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            got.add(threads.submit(() -> {
                go.await();
                return context.computeIfAbsent(Integer.class, made::incrementAndGet);
            }));
        }

        go.countDown();

        for (Future<Integer> one : got) {
            assertThat(one.get()).isEqualTo(1);
        }
        threads.shutdown();
    }

    @Test
    void computeIfAbsent_makerFails_keepsNothingAndIsTriedAgain() throws Exception {
        assertThatThrownBy(() -> context.computeIfAbsent(String.class, () -> {
                    throw new IOException("not there yet");
                }))
                .isExactlyInstanceOf(IOException.class);
        assertThatNullPointerException()
                .isThrownBy(() -> context.computeIfAbsent(String.class, () -> null))
                .withMessage("the maker of java.lang.String");
        assertThat(context.get(String.class)).isEmpty();
        assertThat(context.computeIfAbsent(String.class, () -> "there")).isEqualTo("there");
    }

    @Test
    void computeIfAbsent_makerUsesTheContext_worksWithOtherKeysOnly() throws Exception {
        assertThat(context.computeIfAbsent(String.class, () -> "a" + context.computeIfAbsent(Integer.class, () -> 1)))
                .isEqualTo("a1");
        assertThatIllegalStateException()
                .isThrownBy(
                        () -> context.computeIfAbsent(Long.class, () -> context.computeIfAbsent(Long.class, () -> 1L)))
                .withMessageContaining("java.lang.Long is being made");
        assertThatIllegalStateException()
                .isThrownBy(() -> context.computeIfAbsent(
                        Long.class, () -> context.put(Long.class, 1L).orElse(2L)));
    }

    @Test
    void nulls_areRefusedByName() {
        assertThatNullPointerException().isThrownBy(() -> context.get(null)).withMessage("type");
        assertThatNullPointerException().isThrownBy(() -> context.remove(null)).withMessage("type");
        assertThatNullPointerException()
                .isThrownBy(() -> context.put(null, "x"))
                .withMessage("type");
        assertThatNullPointerException()
                .isThrownBy(() -> context.put(String.class, null))
                .withMessage("value");
        assertThatNullPointerException()
                .isThrownBy(() -> context.computeIfAbsent(null, () -> "x"))
                .withMessage("type");
        assertThatNullPointerException()
                .isThrownBy(() -> context.computeIfAbsent(String.class, null))
                .withMessage("maker");
    }

    /** The last first, what was removed not, and what fails keeps nobody from it. */
    @Test
    void close_closesWhatIsKeptAndKeepsNothingMore() {
        Resource.CLOSED.clear();
        context.put(Resource.class, new Resource("first"));
        context.put(AutoCloseable.class, () -> {
            throw new IOException("in the middle, on purpose");
        });
        context.put(Object.class, new Resource("removed"));
        context.put(Second.class, new Second());
        context.remove(Object.class);

        context.close();

        assertThat(Resource.CLOSED).containsExactly("second", "first");
        assertThat(context.get(Resource.class)).isEmpty();
        assertThatIllegalStateException()
                .isThrownBy(() -> context.put(Resource.class, new Resource("late")))
                .withMessageContaining("the worker is leaving");
        context.close();
        assertThat(Resource.CLOSED).hasSize(2);
    }

    /** Nobody can ask for it any more: the class that is its key belongs to the loader. */
    @Test
    void forget_loader_closesWhatItsClassesAreKeysOf() throws Exception {
        Resource.CLOSED.clear();
        URL here = getClass().getProtectionDomain().getCodeSource().getLocation();
        try (URLClassLoader loader = new OwnResource(here)) {
            Class<?> other = Class.forName(Resource.class.getName(), true, loader);
            assertThat(other).isNotSameAs(Resource.class);
            context.put(Resource.class, new Resource("ours"));
            keep(other);

            context.forget(loader);

            BlockingQueue<?> closed = (BlockingQueue<?>) field(other, "CLOSED");
            assertThat(closed.take()).isEqualTo("other");
            assertThat(context.get(other)).isEmpty();
            assertThat(context.get(Resource.class)).isPresent();
            assertThat(Resource.CLOSED).isEmpty();
        }
    }

    private <T> void keep(Class<T> type) throws ReflectiveOperationException {
        context.put(type, type.getConstructor(String.class).newInstance("other"));
    }

    private static Object field(Class<?> type, String name) throws ReflectiveOperationException {
        var field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field.get(null);
    }

    /** Defines the resource itself. */
    private static final class OwnResource extends URLClassLoader {
        OwnResource(URL place) {
            super(new URL[] {place}, KeptValuesTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.equals(Resource.class.getName())) {
                return super.loadClass(name, resolve);
            }
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : findClass(name);
        }
    }
}
