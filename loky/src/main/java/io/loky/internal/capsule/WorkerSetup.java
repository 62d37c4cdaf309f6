/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.capsule;

import io.loky.internal.wire.EncodedFrame;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a worker was started with, as far as another one has to be started with it to be like it.
 *
 * @param index its place in its pool
 * @param javaVersion as its JVM says it
 * @param prefix the user's command before that of the JVM
 * @param flags of its JVM, in their order, without those that name files of this one worker
 * @param directory in which it was started
 * @param environment what it had beside, or instead of, the parent's; not the parent's own
 * @param initializer what it ran before its first task; null if nothing
 * @param classes what workers of its pool have asked the parent for
 */
public record WorkerSetup(
        int index,
        String javaHome,
        String javaVersion,
        List<String> prefix,
        List<String> flags,
        List<ClassPathEntry> classPath,
        String directory,
        Map<String, String> environment,
        @Nullable EncodedFrame initializer,
        ClassLog classes) {}
