/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.capsule;

import io.loky.internal.wire.ClassAnswer;
import io.loky.internal.wire.ClassAsk;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.FrameType;
import io.loky.internal.wire.Sections;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** A capsule with something odd in each place. */
public final class Capsules {
    private Capsules() {}

    public static Capsule odd() throws IOException {
        return new Capsule(
                Instant.parse("2030-01-02T03:04:05.678Z"),
                "1.2.3",
                "Linux 6, amd64",
                17,
                "parse = 'ä' \\ # !",
                FrameType.TASK,
                new byte[] {1, 2, 3},
                sections(),
                setup(),
                "worker pid 4711 exited with code 3\nand more: ä");
    }

    private static Sections sections() {
        FrameBuffer buffer = FrameBuffer.take(1);
        int unused = buffer.takeAside(new double[] {1.5, -2}, true);
        return buffer.sections();
    }

    public static WorkerSetup setup() throws IOException {
        FrameBuffer initializer = FrameBuffer.take();
        initializer.write(new byte[] {9, 8});
        ClassLog classes = new ClassLog();
        classes.note(
                new ClassAsk(ClassAsk.Kind.CLASS, 3, "app.Main", null),
                new ClassAnswer(
                        null,
                        List.of(
                                new ClassAnswer.Item("app.Main", ClassAnswer.HERE, "memory:/x", new byte[] {5}),
                                new ClassAnswer.Item("app.Other", 4, null, null))));
        return new WorkerSetup(
                2,
                "/opt/java",
                "21.0.1",
                List.of("nice", "-n", ""),
                List.of("-Da=b c", "-Xmx1g\n"),
                List.of(new ClassPathEntry("/opt/a|b.jar", 12, 34), new ClassPathEntry("/opt/classes", -1, 0)),
                "/work",
                Map.of("A", "several\nlines", "B", ""),
                initializer.finish(FrameType.TASK, 0),
                classes);
    }
}
