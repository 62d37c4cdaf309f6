/* SPDX-License-Identifier: Apache-2.0 */
import org.jspecify.annotations.NullMarked;

/** Loky for Java, Fory: a codec that sends large object graphs of tasks and results by Apache Fory. */
@NullMarked
module io.loky.fory {
    requires transitive io.loky;
    requires org.apache.fory.core;
    requires static org.jspecify;

    exports io.loky.fory;
}
