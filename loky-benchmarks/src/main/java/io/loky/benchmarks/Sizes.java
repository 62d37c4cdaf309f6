/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

/** Whether a contender did what it was timed for. */
final class Sizes {

    private Sizes() {}

    /** @throws IllegalStateException if there are more or fewer than there should be */
    static void require(String what, long expected, long found) {
        if (found != expected) {
            throw new IllegalStateException(found + " " + what + " instead of " + expected);
        }
    }
}
