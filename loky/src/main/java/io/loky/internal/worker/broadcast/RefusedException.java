/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker.broadcast;

/** The parent does not give the value, or no more of it. */
final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RefusedException(String why) {
        super(why);
    }
}
