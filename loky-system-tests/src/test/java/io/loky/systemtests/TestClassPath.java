/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import java.io.File;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The class path of the tests, for compilers and JVMs that they start. Some launchers, such as JUnit's own for consoles, have
 * the tests in a class loader of theirs; then the system property names the launcher alone.
 */
final class TestClassPath {
    private TestClassPath() {}

    static String get() {
        return of(TestClassPath.class.getClassLoader());
    }

    static String of(ClassLoader loader) {
        List<String> entries = new ArrayList<>();
        if (loader instanceof URLClassLoader ofLauncher) {
            for (URL url : ofLauncher.getURLs()) {
                entries.add(Path.of(URI.create(url.toString())).toString());
            }
        }
        entries.add(System.getProperty("java.class.path"));
        return String.join(File.pathSeparator, entries);
    }
}
