/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.examples;

import java.io.Serializable;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What became of one jar. */
sealed interface JarResult extends Serializable {

    /** Where the jar is. */
    String path();

    /**
     * The jar was read.
     *
     * @param classes how many class files were counted, those of {@code bad} not included
     * @param methods how many methods they declare
     * @param versions how many class files there are of each major version
     * @param largest the methods with the most bytecode, the largest first
     * @param bad class files that could not be read
     */
    record Counted(
            String path,
            long classes,
            long methods,
            SortedMap<Integer, Long> versions,
            List<MethodSize> largest,
            List<BadClass> bad)
            implements JarResult {

        public Counted {
            versions = Collections.unmodifiableSortedMap(new TreeMap<>(versions));
            largest = List.copyOf(largest);
            bad = List.copyOf(bad);
        }
    }

    /** The jar cannot be read at all and is skipped. */
    record Damaged(String path, String reason) implements JarResult {}

    /** The worker did not come to an end with the jar: it died, or ran out of memory. */
    record Lost(String path, String reason) implements JarResult {}

    /** A class file in a jar that cannot be read. */
    record BadClass(String entry, String reason) implements Serializable {}
}
