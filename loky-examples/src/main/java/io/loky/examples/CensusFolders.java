/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.examples;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Which folders the census is taken in. */
final class CensusFolders {

    private CensusFolders() {}

    /**
     * The folders that were named, or the local Maven repository.
     *
     * @throws IllegalArgumentException if one of them is no folder; the message names it
     */
    static List<Path> checked(List<Path> named) {
        if (named.isEmpty()) {
            return List.of(localRepository());
        }
        for (Path folder : named) {
            if (folder.toString().isEmpty()) {
                throw new IllegalArgumentException("An empty argument is not a folder");
            } else if (!Files.exists(folder)) {
                throw new IllegalArgumentException("Folder '" + folder + "' does not exist");
            } else if (!Files.isDirectory(folder)) {
                throw new IllegalArgumentException("'" + folder + "' is not a folder");
            }
        }
        return named;
    }

    private static Path localRepository() {
        String configured = System.getProperty("maven.repo.local", "");
        Path repository = configured.isEmpty()
                ? Path.of(System.getProperty("user.home", ""), ".m2", "repository")
                : Path.of(configured);
        if (!Files.isDirectory(repository)) {
            throw new IllegalArgumentException("There is no local Maven repository at '" + repository
                    + "', which is read if no folder is named. Name one, as in: census some/folder");
        }
        return repository;
    }
}
