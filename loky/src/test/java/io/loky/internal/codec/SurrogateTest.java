/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.loky.SerializableFunction;
import io.loky.internal.wire.FrameBuffer;
import io.loky.internal.wire.FrameType;
import io.loky.internal.wire.Sections;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Observable;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;

/** The rules for objects that do not travel as they are; the kinds themselves are a system test's. */
class SurrogateTest {
    private static final ObjectCodec CODEC = new ObjectCodec(ClassNames.of(SurrogateTest.class.getClassLoader()));

    @SuppressWarnings("unchecked")
    private static <T> T copy(T value) throws IOException, ClassNotFoundException {
        return (T) CODEC.read(bytes(value));
    }

    private static byte[] bytes(Object value) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CODEC.write(value, out);
        return out.toByteArray();
    }

    // ---- what is repaired, and what is left alone -------------------------------------------------------------------

    static class Plain {
        int inherited;
    }

    static class Lossy extends Plain implements Serializable {
        private static final long serialVersionUID = 1L;
    }

    static class OwnForm extends Plain implements Serializable {
        private static final long serialVersionUID = 1L;
        private transient int read;

        private void writeObject(ObjectOutputStream out) throws IOException {
            out.defaultWriteObject();
            out.writeInt(inherited + 1);
        }

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            read = in.readInt();
        }
    }

    static class BelowOwnForm extends OwnForm {
        private static final long serialVersionUID = 1L;
    }

    static class Stateless {
        transient int cache = 5;
    }

    static class BelowStateless extends Stateless implements Serializable {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void read_serializableBelowOneThatIsNot_keepsItsState() throws Exception {
        Lossy lossy = new Lossy();
        lossy.inherited = 7;

        assertThat(copy(lossy).inherited).isEqualTo(7);
    }

    @Test
    void read_classWithAFormOfItsOwn_hasWhatThatSays() throws Exception {
        BelowOwnForm object = new BelowOwnForm();
        object.inherited = 7;

        BelowOwnForm copy = copy(object);

        assertThat(((OwnForm) copy).read).isEqualTo(8);
        assertThat(copy.inherited).isZero();
    }

    /** Nothing is lost, so the JDK's rules hold: the constructor above runs. */
    @Test
    void read_superclassWithoutState_goesTheOrdinaryWay() throws Exception {
        BelowStateless object = new BelowStateless();
        object.cache = 9;

        assertThat(copy(object).cache).isEqualTo(5);
    }

    static final class Partly {
        transient int left = 3;
        final int taken = 4;
    }

    @Test
    void read_transientField_staysBehind() throws Exception {
        Partly copy = copy(new Partly());

        assertThat(copy.left).isZero();
        assertThat(copy.taken).isEqualTo(4);
    }

    @SuppressWarnings("deprecation") // a class of the JDK with state of its own
    static final class Watched extends Observable {}

    @Test
    void write_superclassOfTheJdkWithState_isRefused() {
        assertThatExceptionOfType(UnsendableException.class)
                .isThrownBy(() -> bytes(new Watched()))
                .withMessageContaining("it extends java.util.Observable, whose state the JDK keeps to itself");
    }

    // ---- records ----------------------------------------------------------------------------------------------------

    record Checked(int low, int high) {
        Checked {
            if (low > high) {
                throw new IllegalArgumentException("low > high");
            }
        }
    }

    record Team(String name, List<Object> members) {}

    @Test
    void read_record_isMadeByItsConstructor() throws Exception {
        byte[] bytes = bytes(new Checked(1, 2));
        for (int i = 0; i < bytes.length - 7; i++) {
            if (Arrays.equals(bytes, i, i + 8, new byte[] {0, 0, 0, 1, 0, 0, 0, 2}, 0, 8)) {
                bytes[i] = 1; // low is now large
            }
        }

        assertThatExceptionOfType(InvalidObjectException.class)
                .isThrownBy(() -> CODEC.read(bytes))
                .havingCause()
                .withMessage("low > high");
    }

    @Test
    void read_recordThatHoldsItself_isRefused() throws Exception {
        Team team = new Team("t", new ArrayList<>());
        team.members.add(team);
        byte[] bytes = bytes(team);

        assertThatExceptionOfType(InvalidObjectException.class)
                .isThrownBy(() -> CODEC.read(bytes))
                .withMessageContaining("refers back to itself");
    }

    @Test
    void read_recordWithAListOfRecords_arrives() throws Exception {
        Team team = new Team("t", new ArrayList<>(List.of(new Team("u", List.of(1)))));

        assertThat(copy(team)).isEqualTo(team);
    }

    /** Keeps its content as collections of libraries do: in a transient field that its own form fills. */
    static final class Bag implements Serializable {
        private static final long serialVersionUID = 1L;
        private transient List<Object> items = new ArrayList<>();

        private void writeObject(ObjectOutputStream out) throws IOException {
            out.writeInt(items.size());
            for (Object item : items) {
                out.writeObject(item);
            }
        }

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            items = new ArrayList<>();
            for (int i = in.readInt(); i > 0; i--) {
                items.add(in.readObject());
            }
        }
    }

    record Bagged(Bag bag) {}

    static final class Typed implements Serializable {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings("serial") // it travels here all the same
        private Holding owner;
    }

    record Holding(Typed typed) {}

    private static void assertSelfReferenceIsRefused(Object value) throws Exception {
        byte[] bytes = bytes(value);

        assertThatExceptionOfType(InvalidObjectException.class)
                .isThrownBy(() -> CODEC.read(bytes))
                .withMessageContaining("refers back to itself");
    }

    @Test
    void read_objectThatMustBeCompleteFirst_isRefusedWhereverItIsMet() throws Exception {
        Bagged bagged = new Bagged(new Bag());
        bagged.bag.items.add(bagged);
        Typed typed = new Typed();
        typed.owner = new Holding(typed);
        List<Object> list = new ArrayList<>();
        Optional<Object> optional = Optional.of(list);
        list.add(optional);

        assertSelfReferenceIsRefused(bagged);
        assertSelfReferenceIsRefused(typed.owner);
        assertSelfReferenceIsRefused(optional);
    }

    @Test
    void read_recordMetAgainWhenItIsComplete_isTheSame() throws Exception {
        Bag bag = new Bag();
        Bagged bagged = new Bagged(new Bag());
        bag.items.add(bagged);
        bag.items.add(bagged);

        Bag copy = copy(bag);

        assertThat(copy.items.get(0)).isInstanceOf(Bagged.class).isSameAs(copy.items.get(1));
    }

    /** The set asks for the hash code while the object is being rebuilt. */
    static final class Member {
        private final Set<Member> colleagues = new HashSet<>();
        private final int id;

        Member(int id) {
            this.id = id;
        }

        @Override
        public int hashCode() {
            return id;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Member member && member.id == id;
        }
    }

    @Test
    void read_setThatHoldsItsOwner_findsIt() throws Exception {
        Member member = new Member(1);
        member.colleagues.add(member);
        member.colleagues.add(new Member(2));

        Member copy = copy(member);

        assertThat(copy.colleagues).hasSize(2);
        assertThat(copy.colleagues.contains(copy)).as("by its hash code").isTrue();
    }

    @Test
    void read_bridgeMethod_isNotTheMethodThatItLeadsTo() throws Exception {
        List<Method> methods = Arrays.stream(StringBuilder.class.getDeclaredMethods())
                .filter(method -> method.getName().equals("append")
                        && Arrays.equals(method.getParameterTypes(), new Class<?>[] {CharSequence.class}))
                .toList();

        assertThat(methods).hasSizeGreaterThan(1).anyMatch(Method::isBridge).anyMatch(method -> !method.isBridge());
        assertThat(copy(methods)).isEqualTo(methods);
    }

    @Test
    void read_manifest_ofAJarToo() throws Exception {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getEntries().put("section", new Attributes());
        Path file = Files.createTempFile("loky-manifest", ".jar");
        try {
            new JarOutputStream(Files.newOutputStream(file), manifest).close();
            try (JarFile jar = new JarFile(file.toFile())) {
                assertThat(copy(jar.getManifest())).isEqualTo(manifest);
            }
        } finally {
            Files.delete(file);
        }
    }

    // ---- depth ------------------------------------------------------------------------------------------------------

    static final class Node {
        Node next;
    }

    static Node chain(int length) {
        Node first = new Node();
        Node last = first;
        for (int i = 1; i < length; i++) {
            last.next = new Node();
            last = last.next;
        }
        return first;
    }

    /** Half of it was in the frame when the stack ended; nothing of that stays. */
    @Test
    void write_deepGraphBehindOtherBytes_leavesThoseAlone() throws Exception {
        FrameBuffer buffer = FrameBuffer.take();
        buffer.write(42);
        CODEC.write(chain(20_000), buffer);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        buffer.finish(FrameType.VALUE, 1).writeTo(out);
        byte[] frame = out.toByteArray();
        int payload = frame.length - 16;

        assertThat(frame[16]).isEqualTo((byte) 42);
        Node node = (Node) CODEC.read(Arrays.copyOfRange(frame, 17, 16 + payload));
        int length = 0;
        for (Node at = node; at != null; at = at.next) {
            length++;
        }
        assertThat(length).isEqualTo(20_000);
    }

    @Test
    void write_deepGraphToAnyStream_arrives() throws Exception {
        assertThat(CODEC.read(bytes(chain(20_000)))).isInstanceOf(Node.class);
    }

    /** The function and the argument are then in parts of the message of their own. */
    @Test
    void write_deepGraphsWhereACodecIsSet_arrive() throws Exception {
        Node deep = chain(20_000);
        SerializableFunction<Object, Boolean> function = argument -> argument != null && deep != null;
        ObjectCodec codec = CODEC.with(Dialect.of(OwnCodec.INSTANCE, Map.of()));
        FrameBuffer buffer = FrameBuffer.take();

        TaskCall.of(function, chain(20_000)).write(codec, buffer);

        ByteArrayOutputStream out = new ByteArrayOutputStream();
        buffer.finish(FrameType.TASK, 1).writeTo(out);
        byte[] frame = out.toByteArray();
        assertThat(TaskCall.read(
                                CODEC,
                                new DecodedDialects(),
                                Arrays.copyOfRange(frame, 16, frame.length),
                                0,
                                Sections.NONE)
                        .call()
                        .call())
                .isEqualTo(true);
    }

    static final class Bottomless implements Serializable {
        private static final long serialVersionUID = 1L;
        static int attempts;

        private void writeObject(ObjectOutputStream out) throws IOException {
            attempts++;
            out.writeInt(recurse(1));
        }

        @SuppressWarnings("InfiniteRecursion")
        private static int recurse(int x) {
            return recurse(x + 1) + 1;
        }
    }

    @Test
    void write_usersOwnEndlessRecursion_isNotTriedOnABigStack() {
        Bottomless.attempts = 0;

        assertThatExceptionOfType(StackOverflowError.class)
                .isThrownBy(() -> CODEC.write(new Bottomless(), FrameBuffer.take()));
        assertThat(Bottomless.attempts).isEqualTo(1);
    }

    // ---- lambdas ----------------------------------------------------------------------------------------------------

    @Test
    void read_sameLambdaAgainAndAgain_makesNoFurtherClass() throws Exception {
        int captured = 5;
        Supplier<Integer> lambda = () -> captured;
        byte[] bytes = bytes(lambda);
        for (int i = 0; i < 100; i++) {
            assertThat(CODEC.read(bytes)).isNotNull();
        }
        Class<?> type = CODEC.read(bytes).getClass();
        long before = ManagementFactory.getClassLoadingMXBean().getTotalLoadedClassCount();

        for (int i = 0; i < 20_000; i++) {
            Object copy = CODEC.read(bytes);
            if (copy.getClass() != type) {
                throw new AssertionError("another class: " + copy);
            }
        }

        assertThat(ManagementFactory.getClassLoadingMXBean().getTotalLoadedClassCount() - before)
                .as("classes loaded meanwhile, by whomever")
                .isLessThan(1_000);
    }

    @Test
    void read_lambdaWithOtherCaptures_isNotMixedUp() throws Exception {
        List<Callable<Integer>> lambdas = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int captured = i;
            lambdas.add(() -> captured);
        }

        List<Callable<Integer>> copies = copy(lambdas);

        for (int i = 0; i < 3; i++) {
            assertThat(copies.get(i).call()).isEqualTo(i);
        }
    }
}
