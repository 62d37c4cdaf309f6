/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

/** What a class of the JDK is called that the Java of one side has and that of the other has not. */
public final class JdkClass {
    private JdkClass() {}

    /**
     * @param side whose Java does not have it: {@code of this worker}, {@code of the parent}
     */
    public static ClassNotFoundException missing(String name, String side, ClassNotFoundException e) {
        return new ClassNotFoundException(
                name + " is a class of the JDK that the Java " + side + ", " + System.getProperty("java.version")
                        + ", does not have; let parent and workers run on versions that have it"
                        + " (ProcessPoolOptions.javaHome), or send something else",
                e);
    }
}
