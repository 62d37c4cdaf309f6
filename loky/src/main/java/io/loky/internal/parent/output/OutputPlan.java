/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.output;

import io.loky.OutputRouting;
import io.loky.internal.wire.OutputMark;
import org.jspecify.annotations.Nullable;

/** What a routing asks of the pool and its workers. */
public final class OutputPlan {
    private final OutputRouting routing;
    private final boolean tellsTasks;

    public OutputPlan(OutputRouting routing) {
        this.routing = routing;
        this.tellsTasks = routing.captureLimit().isPresent()
                || routing.listener().isPresent()
                || routing.prefix().orElse("").contains("${task.");
    }

    /** For a new worker: what it shall write between its tasks. */
    public OutputMark mark() {
        return tellsTasks ? OutputMark.random() : OutputMark.silent();
    }

    /** For a new task; null where nobody wants to know what it prints. */
    public @Nullable TaskPrints prints(long taskId, String taskName) {
        return tellsTasks
                ? new TaskPrints(taskId, taskName, routing.captureLimit().orElse(0))
                : null;
    }
}
