/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import io.loky.TaskCheck;
import io.loky.internal.codec.ClassNames;
import io.loky.internal.codec.Library;
import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.codec.TaskCall;
import io.loky.internal.codec.TaskHeader;
import io.loky.internal.codec.objects.LambdaTable;
import io.loky.internal.parent.classes.Shell;
import io.loky.internal.parent.classes.TaskClassNames;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.FrameType;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What {@link ProcessPool} does when a task is submitted, up to the point where it would be sent. */
public final class DryRun {
    /** Nothing is sent: it matters only that large data is not copied, and does not count for the limit of a frame. */
    private static final long LARGE = 64 * 1024;

    private DryRun() {}

    /** Encodes the task, and tells what came of it. */
    public static TaskCheck of(TaskCall call) {
        TaskClassNames names = new TaskClassNames(call.functionClass());
        Mentioned mentioned = new Mentioned(names);
        ObjectCodec codec = new ObjectCodec(mentioned);
        FrameBuffer buffer = FrameBuffer.take(LARGE);
        try {
            TaskHeader.write(names.root(), Shell.variables(call.functionClass(), new ObjectCodec(names)), buffer);
            call.write(codec, buffer);
            long bytes = buffer.finish(FrameType.TASK, 0).length();
            return new TaskCheck(bytes, List.copyOf(mentioned.classes), List.of());
        } catch (Throwable e) { // also what the user's writeObject throws, stack overflows included
            List<String> culprits = call.culprits(codec);
            return new TaskCheck(
                    0,
                    List.copyOf(mentioned.classes),
                    culprits.isEmpty() ? List.of(Refusals.cannotBeSent("the task", call, codec, e)) : culprits);
        }
    }

    /** Notes the classes that are named. */
    private static final class Mentioned implements ClassNames {
        private final ClassNames names;
        private final Set<String> classes = new TreeSet<>();

        Mentioned(ClassNames names) {
            this.names = names;
        }

        @Override
        public void annotate(Class<?> type, DataOutput out) throws IOException {
            Class<?> element = type;
            while (element.isArray()) {
                element = element.getComponentType();
            }
            ClassLoader loader = element.getClassLoader();
            if (loader != null && loader != ClassLoader.getPlatformClassLoader() && !Library.has(element)) {
                classes.add(element.getName());
            }
            names.annotate(type, out);
        }

        @Override
        public Class<?> resolve(String name, DataInput in) throws IOException, ClassNotFoundException {
            return names.resolve(name, in);
        }

        @Override
        public Class<?> resolveProxy(String[] interfaces, DataInput in) throws IOException, ClassNotFoundException {
            return names.resolveProxy(interfaces, in);
        }

        @Override
        public LambdaTable lambdas() {
            return names.lambdas();
        }

        @Override
        public ClassLoader loader() {
            return names.loader();
        }
    }
}
