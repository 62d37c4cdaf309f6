/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.capsule;

import java.util.Optional;

/** Which version of the library this is. */
public final class LibraryVersion {
    /** Of classes that are in no jar, as in a build. */
    public static final String UNKNOWN = "of an unknown version";

    private LibraryVersion() {}

    /** As the jar says it; {@link #UNKNOWN} where nothing does. */
    public static String get() {
        Module module = LibraryVersion.class.getModule();
        Optional<String> ofModule = Optional.ofNullable(module.getDescriptor()).flatMap(named -> named.rawVersion());
        String ofJar = LibraryVersion.class.getPackage().getImplementationVersion();
        return ofModule.orElse(ofJar == null ? UNKNOWN : ofJar);
    }
}
