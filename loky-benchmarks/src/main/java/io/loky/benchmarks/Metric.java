/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What is measured. {@code a} to {@code j} are the rows of the project's performance page; {@code q} to {@code t} are about scale,
 * {@code w} to {@code z} about whole jobs.
 */
enum Metric {
    ROUND_TRIP("a", "a", Kind.ROUND_TRIP, 1, "warm round trip of a no-op, 1 worker", Unit.MICROS),
    THROUGHPUT_1("b", "b1", Kind.GATHER, 1, "no-op submits gathered, 1 worker", Unit.TASKS),
    THROUGHPUT_2("b", "b2", Kind.GATHER, 2, "no-op submits gathered, 2 workers", Unit.TASKS),
    MAP("c", "c", Kind.MAP, 2, "map over no-ops, automatic chunks, 2 workers", Unit.ITEMS),
    ECHO("d", "d", Kind.ECHO, 1, "echo of a byte[] of 1 MiB", Unit.MILLIS_2),
    LARGE_BYTES("e", "e1", Kind.ECHO, 1, "echo of a byte[] of 64 MiB", Unit.MILLIS),
    LARGE_DOUBLES("e", "e2", Kind.ECHO, 1, "echo of a double[] of 64 MiB", Unit.MILLIS),
    FIRST_RESULT("f", "f", Kind.FIRST_RESULT, 1, "first result of a new pool, 1 worker", Unit.MILLIS),
    LOSS("g", "g", Kind.LOSS, 1, "SIGKILL of a busy worker to its failed future", Unit.MILLIS_2),
    RESIDENT("h", "h1", Kind.REST, 8, "memory of an idle worker, resident (RSS)", Unit.MEGABYTES),
    PROPORTIONAL("h", "h2", Kind.REST, 8, "memory of an idle worker, shared pages by share (PSS)", Unit.MEGABYTES),
    IDLE_CPU("i", "i1", Kind.REST, 8, "CPU of an idle pool of 8 workers, all processes", Unit.MILLIS_A_SECOND),
    IDLE_WAKE_UPS("i", "i2", Kind.REST, 8, "wake-ups of an idle pool of 8 workers, all processes", Unit.A_SECOND),
    QUEUED("j", "j1", Kind.QUEUED, 1, "memory of the submitter per queued no-op", Unit.BYTES),
    THREADS("j", "j2", Kind.THREADS, 8, "threads of the submitter per worker", Unit.THREADS),
    MILLION("q", "q", Kind.GATHER, 2, "a million no-ops queued and gathered, 2 workers", Unit.TASKS),
    SCALE_TRIP_1("r", "r1", Kind.SCALE, 1, "round trip in a pool of 1", Unit.MICROS),
    SCALE_TRIP_2("r", "r2", Kind.SCALE, 2, "round trip in a pool of 2", Unit.MICROS),
    SCALE_TRIP_4("r", "r4", Kind.SCALE, 4, "round trip in a pool of 4", Unit.MICROS),
    SCALE_TRIP_8("r", "r8", Kind.SCALE, 8, "round trip in a pool of 8", Unit.MICROS),
    SCALE_TRIP_16("r", "r16", Kind.SCALE, 16, "round trip in a pool of 16", Unit.MICROS),
    SCALE_TRIP_32("r", "r32", Kind.SCALE, 32, "round trip in a pool of 32", Unit.MICROS),
    SCALE_TRIP_64("r", "r64", Kind.SCALE, 64, "round trip in a pool of 64", Unit.MICROS),
    SCALE_1("s", "s1", Kind.SCALE, 1, "no-ops gathered, pool of 1", Unit.TASKS),
    SCALE_2("s", "s2", Kind.SCALE, 2, "no-ops gathered, pool of 2", Unit.TASKS),
    SCALE_4("s", "s4", Kind.SCALE, 4, "no-ops gathered, pool of 4", Unit.TASKS),
    SCALE_8("s", "s8", Kind.SCALE, 8, "no-ops gathered, pool of 8", Unit.TASKS),
    SCALE_16("s", "s16", Kind.SCALE, 16, "no-ops gathered, pool of 16", Unit.TASKS),
    SCALE_32("s", "s32", Kind.SCALE, 32, "no-ops gathered, pool of 32", Unit.TASKS),
    SCALE_64("s", "s64", Kind.SCALE, 64, "no-ops gathered, pool of 64", Unit.TASKS),
    SUBMITTERS("t", "t", Kind.SUBMITTERS, 2, "no-op submits from 64 threads, 2 workers", Unit.TASKS),
    CENSUS_1("w", "w1", Kind.JOB, 1, "a census of jars, 1 worker or thread", Unit.MILLIS),
    CENSUS_2("w", "w2", Kind.JOB, 2, "a census of jars, 2 workers or threads", Unit.MILLIS),
    NUMBERS_1("x", "x1", Kind.JOB, 1, "a job that only computes, 1 worker or thread", Unit.MILLIS),
    NUMBERS_2("x", "x2", Kind.JOB, 2, "a job that only computes, 2 workers or threads", Unit.MILLIS),
    GARBAGE_2(
            "y",
            "y2",
            Kind.JOB,
            2,
            "a job that keeps the collector busy, same heap in all, 2 workers or threads",
            Unit.MILLIS),
    LOCKED_2("z", "z2", Kind.JOB, 2, "calls of a library with a global lock, 2 workers or threads", Unit.MILLIS);

