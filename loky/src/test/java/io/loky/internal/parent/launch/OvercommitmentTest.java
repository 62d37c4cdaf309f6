/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.ProcessPoolOptions;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OvercommitmentTest {
    private static final OptionalLong SIXTEEN_GIB = OptionalLong.of(16L << 30);

    private static List<String> find(ProcessPoolOptions.Builder options, int maxWorkers) {
        return Overcommitment.find(options.build(), maxWorkers, SIXTEEN_GIB, 8);
    }

    private static ProcessPoolOptions.Builder options() {
        return ProcessPoolOptions.builder();
    }

    /** More workers than CPUs is ordinary. */
    @Test
    void find_defaults_nothingHoweverManyWorkers() {
        assertThat(find(options(), 1)).isEmpty();
        assertThat(find(options(), 1024)).isEmpty();
    }

    @Test
    void find_heapsBeyondTheMemory_saysHowMuchAndWhatToDo() {
        assertThat(find(options().maxHeap("4g"), 4)).isEmpty();
        assertThat(find(options().maxHeap("4g"), 5))
                .containsExactly(
                        "-Xmx4g for each of 5 workers makes 20.0 GiB of heap, and there are 16.0 GiB of memory;"
                                + " give each less (maxHeap), or have fewer workers (maxWorkers)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-Xmx5g", "-Xmx5G", "-Xmx5120m", "-Xmx5242880k", "-Xmx5368709120", "-XX:MaxHeapSize=5g"})
    void find_heapInArguments_isUnderstood(String argument) {
        assertThat(find(options().jvmArgs(List.of(argument)), 3)).isEmpty();
        assertThat(find(options().jvmArgs(List.of(argument)), 4))
                .singleElement()
                .asString()
                .startsWith(argument);
    }

    /** As in the JVM. */
    @Test
    void find_severalHeaps_theLastCounts() {
        assertThat(find(options().maxHeap("100g").jvmArgs(List.of("-Xmx90g", "-Xmx1g")), 4))
                .isEmpty();
        assertThat(find(options().maxHeap("1g").jvmArgs(List.of("-Xmx1g", "-Xmx90g")), 4))
                .hasSize(1);
    }

    @Test
    void find_memoryUnknown_nothing() {
        assertThat(Overcommitment.find(options().maxHeap("999t").build(), 9, OptionalLong.empty(), 8))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-XX:ActiveProcessorCount=3", "-XX:ParallelGCThreads=3"})
    void find_moreCpusThanThereAre_saysHowManyAndWhatToDo(String argument) {
        assertThat(find(options().jvmArgs(List.of(argument)), 2)).isEmpty();
        assertThat(find(options().jvmArgs(List.of("-Xss1m", argument)), 3))
                .containsExactly(argument + " for each of 3 workers makes 9, and there are 8 CPUs; leave it out, and"
                        + " each worker gets its share, or have fewer workers (maxWorkers)");
    }

    @Test
    void find_budgetInTheEnvironment_counts() {
        ProcessPoolOptions.Builder options = options().environment(Map.of("LOKY_CPU_BUDGET", " 4 "));

        assertThat(find(options, 2)).isEmpty();
        assertThat(find(options, 3)).singleElement().asString().startsWith("LOKY_CPU_BUDGET=4 for each of 3 workers");
    }

    /** Less than one there is not. */
    @Test
    void find_oneCpuForEach_isNoPromise() {
        ProcessPoolOptions.Builder one = options()
                .jvmArgs(List.of("-XX:ActiveProcessorCount=1", "-XX:ParallelGCThreads=1"))
                .environment(Map.of("LOKY_CPU_BUDGET", "1"));

        assertThat(find(one, 1000)).isEmpty();
    }

    @Test
    void find_whatIsNoNumber_isLeftToTheJvm() {
        assertThat(find(
                        options()
                                .jvmArgs(List.of("-Xmx${worker.index}g", "-XX:ActiveProcessorCount=many"))
                                .environment(Map.of("LOKY_CPU_BUDGET", "all")),
                        1000))
                .isEmpty();
    }
}
