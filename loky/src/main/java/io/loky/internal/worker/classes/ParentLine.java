/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker.classes;

import io.loky.internal.wire.ClassAnswer;
import io.loky.internal.wire.ClassAsk;

/** A way to ask the parent, from any thread. */
public interface ParentLine {
    /** Waits for the answer, also when interrupted. It comes, or this JVM ends with its parent. */
    ClassAnswer ask(ClassAsk question);
}
