/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

import io.loky.ProcessPoolExecutor;
import io.loky.TaskFuture;
import java.util.function.Function;

/**
 * One fault and what it leads to.
 *
 * @param method the method of {@link Faults}
 * @param outcome what the future shows, in the words of the guide
 * @param check the same, checked on a future that is done
 */
record FaultCase(
        String method, Function<ProcessPoolExecutor, TaskFuture<?>> submit, Fate fate, String outcome, Check check) {

    interface Check {
        void check(TaskFuture<?> future) throws Exception;
    }

    /** What becomes of the worker. */
    enum Fate {
        DIES("dies"),
        KILLED_BY_POOL("is killed by the pool"),
        KILLED("is killed by `cancel(true)`"),
        GOES_ON("goes on"),
        GOES_ON_OR_IS_REPLACED("goes on, or is replaced"),
        NOT_CONCERNED("never sees the task");

        final String words;

        Fate(String words) {
            this.words = words;
        }
    }

    @Override
    public String toString() {
        return method;
    }
}
