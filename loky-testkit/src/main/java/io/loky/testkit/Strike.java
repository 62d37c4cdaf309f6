/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

/** One disturbance of one worker. Guarded by the disturber. */
final class Strike {
    final Disturbance kind;
    final int workerNumber;
    final ProcessHandle process;
    final long atNanos;

    /** When a worker that was stopped is continued. */
    final long continueNanos;

    /** It has failed a task. */
    boolean claimed;

    Strike(Disturbance kind, int workerNumber, ProcessHandle process, long atNanos, long continueNanos) {
        this.kind = kind;
        this.workerNumber = workerNumber;
        this.process = process;
        this.atNanos = atNanos;
        this.continueNanos = continueNanos;
    }
}
