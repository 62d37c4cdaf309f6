/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

/**
 * A task wanted a pool of its own, whose tasks wanted pools of their own, and so on for more levels than are allowed.
 * Every level multiplies the number of JVMs.
 */
public class NestingLimitException extends ProcessPoolException {

    private static final long serialVersionUID = 1L;

    /** The level of the pool that was refused. */
    private final int depth;

    /** The deepest level that is allowed. */
    private final int limit;

    /**
     * Makes an exception.
     *
     * @param depth the level of the pool that was refused; a pool of the program itself has level 1
     * @param limit the deepest level that is allowed
     */
    public NestingLimitException(int depth, int limit) {
        super(
                Category.POOL,
                "a pool inside tasks of other pools was refused: nesting depth " + depth + " > limit " + limit
                        + ", and each level multiplies the number of JVMs; execute the inner work in the task itself,"
                        + " submit it from the program that started the outermost pool, or raise the environment"
                        + " variable LOKY_MAX_DEPTH");
        this.depth = depth;
        this.limit = limit;
    }

    /**
     * Returns the level of the pool that was refused.
     *
     * @return the level; a pool of the program itself has level 1
     */
    public int depth() {
        return depth;
    }

    /**
     * Returns the deepest level that is allowed.
     *
     * @return the level; a pool of the program itself has level 1
     */
    public int limit() {
        return limit;
    }
}
