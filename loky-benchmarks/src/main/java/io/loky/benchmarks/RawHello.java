/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

/** The bare JVM of metric f: one line, nothing else. */
final class RawHello {

    private RawHello() {}

    @SuppressWarnings("SystemOut") // this line is the result
    public static void main(String[] args) {
        System.out.println("hello");
    }
}
