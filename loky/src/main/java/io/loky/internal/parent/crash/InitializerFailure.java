/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.crash;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A worker was not ready because its initializer threw something, or because it ended while that ran. */
public final class InitializerFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient @Nullable Supplier<Throwable> thrown;

    private InitializerFailure(String message, @Nullable Throwable cause, @Nullable Supplier<Throwable> thrown) {
        super(message, cause);
        this.thrown = thrown;
    }

    /**
     * @param thrown decodes what it threw, a fresh one for each call; runs the user's code
     */
    public static InitializerFailure threw(Supplier<Throwable> thrown) {
        return new InitializerFailure("the initializer threw an exception", null, thrown);
    }

    /**
     * @param trouble what else went wrong in the parent; null if nothing did
     */
    public static InitializerFailure ended(@Nullable Throwable trouble) {
        return new InitializerFailure("the worker ended while it ran the initializer", trouble, null);
    }

    /** What it threw; null if it did not. */
    @Nullable
    Supplier<Throwable> thrown() {
        return thrown;
    }

    /** Whether this failure stands for an exception of the user's, which is decoded by whoever asks for it. */
    public boolean hasThrown() {
        return thrown != null;
    }
}
