/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.RemoteTaskException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ThrowableCodecTest {
    private static final ThrowableCodec CODEC = of(ThrowableCodecTest.class.getClassLoader());

    private static final StackTraceElement USER = new StackTraceElement("com.example.Job", "run", "Job.java", 7);
    private static final StackTraceElement LIBRARY =
            new StackTraceElement("io.loky.internal.Runner", "run", "Runner.java", 1);
    private static final StackTraceElement MAIN = new StackTraceElement("com.example.Main", "main", "Main.java", 2);

    @Test
    void read_ownTypeWithFields_isItselfWithItsFields() throws Exception {
        Own own = new Own("failed", 42, new IOException("because"));
        own.setStackTrace(frames(USER));
        own.addSuppressed(new IllegalStateException("and this"));

        Throwable copy = copy(own);

        assertThat(copy).isExactlyInstanceOf(Own.class).isNotSameAs(own).hasMessage("failed");
        assertThat(((Own) copy).code).isEqualTo(42);
        assertThat(copy.getStackTrace()).containsExactly(USER);
        assertThat(copy.getCause()).isExactlyInstanceOf(IOException.class).hasMessage("because");
        assertThat(copy.getSuppressed()).hasSize(1);
        assertThat(copy.getSuppressed()[0])
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessage("and this");
    }

    @Test
    void read_nullMessage_staysNull() throws Exception {
        assertThat(copy(new IllegalStateException()).getMessage()).isNull();
        assertThat(((RemoteTaskException) copy(new Holder(null, null))).originalMessage())
                .isNull();
    }

    @Test
    void read_framesFromTheRuntimeOn_areCutInEachLink() throws Exception {
        Throwable cause = withFrames(new IOException("cause"), MAIN, LIBRARY, USER);
        Throwable suppressed = withFrames(new IOException("suppressed"), LIBRARY, USER);
        Throwable root = withFrames(new IllegalStateException("root", cause), USER, MAIN, LIBRARY, MAIN);
        root.addSuppressed(suppressed);

        Throwable copy = copy(root);

        assertThat(copy.getStackTrace()).containsExactly(USER, MAIN);
        assertThat(copy.getCause().getStackTrace()).containsExactly(MAIN);
        assertThat(copy.getSuppressed()[0].getStackTrace()).isEmpty();
    }

    @Test
    void read_framesFromTheRuntimeOn_areCutInStandInsToo() throws Exception {
        Throwable cause = withFrames(new Holder("cause", null), MAIN, LIBRARY, USER);
        Throwable root = withFrames(new Holder("root", cause), USER, LIBRARY, MAIN);

        Throwable copy = copy(root);

        assertThat(copy).isExactlyInstanceOf(RemoteTaskException.class);
        assertThat(copy.getCause()).isExactlyInstanceOf(RemoteTaskException.class);
        assertThat(copy.getStackTrace()).containsExactly(USER);
        assertThat(copy.getCause().getStackTrace()).containsExactly(MAIN);
    }

    /** As of a pool that a task uses: its frames are above the user's. */
    @Test
    void read_framesOfTheLibraryAboveTheUsers_areKept() throws Exception {
        StackTraceElement pool = new StackTraceElement("io.loky.internal.Pool", "submit", "Pool.java", 1);
        StackTraceElement call = new StackTraceElement("io.loky.internal.Call", "call", "Call.java", 1);

        assertThat(copy(withFrames(new IOException(), pool, USER, call, LIBRARY, MAIN))
                        .getStackTrace())
                .containsExactly(pool, USER);
        assertThat(copy(withFrames(new IOException(), pool, USER, MAIN)).getStackTrace())
                .containsExactly(pool, USER, MAIN);
    }

    @Test
    void read_noFrameOfTheRuntime_keepsAll() throws Exception {
        assertThat(copy(withFrames(new IOException(), USER, MAIN)).getStackTrace())
                .containsExactly(USER, MAIN);
    }

    @Test
    void read_stackTraceThatCannotBeWritten_staysEmpty() throws Exception {
        Throwable copy = copy(new Stackless("none"));

        assertThat(copy).isExactlyInstanceOf(Stackless.class).hasMessage("none");
        assertThat(copy.getStackTrace()).isEmpty();
    }

    // ---- what cannot be written -----------------------------------------------------------------------------------

    @Test
    void read_rootHoldsWhatIsNotSerializable_isAStandInAndTheRestIsOriginal() throws Exception {
        Throwable cause = withFrames(new Own("cause", 1, null), MAIN);
        Throwable root = withFrames(new Holder("root", cause), USER);
        root.addSuppressed(new Own("suppressed", 2, null));

        Throwable copy = copy(root);

        assertStandIn(
                copy, Holder.class, "root", "java.lang.Thread cannot leave this process: threads stay where they are");
        assertThat(copy.getStackTrace()).containsExactly(USER);
        assertThat(copy.getCause()).isExactlyInstanceOf(Own.class).hasMessage("cause");
        assertThat(copy.getCause().getStackTrace()).containsExactly(MAIN);
        assertThat(copy.getSuppressed()[0]).isExactlyInstanceOf(Own.class).hasMessage("suppressed");
    }

    @Test
    void read_causeHoldsWhatIsNotSerializable_onlyTheCauseIsAStandIn() throws Exception {
        Throwable deepest = new Own("deepest", 3, null);
        Throwable cause = withFrames(new Holder("cause", deepest), MAIN, LIBRARY);
        Throwable root = withFrames(new Own("root", 1, cause), USER, LIBRARY);

        Throwable copy = copy(root);

        assertThat(copy).isExactlyInstanceOf(Own.class).hasMessage("root");
        assertThat(((Own) copy).code).isEqualTo(1);
        assertThat(copy.getStackTrace()).containsExactly(USER);
        assertStandIn(copy.getCause(), Holder.class, "cause", "java.lang.Thread cannot leave this process");
        assertThat(copy.getCause().getStackTrace()).containsExactly(MAIN);
        assertThat(copy.getCause().getCause()).isExactlyInstanceOf(Own.class).hasMessage("deepest");
    }

    @Test
    void read_suppressedHoldsWhatIsNotSerializable_onlyItIsAStandIn() throws Exception {
        Throwable root = new Own("root", 1, new IOException("cause"));
        root.addSuppressed(new Own("first", 2, null));
        root.addSuppressed(new Holder("second", null));

        Throwable copy = copy(root);

        assertThat(copy).isExactlyInstanceOf(Own.class);
        assertThat(copy.getCause()).isExactlyInstanceOf(IOException.class).hasMessage("cause");
        assertThat(copy.getSuppressed()).hasSize(2);
        assertThat(copy.getSuppressed()[0]).isExactlyInstanceOf(Own.class).hasMessage("first");
        assertStandIn(copy.getSuppressed()[1], Holder.class, "second", "java.lang.Thread cannot leave this process");
    }

    @Test
    void read_ownFieldRefersToTheStandInsLink_stillSeesAThrowable() throws Exception {
        SQLException root = new SQLException("root");
        root.initCause(new Holder("cause", null));
        root.setNextException(new SQLException("next"));

        Throwable copy = copy(root);

        assertThat(copy).isExactlyInstanceOf(SQLException.class).hasMessage("root");
        assertThat((Throwable) ((SQLException) copy).getNextException()).hasMessage("next");
        assertStandIn(copy.getCause(), Holder.class, "cause", "java.lang.Thread cannot leave this process");
    }

    @Test
    void read_writeObjectOverflowsTheStack_isAStandIn() throws Exception {
        Throwable copy = copy(new Own("root", 1, new Endless("endless")));

        assertThat(copy).isExactlyInstanceOf(Own.class);
        assertStandIn(copy.getCause(), Endless.class, "endless", "java.lang.StackOverflowError");
    }

    // ---- what cannot be read
    // -----------------------------------------------------------------------------------------

    @Test
    void read_readObjectThrows_isAStandInWithTheReason() throws Exception {
        Throwable copy = copy(withFrames(new Unreadable("unreadable"), USER, LIBRARY));

        assertStandIn(copy, Unreadable.class, "unreadable", "java.lang.IllegalStateException: not here");
        assertThat(copy.getStackTrace()).containsExactly(USER);
    }

    @Test
    void read_classIsNotThere_isAStandInWithNameMessageFramesAndCause() throws Exception {
        Class<?> renamed = RenamedClass.of(LostException.class);
        Throwable cause = withFrames(new IOException("because"), MAIN, LIBRARY);
        Throwable lost = (Throwable)
                renamed.getConstructor(String.class, Throwable.class).newInstance("lost", cause);
        lost.setStackTrace(frames(USER, LIBRARY));
        byte[] bytes = write(lost);

        Throwable copy = CODEC.read(bytes);

        assertStandIn(copy, renamed, "lost", "java.lang.ClassNotFoundException: " + renamed.getName());
        assertThat(copy.getStackTrace()).containsExactly(USER);
        assertThat(copy.getCause()).isExactlyInstanceOf(IOException.class).hasMessage("because");
        assertThat(copy.getCause().getStackTrace()).containsExactly(MAIN);
        assertThat(of(renamed.getClassLoader()).read(bytes))
                .as("where the loader knows it")
                .isInstanceOf(renamed);
    }

    @Test
    void read_oneLinkCannotBeRead_isTheOnlyStandIn() throws Exception {
        Throwable root =
                withFrames(new Own("root", 1, withFrames(new Unreadable("cause"), MAIN, LIBRARY)), USER, LIBRARY);
        root.getCause().initCause(withFrames(new Own("deepest", 2, null), MAIN));
        root.addSuppressed(new Own("first", 3, new Unreadable("of the first")));

        Throwable copy = copy(root);

        assertThat(copy).isExactlyInstanceOf(Own.class).hasMessage("root");
        assertThat(((Own) copy).code).isEqualTo(1);
        assertThat(copy.getStackTrace()).containsExactly(USER);
        assertStandIn(copy.getCause(), Unreadable.class, "cause", "java.lang.IllegalStateException: not here");
        assertThat(copy.getCause().getStackTrace()).containsExactly(MAIN);
        assertThat(copy.getCause().getCause()).isExactlyInstanceOf(Own.class).hasMessage("deepest");
        assertThat(copy.getSuppressed()[0]).isExactlyInstanceOf(Own.class).hasMessage("first");
        assertStandIn(copy.getSuppressed()[0].getCause(), Unreadable.class, "of the first", "not here");
    }

    /** Whoever prints the chain would run into it. */
    @Test
    void read_causeWhoseMessageThrows_isAStandIn() throws Exception {
        Throwable copy = copy(new Own("root", 1, new Rude(Rude.MESSAGE)));

        assertThat(copy).isExactlyInstanceOf(Own.class).hasMessage("root");
        assertThat(copy.getCause()).isExactlyInstanceOf(RemoteTaskException.class);
        copy.printStackTrace(new PrintWriter(Writer.nullWriter()));
    }

    /** Another throwable in a field is a link as well. */
    @Test
    void read_throwableInAFieldHasAnUnsendableCause_onlyThatIsAStandIn() throws Exception {
        SQLException next = new SQLException("next");
        next.initCause(new Holder("holder", null));
        SQLException root = new SQLException("root");
        root.setNextException(next);

        Throwable copy = copy(root);

        assertThat(copy).isExactlyInstanceOf(SQLException.class);
        assertThat((Throwable) ((SQLException) copy).getNextException()).hasMessage("next");
        assertThat(((SQLException) copy).getNextException().getCause()).isExactlyInstanceOf(RemoteTaskException.class);
    }

    // ---- accessors that are overridden -----------------------------------------------------------------------------

    @Test
    void read_getMessageThrows_isAStandInThatSaysSo() throws Exception {
        Throwable copy = copy(withFrames(new Rude(Rude.MESSAGE), USER));

        assertThat(copy).isExactlyInstanceOf(RemoteTaskException.class);
        assertThat(((RemoteTaskException) copy).originalMessage())
                .isEqualTo("(getMessage() threw java.lang.UnsupportedOperationException)");
        assertThat(copy.getStackTrace()).containsExactly(USER);
    }

    @Test
    void read_toStringThrows_isAStandIn() throws Exception {
        Throwable copy = copy(new Rude(Rude.TO_STRING));

        assertStandIn(copy, Rude.class, "rude", "UnsupportedOperationException");
    }

    @Test
    void read_getCauseThrows_isItselfWithoutCause() throws Exception {
        Throwable copy = copy(withFrames(new Rude(Rude.CAUSE), USER, LIBRARY));

        assertThat(copy).isExactlyInstanceOf(Rude.class).hasMessage("rude");
    }

    @Test
    void read_getStackTraceThrows_isItself() throws Exception {
        assertThat(copy(new Rude(Rude.STACK_TRACE)))
                .isExactlyInstanceOf(Rude.class)
                .hasMessage("rude");
    }

    @Test
    void read_getStackTraceGivesNull_isItself() throws Exception {
        assertThat(copy(new Rude(Rude.NULL_STACK_TRACE)))
                .isExactlyInstanceOf(Rude.class)
                .hasMessage("rude");
    }

    @Test
    void read_getStackTraceGivesNullFrames_isItself() throws Exception {
        assertThat(copy(new Rude(Rude.NULL_FRAMES)))
                .isExactlyInstanceOf(Rude.class)
                .hasMessage("rude");
    }

    // ---- odd chains
    // --------------------------------------------------------------------------------------------------

    @Test
    void read_cycleOfCauses_isTheSameCycle() throws Exception {
        Exception first = new IOException("first");
        Exception second = new IOException("second", first);
        first.initCause(second);

        Throwable copy = copy(first);

        assertThat(copy).hasMessage("first");
        assertThat(copy.getCause()).hasMessage("second");
        assertThat(copy.getCause().getCause()).isSameAs(copy);
    }

    @Test
    void read_cycleOfCausesWithAStandIn_ends() throws Exception {
        Holder first = new Holder("first", null);
        Exception second = new IOException("second", first);
        first.initCause(second);

        Throwable copy = copy(first);

        assertStandIn(copy, Holder.class, "first", "java.lang.Thread cannot leave this process");
        assertThat(copy.getCause()).isExactlyInstanceOf(IOException.class).hasMessage("second");
        assertThat(copy.getCause().getCause()).isSameAs(copy);
    }

    @Test
    void read_suppressedThatHasItsOwnerAsCause_ends() throws Exception {
        Exception root = new IOException("root");
        root.addSuppressed(new IOException("suppressed", root));

        Throwable copy = copy(root);

        assertThat(copy.getSuppressed()[0].getCause()).isSameAs(copy);
    }

    @Test
    void read_suppressedCycleWithAStandIn_isTheSameCycle() throws Exception {
        Exception root = new IOException("root", new Holder("holder", null));
        Exception first = new IOException("first");
        Exception second = new IOException("second", first);
        root.addSuppressed(first);
        root.addSuppressed(second);
        second.addSuppressed(root);
        second.addSuppressed(first);

        Throwable copy = copy(root);

        assertThat(copy).isExactlyInstanceOf(IOException.class);
        assertStandIn(copy.getCause(), Holder.class, "holder", "java.lang.Thread cannot leave this process");
        Throwable firstCopy = copy.getSuppressed()[0];
        Throwable secondCopy = copy.getSuppressed()[1];
        assertThat(firstCopy).isExactlyInstanceOf(IOException.class).hasMessage("first");
        assertThat(secondCopy.getCause()).isSameAs(firstCopy);
        assertThat(secondCopy.getSuppressed()).containsExactly(copy, firstCopy);
    }

    @Test
    void read_causeThatIsSuppressedToo_framesOfAllAreCut() throws Exception {
        Throwable both = withFrames(new IOException("both"), USER, LIBRARY);
        Throwable root = withFrames(new IOException("root", both), USER, LIBRARY);
        root.addSuppressed(both);
        root.addSuppressed(withFrames(new IOException("other"), MAIN, LIBRARY));

        Throwable copy = copy(root);

        assertThat(copy.getSuppressed()[0]).isSameAs(copy.getCause());
        assertThat(copy.getCause().getStackTrace()).containsExactly(USER);
        assertThat(copy.getSuppressed()[1].getStackTrace()).containsExactly(MAIN);
    }

    @Test
    void read_chainLongerThanTheStack_keepsItsBeginning() throws Exception {
        Throwable chain = new Own("end", 0, null);
        for (int i = 0; i < 50_000; i++) {
            chain = new Own("link", i, chain);
            chain.setStackTrace(frames(USER, LIBRARY));
        }

        Throwable copy = copy(chain);

        assertThat(chainLength(copy)).isGreaterThanOrEqualTo(50);
        assertThat(copy.getMessage()).contains("link");
        assertThat(copy.getStackTrace()).containsExactly(USER);
    }

    @Test
    void read_causeMadeAnewAtEachCall_ends() throws Exception {
        assertThat(copy(new NeverSameCause("root"))).isExactlyInstanceOf(NeverSameCause.class);
    }

    /** Fields without serialized form are no reason for a stand-in. */
    @Test
    void read_fieldsThatAreNotSerializable_areKept() throws Exception {
        Detailed copy = (Detailed) copy(new Detailed("d", new Place(3), () -> "lambda"));

        assertThat(copy).hasMessage("d");
        assertThat(copy.place.number).isEqualTo(3);
        assertThat(copy.more.get()).isEqualTo("lambda");
    }

    @Test
    void read_fieldThatRefersBackToTheThrowable_stillDoes() throws Exception {
        Place place = new Place(4);
        Detailed thrown = new Detailed("d", place, () -> "x");
        place.owner = thrown;

        Detailed copy = (Detailed) copy(thrown);

        assertThat(copy.place.owner).isSameAs(copy);
    }

    /** A link below a stand-in is an original, with its fields. */
    @Test
    void read_detailedCauseOfWhatCannotBeSent_isOriginal() throws Exception {
        Throwable copy = copy(new Holder("root", new Detailed("d", new Place(5), () -> "l")));

        assertThat(copy).isExactlyInstanceOf(RemoteTaskException.class);
        assertThat(((Detailed) copy.getCause()).place.number).isEqualTo(5);
        assertThat(((Detailed) copy.getCause()).more.get()).isEqualTo("l");
    }

    private static final class Place {
        private final int number;
        private Throwable owner;

        Place(int number) {
            this.number = number;
        }
    }

    @SuppressWarnings("serial") // that is what it is for
    private static final class Detailed extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final Place place;
        private final java.util.function.Supplier<String> more;

        Detailed(String message, Place place, java.util.function.Supplier<String> more) {
            super(message);
            this.place = place;
            this.more = more;
        }
    }

    private static void assertStandIn(Throwable copy, Class<?> type, String message, String reason) {
        assertThat(copy).isExactlyInstanceOf(RemoteTaskException.class);
        RemoteTaskException standIn = (RemoteTaskException) copy;
        assertThat(standIn.originalClassName()).isEqualTo(type.getName());
        assertThat(standIn.originalMessage()).isEqualTo(message);
        assertThat(standIn.reason()).contains(reason);
    }

    private static int chainLength(Throwable thrown) {
        Set<Throwable> seen = new HashSet<>();
        for (Throwable t = thrown; t != null && seen.add(t); t = t.getCause()) {
            // counted by the set
        }
        return seen.size();
    }

    private static <T extends Throwable> T withFrames(T thrown, StackTraceElement... frames) {
        thrown.setStackTrace(frames);
        return thrown;
    }

    private static StackTraceElement[] frames(StackTraceElement... frames) {
        return frames;
    }

    private static Throwable copy(Throwable thrown) throws Exception {
        return CODEC.read(write(thrown));
    }

    private static byte[] write(Throwable thrown) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CODEC.write(thrown, "io.loky.internal.Runner", out);
        return out.toByteArray();
    }

    private static final class Own extends Exception {
        private static final long serialVersionUID = 1L;
        private final int code;

        Own(String message, int code, Throwable cause) {
            super(message, cause);
            this.code = code;
        }
    }

    /** Cannot be written. */
    @SuppressWarnings({"serial", "UnusedVariable"}) // that is the point
    private static final class Holder extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final Object bound = new Thread();

        Holder(String message, Throwable cause) {
            super(message);
            if (cause != null) {
                initCause(cause);
            }
        }
    }

    private static final class Stackless extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Stackless(String message) {
            super(message, null, true, false);
        }
    }

    private static final class Endless extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Endless(String message) {
            super(message);
        }

        @SuppressWarnings("InfiniteRecursion") // what a cyclic graph with a writeObject of its own comes to
        private void writeObject(ObjectOutputStream out) {
            writeObject(out);
        }
    }

    private static final class Unreadable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unreadable(String message) {
            super(message);
        }

        private void readObject(ObjectInputStream in) {
            throw new IllegalStateException("not here");
        }
    }

    /** Overrides what the codec asks a throwable. */
    private static final class Rude extends RuntimeException {
        private static final long serialVersionUID = 1L;
        static final int MESSAGE = 1;
        static final int TO_STRING = 2;
        static final int CAUSE = 3;
        static final int STACK_TRACE = 4;
        static final int NULL_STACK_TRACE = 5;
        static final int NULL_FRAMES = 6;

        private final int how;

        Rude(int how) {
            super("rude");
            this.how = how;
        }

        @Override
        public String getMessage() {
            refuse(MESSAGE);
            return super.getMessage();
        }

        @Override
        public String toString() {
            refuse(TO_STRING);
            return super.toString();
        }

        @Override
        public synchronized Throwable getCause() {
            refuse(CAUSE);
            return super.getCause();
        }

        @Override
        public StackTraceElement[] getStackTrace() {
            refuse(STACK_TRACE);
            return switch (how) {
                case NULL_STACK_TRACE -> null;
                case NULL_FRAMES -> new StackTraceElement[] {null, USER, null};
                default -> super.getStackTrace();
            };
        }

        private void refuse(int what) {
            if (how == what) {
                throw new UnsupportedOperationException("rude");
            }
        }
    }

    private static final class NeverSameCause extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NeverSameCause(String message) {
            super(message);
        }

        @Override
        public synchronized Throwable getCause() {
            return new NeverSameCause("cause");
        }
    }

    private static ThrowableCodec of(ClassLoader loader) {
        return new ThrowableCodec(new ObjectCodec(ClassNames.of(loader)));
    }
}
