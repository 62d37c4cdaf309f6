/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.testkit;

import java.util.Locale;
import java.util.TimeZone;

/** What a task changes in its worker for those that come after it. */
final class Dirt {
    static final String PROPERTY = "io.loky.testkit.dirty";

    private Dirt() {}

    static void changeDefaults() {
        TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Chatham"));
        Locale.setDefault(new Locale.Builder().setLanguage("tr").setRegion("TR").build());
        System.setProperty(PROPERTY, "true");
    }

    /** To one that knows the JDK and no class of the user's. */
    static void changeContextClassLoader() {
        Thread.currentThread().setContextClassLoader(ClassLoader.getPlatformClassLoader());
    }
}
