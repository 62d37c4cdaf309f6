/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.lang.System.Logger;

/** Makes a log record of each line. */
record LoggingListener(Logger logger, Logger.Level level) implements OutputListener {

    @Override
    public void onLine(OutputLine line) {
        logger.log(level, () -> source(line) + ": " + line.text());
    }

    private static String source(OutputLine line) {
        String worker = "worker " + line.workerNumber() + " (pid " + line.workerPid() + ")";
        if (line.taskId().isEmpty()) {
            return worker;
        }
        return worker + ", task #" + line.taskId().getAsLong()
                + line.taskName().map(name -> " '" + name + "'").orElse("");
    }

    @Override
    public String toString() {
        return "logger '" + logger.getName() + "' at " + level;
    }
}
