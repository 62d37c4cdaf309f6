/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

/** Throws a checked exception from a method that does not declare it: {@link Runnable#run()} cannot. */
final class SneakyThrow {

    private SneakyThrow() {}

    /** Never returns; the result type lets the caller write {@code throw}, so that the compiler sees the end. */
    @SuppressWarnings("unchecked") // E is erased, so nothing is cast: that is the whole trick
    static <E extends Throwable> RuntimeException sneaky(Throwable e) throws E {
        throw (E) e;
    }
}
