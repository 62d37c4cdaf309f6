/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.examples;

import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The census of all jars together. Equal for equal jars, whoever read them and in which order.
 *
 * @param jars all jars, also the damaged and lost ones
 * @param skipped jars that could not be read at all
 * @param partly jars that were read but for some bad class files
 * @param badClasses the bad class files in them
 * @param lost jars whose task did not come to an end
 */
record Totals(
        long jars,
        long skipped,
        long partly,
        long badClasses,
        long lost,
        long classes,
        long methods,
        SortedMap<Integer, Long> versions,
        List<Found> largest) {

    /** A method and the jar in which it is. */
    record Found(MethodSize method, String jar) {
        private static final Comparator<Found> LARGEST_FIRST =
                Comparator.comparing(Found::method, MethodSize.LARGEST_FIRST).thenComparing(Found::jar);
    }

    /** Sums up; for one thread. */
    static final class Tally {

        private final SortedMap<Integer, Long> versions = new TreeMap<>();
        private final Largest<Found> largest;
        private long jars;
        private long skipped;
        private long partly;
        private long badClasses;
        private long lost;
        private long classes;
        private long methods;

        Tally(int top) {
            this.largest = new Largest<>(top, Found.LARGEST_FIRST);
        }

        void add(JarResult result) {
            jars++;
            if (result instanceof JarResult.Counted counted) {
                addCounted(counted);
            } else if (result instanceof JarResult.Damaged) {
                skipped++;
            } else if (result instanceof JarResult.Lost) {
                lost++;
            }
        }

        private void addCounted(JarResult.Counted jar) {
            classes += jar.classes();
            methods += jar.methods();
            badClasses += jar.bad().size();
            partly += jar.bad().isEmpty() ? 0 : 1;
            jar.versions().forEach((version, count) -> versions.merge(version, count, Long::sum));
            jar.largest().forEach(method -> largest.add(new Found(method, jar.path())));
        }

        Totals totals() {
            return new Totals(
                    jars,
                    skipped,
                    partly,
                    badClasses,
                    lost,
                    classes,
                    methods,
                    new TreeMap<>(versions),
                    largest.toList());
        }
    }
}
