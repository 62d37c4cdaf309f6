/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The file systems of this process, as Linux lists them in {@code /proc/self/mounts}. */
record Mounts(List<String> lines) {

    /** None on other systems. */
    static Mounts ofThisProcess() {
        try {
            return new Mounts(Files.readAllLines(Path.of("/proc/self/mounts")));
        } catch (IOException e) {
            return new Mounts(List.of());
        }
    }

    /** Those of the file system that the directory is in; of several in one place the last one counts. */
    List<String> optionsOf(Path directory) {
        Path longest = null;
        List<String> options = List.of();
        for (String line : lines) {
            String[] words = line.split(" ", -1);
            if (words.length < 4) {
                continue;
            }
            Path place = Path.of(words[1].replace("\\040", " "));
            if (directory.startsWith(place) && (longest == null || place.getNameCount() >= longest.getNameCount())) {
                longest = place;
                options = List.of(words[3].split(",", -1));
            }
        }
        return options;
    }
}
