/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CompletionSequenceTest {
    private final CompletionSequence sequence = new CompletionSequence();

    /** One after another and in order, on other threads than the caller's. */
    @Test
    void execute_manyActions_runInOrderOnCompletionThreads() throws Exception {
        List<Integer> numbers = new CopyOnWriteArrayList<>();
        List<String> threads = new CopyOnWriteArrayList<>();
        CountDownLatch last = new CountDownLatch(1);
        for (int i = 0; i < 1000; i++) {
            int number = i;
            sequence.execute(() -> {
                numbers.add(number);
                threads.add(Thread.currentThread().getName());
            });
        }
        sequence.execute(last::countDown);

        assertThat(last.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(numbers)
                .containsExactlyElementsOf(IntStream.range(0, 1000).boxed().toList());
        assertThat(threads).allMatch(name -> name.startsWith("loky-completion-"));
    }
}
