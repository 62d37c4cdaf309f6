/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import io.loky.SerializableCallable;
import io.loky.examples.CensusTasks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A whole job as independent tasks, each of which returns a number by which the runs are compared. */
interface Workload {

    int parts();

    /** The same task for workers and for threads. */
    SerializableCallable<Long> part(int number);

    /** The heap that each worker is given, in MiB; 0 for the usual one. */
    default int megabytes() {
        return 0;
    }

    static Workload of(Metric metric, Effort effort) throws IOException {
        return switch (metric) {
            case CENSUS_1, CENSUS_2 -> Jars.some(effort);
            default -> {
                Job job = Job.of(metric);
                yield new Computed(job, job.parts(effort));
            }
        };
    }

    /** One of the jobs that need nothing but themselves. */
    record Computed(Job job, int parts) implements Workload {

        @Override
        public SerializableCallable<Long> part(int number) {
            Job part = job;
            return () -> part.part(number);
        }

        @Override
        public int megabytes() {
            return job.megabytes();
        }
    }

    /** The census of the local Maven repository, or of so much of it as comes first. */
    record Jars(List<String> jars) implements Workload {

        private static final long WHOLE_BYTES = 40L << 20;

        /** All jars, once they have been looked for; every round takes the same. */
        private static final AtomicReference<@Nullable List<Path>> FOUND = new AtomicReference<>();

        static Jars some(Effort effort) throws IOException {
            List<String> jars = new ArrayList<>();
            long bytes = 0;
            for (Path jar : all()) {
                if (bytes < WHOLE_BYTES * effort.job() / 100) {
                    jars.add(jar.toString());
                    bytes += Files.size(jar);
                }
            }
            return new Jars(List.copyOf(jars));
        }

        private static List<Path> all() throws IOException {
            List<Path> found = FOUND.get();
            if (found == null) {
                found = CensusTasks.jars();
                FOUND.set(found);
            }
            return found;
        }

        @Override
        public int parts() {
            return jars.size();
        }

        @Override
        public SerializableCallable<Long> part(int number) {
            String jar = jars.get(number);
            return () -> CensusTasks.count(jar);
        }
    }
}
