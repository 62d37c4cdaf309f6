/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.jdk;

import java.lang.instrument.Instrumentation;
import java.util.Map;
import java.util.Set;

/**
 * An agent that opens {@code java.lang.invoke} to this library, and does nothing else: what {@code --add-opens} does, for
 * those who can name an agent but no flag, and for a JVM that is running already.
 */
public final class OpeningAgent {
    private OpeningAgent() {}

    /**
     * Named by {@code Premain-Class}: {@code java -javaagent:loky.jar}.
     *
     * @param arguments not used
     */
    public static void premain(String arguments, Instrumentation instrumentation) {
        agentmain(arguments, instrumentation);
    }

    /**
     * Named by {@code Agent-Class}, for a JVM that runs, and by {@code Launcher-Agent-Class}, for the jar of a program
     * that holds this library.
     *
     * @param arguments not used
     */
    public static void agentmain(String arguments, Instrumentation instrumentation) {
        instrumentation.redefineModule(
                Object.class.getModule(),
                Set.of(),
                Map.of(),
                Map.of("java.lang.invoke", Set.of(OpeningAgent.class.getModule())),
                Set.of(),
                Map.of());
    }
}
