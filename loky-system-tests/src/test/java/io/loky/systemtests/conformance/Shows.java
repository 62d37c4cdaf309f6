/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests.conformance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The test shows these differences, and {@code docs/differences.md} names it in their rows. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface Shows {
    Difference[] value();
}
