/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import io.loky.OutputRouting;
import io.loky.ProcessPoolOptions;
import io.loky.internal.directory.WorkerDirectory;
import io.loky.internal.wire.WorkerArguments;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Everything that the workers of one pool have in common.
 *
 * @param poolLabel such as {@code loky-pool-1}
 */
public record LaunchPlan(ProcessPoolOptions options, String poolLabel) {

    /** The process to start, on this channel. */
    ProcessBuilder command(ParentChannel channel, WorkerDirectory directory, String label) throws IOException {
        WorkerArguments arguments = new WorkerArguments(
                channel.address(),
                directory.path().toAbsolutePath().toString(),
                label,
                Math.max(1, options.heartbeat().toMillis()));
        List<String> command = new ArrayList<>(LaunchPrefix.get());
        command.addAll(JavaCommand.of(options, arguments, directory));
        ProcessBuilder builder = new ProcessBuilder(channel.wrap(command));
        builder.redirectErrorStream(channel.mergesOutput());
        Map<String, String> environment = builder.environment();
        environment.putAll(options.environment());
        NestingDepth.pass(environment);
        CpuBudget.pass(environment, options.environment(), options.maxWorkers());
        options.workingDirectory().map(Path::toFile).ifPresent(builder::directory);
        return builder;
    }

    OutputRouting output() {
        return options.output();
    }
}