    /** What is done for a figure; the workers, and how much of it, differ. */
    enum Kind {
        ROUND_TRIP,
        GATHER,
        MAP,
        ECHO,
        FIRST_RESULT,
        LOSS,
        REST,
        QUEUED,
        THREADS,
        SCALE,
        SUBMITTERS,
        JOB
    }

    /** In what, with how many digits after the point, and which way is up. */
    enum Unit {
        MICROS("µs", 1, false),
        MILLIS("ms", 1, false),
        MILLIS_2("ms", 2, false),
        TASKS("tasks/s", 0, true),
        ITEMS("items/s", 0, true),
        MEGABYTES("MB", 1, false),
        MILLIS_A_SECOND("ms/s", 2, false),
        A_SECOND("1/s", 1, false),
        BYTES("bytes", 0, false),
        THREADS("threads", 2, false);

        private final String symbol;
        private final int digits;
        private final boolean moreIsBetter;

        Unit(String symbol, int digits, boolean moreIsBetter) {
            this.symbol = symbol;
            this.digits = digits;
            this.moreIsBetter = moreIsBetter;
        }
    }

    private final String letter;
    private final String id;
    private final Kind kind;
    private final int workers;
    private final String title;
    private final Unit unit;

    Metric(String letter, String id, Kind kind, int workers, String title, Unit unit) {
        this.letter = letter;
        this.id = id;
        this.kind = kind;
        this.workers = workers;
        this.title = title;
        this.unit = unit;
    }

    /** The name on the command line, which several may share. */
    String letter() {
        return letter;
    }

    String id() {
        return id;
    }

    Kind kind() {
        return kind;
    }

    String title() {
        return title;
    }

    String unit() {
        return unit.symbol;
    }

    boolean moreIsBetter() {
        return unit.moreIsBetter;
    }

    /** The workers that the pool of this metric has. */
    int workers() {
        return workers;
    }

    /** Whether it is about time, so that better is faster. */
    boolean comparesSpeed() {
        return kind != Kind.REST && kind != Kind.QUEUED && kind != Kind.THREADS;
    }

    /** How many times better {@code ours} is than {@code theirs}; below 1 it is worse. */
    double advantage(double ours, double theirs) {
        return moreIsBetter() ? ours / theirs : theirs / ours;
    }

    String format(double value) {
        return String.format(Locale.ROOT, "%,." + unit.digits + "f", value);
    }

    static Optional<Metric> ofId(String id) {
        return Arrays.stream(values()).filter(metric -> metric.id.equals(id)).findFirst();
    }

    static List<Metric> ofLetter(String letter) {
        return Arrays.stream(values())
                .filter(metric -> metric.letter.equals(letter))
                .toList();
    }

    /** The letters that the command line knows: "a, b, c". */
    static String letters() {
        return Arrays.stream(values()).map(Metric::letter).distinct().collect(Collectors.joining(", "));
    }
}
