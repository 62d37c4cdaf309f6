/* SPDX-License-Identifier: Apache-2.0 */
import org.jspecify.annotations.NullMarked;

/**
 * Loky for Java, test kit: tasks that harm their worker in every way that is known, assertions about pools, and a
 * monkey that does harm under load and counts what comes of it.
 */
@NullMarked
module io.loky.testkit {
    requires transitive io.loky;
    requires static org.jspecify;
    requires java.management;
    requires jdk.unsupported;

    exports io.loky.testkit;
}
