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
        return find(options, maxWorkers, alone());
    }

    private static List<String> find(ProcessPoolOptions.Builder options, int maxWorkers, LiveWorkers.Place place) {
        return Overcommitment.find(options.build(), maxWorkers, place, SIXTEEN_GIB, 8);
    }

    private static LiveWorkers.Place alone() {
        return new LiveWorkers().enter("own", 0);
    }

    /** Of a worker beside so many of another pool, whose options promise them such heaps. */
    private static LiveWorkers.Place beside(int others, double heap) {
        LiveWorkers ledger = new LiveWorkers();
        for (int i = 0; i < others; i++) {
            ledger.enter("other", heap);
        }
        return ledger.enter("own", 0);
    }

    private static ProcessPoolOptions.Builder options() {
        return ProcessPoolOptions.builder();
    }

    /** More workers than CPUs is ordinary. */
    @Test
    void find_defaults_nothingWhileTheirJvmsHaveRoom() {
        assertThat(find(options(), 1)).isEmpty();
        assertThat(find(options(), 248)).isEmpty();
        assertThat(find(options().spareWorkers(48), 200, alone())).isEmpty();
        assertThat(find(options(), 200, beside(48, 0))).isEmpty();
    }

    @Test
    void find_moreJvmsThanTheMemoryHolds_saysHowManyAndWhatToDo() {
        assertThat(find(options(), 249))
                .containsExactly("the least heap of 16 MiB, and 50 MiB for the JVM itself, for each of 249 workers make"
                        + " 16.0 GiB, and there are 16.0 GiB of memory; have fewer workers (maxWorkers)");
        assertThat(find(options().spareWorkers(300), 200, beside(500, 0)))
                .containsExactly("the least heap of 16 MiB, and 50 MiB for the JVM itself, for each of 200 workers and"
                        + " 300 spares, and of 500 of other pools, make 64.5 GiB, and there are 16.0 GiB of memory;"
                        + " have fewer workers (maxWorkers, spareWorkers)");
    }

    @Test
    void find_heapsOfSpares_count() {
        assertThat(find(options().maxHeap("4g").spareWorkers(3), 1)).isEmpty();
        assertThat(find(options().maxHeap("4g").spareWorkers(4), 1))
                .containsExactly("-Xmx4g for each of 1 workers and 4 spares makes 20.0 GiB of heap, and there are 16.0"
                        + " GiB of memory; give each less (maxHeap), or have fewer workers (maxWorkers, spareWorkers)");
    }

    @Test
    void find_heapsOfOtherPools_count() {
        assertThat(find(options().maxHeap("4g"), 2, beside(2, 4.0 * (1L << 30))))
                .isEmpty();
        assertThat(find(options().maxHeap("4g"), 2, beside(2, 5.0 * (1L << 30))))
                .containsExactly(
                        "-Xmx4g for each of 2 workers makes 8.0 GiB of heap, those of other pools may have 10.0"
                                + " GiB of it, and there are 16.0 GiB of memory; give each less (maxHeap), or have fewer"
                                + " workers (maxWorkers)");
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

    /** What containers set reaches all JVMs below, too. */
    @ParameterizedTest
    @ValueSource(strings = {"JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"})
    void find_heapInAVariable_isUnderstood(String variable) {
        ProcessPoolOptions.Builder options = options().environment(Map.of(variable, " -Dx=y '-Xmx5g' -Xss1m"));

        assertThat(find(options, 3)).isEmpty();
        assertThat(find(options, 4)).singleElement().asString().startsWith("-Xmx5g for each of 4 workers");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-XX:MaxRAMPercentage=40", "-XX:MaxRAMPercentage=40.0", "-Xms6g", "-XX:InitialHeapSize=6g"})
    void find_otherWordsForALargeHeap_areUnderstood(String argument) {
        assertThat(find(options().jvmArgs(List.of(argument)), 2)).isEmpty();
        assertThat(find(options().jvmArgs(List.of(argument)), 3))
                .singleElement()
                .asString()
                .startsWith(argument + " for each of 3 workers");
    }

    /** A size replaces every percentage; and the library's own percentage comes after those of some variables. */
    @Test
    void find_percentageThatDoesNotCount_isPassedOver() {
        assertThat(find(options().maxHeap("1g").jvmArgs(List.of("-XX:MaxRAMPercentage=90")), 3))
                .isEmpty();
        assertThat(find(options().environment(Map.of("JAVA_TOOL_OPTIONS", "-XX:MaxRAMPercentage=90")), 3))
                .isEmpty();
        assertThat(find(options().environment(Map.of("_JAVA_OPTIONS", "-XX:MaxRAMPercentage=90")), 3))
                .hasSize(1);
    }

    /** As in the JVM. */
    @Test
    void find_severalHeaps_theLastCounts() {
        assertThat(find(options().maxHeap("100g").jvmArgs(List.of("-Xmx90g", "-Xmx1g")), 4))
                .isEmpty();
        assertThat(find(options().maxHeap("1g").jvmArgs(List.of("-Xmx1g", "-Xmx90g")), 4))
                .hasSize(1);
        assertThat(find(options().maxHeap("1g").environment(Map.of("JAVA_TOOL_OPTIONS", "-Xmx90g")), 4))
                .isEmpty();
        assertThat(find(options().maxHeap("1g").environment(Map.of("_JAVA_OPTIONS", "-Xmx90g")), 4))
                .hasSize(1);
    }

    @Test
    void find_memoryUnknown_nothing() {
        assertThat(Overcommitment.find(options().maxHeap("999t").build(), 9, alone(), OptionalLong.empty(), 8))
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

        assertThat(find(one, 200)).isEmpty();
    }

    @Test
    void find_whatIsNoNumber_isLeftToTheJvm() {
        assertThat(find(
                        options()
                                .jvmArgs(List.of("-Xmx${worker.index}g", "-XX:ActiveProcessorCount=many"))
                                .environment(Map.of("LOKY_CPU_BUDGET", "all")),
                        200))
                .isEmpty();
    }
}
