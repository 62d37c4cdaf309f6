/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import java.io.Serializable;

/** Is renamed by {@link RenamedClass}, so that no other loader has it. */
public final class Lost implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Makes one. */
    public Lost() {}
}
