/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

/** A guarantee of the pool did not hold. */
final class Violation extends AssertionError {
    private static final long serialVersionUID = 1;

    Violation(String what) {
        super(what);
    }
}
