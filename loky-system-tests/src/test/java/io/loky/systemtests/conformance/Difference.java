/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import java.util.Locale;

/** What a process pool does on purpose otherwise than a ThreadPoolExecutor: one row each in docs/differences.md. */
enum Difference {
    // tasks
    PROCESS_BOUND_TASKS,
    POOL_IN_A_TASK,
    SNAPSHOT,
    COPIES,
    FILLED_RESULT,
    PROCESS_BOUND_RESULTS,
    COPIED_EXCEPTION,
    STATIC_STATE,
    UNHEARD_FAILURE,
    PROGRAM_END,

    // futures
    CANCEL_KILLS,
    CALLBACK_THREADS,
    CANCEL_OF_A_STAGE,
    SINCE_19,

    // shutdown
    STOP_KILLS,
    STOP_SETTLES,
    RETURNED_TASKS,
    RETURNED_COMMANDS,
    CANCELLED_TASKS,

    // the JDK's helpers
    SUPPLY_ASYNC,
    FUTURE_AS_TASK,
    VIEW_OF_A_POOL,
    EARLY_DELIVERY;

    /** As the document writes it. */
    String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
