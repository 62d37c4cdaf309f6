/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.loky.SerializableFunction;
import io.loky.SerializableSupplier;
import io.loky.internal.wire.Sections;
import io.loky.spi.Reducer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.NotSerializableException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("serial") // the reducers get at what is not public: it is all in here
class ReductionsTest {
    private static final ClassNames NAMES = ClassNames.of(ReductionsTest.class.getClassLoader());
    private static final AtomicInteger REBUILT = new AtomicInteger();
    private static final AtomicInteger REDUCED = new AtomicInteger();

    interface Named {
        String name();
    }

    /** Not Serializable, as handles are. */
    static class Handle implements Named {
        final String name;

        Handle(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }
    }

    static class SpecialHandle extends Handle {
        SpecialHandle(String name) {
            super(name);
        }
    }

    static final class VerySpecialHandle extends SpecialHandle {
        VerySpecialHandle(String name) {
            super(name);
        }
    }

    /** Has others. */
    static final class Owner {
        final List<Object> things = new ArrayList<>();
    }

    private static final Reducer<Handle> HANDLE = handle -> {
        REDUCED.incrementAndGet();
        String name = handle.name;
        return () -> {
            REBUILT.incrementAndGet();
            return new Handle(name + "'");
        };
    };

    private static final Reducer<Owner> OWNER = owner -> {
        List<Object> things = new ArrayList<>(owner.things);
        return () -> {
            Owner rebuilt = new Owner();
            rebuilt.things.addAll(things);
            return rebuilt;
        };
    };

    @BeforeEach
    void countFromZero() {
        REBUILT.set(0);
        REDUCED.set(0);
    }

    private static Object copy(Object value, Map<Class<?>, Reducer<?>> reducers) throws Exception {
        ObjectCodec codec = new ObjectCodec(NAMES, Dialect.of(null, reducers), null);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        codec.write(value, out);
        return new ObjectCodec(NAMES).read(out.toByteArray()); // the reader needs no reducers
    }

    @Test
    void object_withAReducer_isRebuiltByIt() throws Exception {
        Handle copy = (Handle) copy(new Handle("a"), Map.of(Handle.class, HANDLE));

        assertThat(copy.name).isEqualTo("a'");
        assertThat(REBUILT).hasValue(1);
    }

    @Test
    void object_metTwice_isReducedAndRebuiltOnce() throws Exception {
        Handle handle = new Handle("a");

        List<?> copy =
                (List<?>) copy(new ArrayList<>(List.of(handle, List.of(handle), handle)), Map.of(Handle.class, HANDLE));

        assertThat(copy.get(0)).isSameAs(copy.get(2)).isSameAs(((List<?>) copy.get(1)).get(0));
        assertThat(REBUILT).hasValue(1);
        assertThat(REDUCED).hasValue(1);
    }

    @Test
    void twoObjects_equalOrNot_stayTwo() throws Exception {
        List<?> copy = (List<?>)
                copy(new ArrayList<>(List.of(new Handle("a"), new Handle("a"))), Map.of(Handle.class, HANDLE));

        assertThat(copy.get(0)).isNotSameAs(copy.get(1));
    }

    @Test
    void reducers_severalThatFit_theMostSpecificWins() throws Exception {
        Reducer<SpecialHandle> special = handle -> () -> new SpecialHandle("special");
        Map<Class<?>, Reducer<?>> reducers = new LinkedHashMap<>();
        reducers.put(Named.class, (Reducer<Named> & Serializable) named -> () -> new Handle("named"));
        reducers.put(SpecialHandle.class, special);
        reducers.put(Handle.class, HANDLE);

        assertThat(((Handle) copy(new VerySpecialHandle("x"), reducers)).name).isEqualTo("special");
        assertThat(((Handle) copy(new SpecialHandle("x"), reducers)).name).isEqualTo("special");
        assertThat(((Handle) copy(new Handle("x"), reducers)).name).isEqualTo("x'");
    }

    @Test
    void reducers_ofUnrelatedInterfaces_theFirstWins() throws Exception {
        record Both(int number) implements Named, Comparable<Both> {
            @Override
            public String name() {
                return "both";
            }

            @Override
            public int compareTo(Both other) {
                return Integer.compare(number, other.number);
            }
        }
        Reducer<Object> first = value -> () -> "first";
        Reducer<Object> second = value -> () -> "second";
        Map<Class<?>, Reducer<?>> reducers = new LinkedHashMap<>();
        reducers.put(Comparable.class, first);
        reducers.put(Named.class, second);

        assertThat(copy(new Both(1), reducers)).isEqualTo("first");
    }

    /** Values that travel without an object stream, too. */
    @Test
    void bareValue_withAReducer_isReduced() throws Exception {
        Reducer<Integer> negative = number -> new Constant(-number);

        assertThat(copy(7, Map.of(Integer.class, negative))).isEqualTo(-7);
        assertThat(copy(7L, Map.of(Integer.class, negative))).isEqualTo(7L);
        assertThat(copy(null, Map.of(Integer.class, negative))).isNull();
    }

    private record Constant(int number) implements SerializableSupplier<Integer> {
        @Override
        public Integer get() {
            return number;
        }
    }

    /** Every lambda on the wire holds texts. */
    @Test
    void text_underAReducerOfItsInterfaces_staysAsItIs() throws Exception {
        Reducer<Object> broken = text -> null;

        assertThat(copy("abc", Map.of(CharSequence.class, broken))).isEqualTo("abc");
        assertThat(copy(new ArrayList<>(List.of("abc")), Map.of(Comparable.class, broken)))
                .isEqualTo(List.of("abc"));
    }

    @Test
    void recipe_withOtherReducedObjects_rebuildsThemFirst() throws Exception {
        Owner owner = new Owner();
        Handle handle = new Handle("a");
        owner.things.add(handle);

        List<?> copy = (List<?>)
                copy(new ArrayList<>(List.of(owner, handle)), Map.of(Handle.class, HANDLE, Owner.class, OWNER));

        assertThat(((Owner) copy.get(0)).things).hasSize(1);
        assertThat(((Owner) copy.get(0)).things.get(0)).isSameAs(copy.get(1));
        assertThat(REBUILT).hasValue(1);
    }

    @Test
    void recipe_thatRefersToItsObject_isRefused() {
        Owner owner = new Owner();
        owner.things.add(List.of(owner));

        assertThatExceptionOfType(InvalidObjectException.class)
                .isThrownBy(() -> copy(owner, Map.of(Owner.class, OWNER)))
                .withMessageContaining(Owner.class.getName())
                .withMessageContaining("refers to that object itself");
    }

    @Test
    void recipe_thatRefersToItsObjectThroughAnother_isRefused() {
        Owner first = new Owner();
        Owner second = new Owner();
        first.things.add(second);
        second.things.add(new ArrayList<>(List.of(first)));

        assertThatExceptionOfType(InvalidObjectException.class)
                .isThrownBy(() -> copy(
                        new ArrayList<>(List.of(new Handle("x"), first)),
                        Map.of(Owner.class, OWNER, Handle.class, HANDLE)))
                .withMessageContaining("refers to that object itself");
    }

    /** The inner one of two has the cycle: the outer recipe is fine by itself. */
    @Test
    void recipe_ofAnInnerObjectThatRefersToItself_isRefused() {
        Owner outer = new Owner();
        Owner inner = new Owner();
        outer.things.add(inner);
        inner.things.add(List.of(inner));

        assertThatExceptionOfType(InvalidObjectException.class)
                .isThrownBy(() -> copy(outer, Map.of(Owner.class, OWNER)))
                .withMessageContaining("refers to that object itself");
    }

    @Test
    void reducer_returnsNull_isRefused() {
        assertThatIOException()
                .isThrownBy(() -> copy(new Handle("a"), Map.of(Handle.class, (Reducer<Handle>) handle -> null)))
                .withMessageContaining("returned null for a " + Handle.class.getName());
    }

    @Test
    void reducer_throws_isTheReason() {
        Reducer<Handle> broken = handle -> {
            throw new IOException("closed handle");
        };

        assertThatIOException()
                .isThrownBy(() -> copy(new Handle("a"), Map.of(Handle.class, broken)))
                .withMessage("closed handle");
    }

    @Test
    void recipe_returnsNullOrThrows_namesTheType() {
        Reducer<Handle> nothing = handle -> () -> null;
        Reducer<Handle> broken = handle -> () -> {
            throw new Exception("no server");
        };

        assertThatIOException()
                .isThrownBy(() -> copy(new Handle("a"), Map.of(Handle.class, nothing)))
                .withMessageContaining("returned null in place of a " + Handle.class.getName());
        assertThatIOException()
                .isThrownBy(() -> copy(new Handle("a"), Map.of(Handle.class, broken)))
                .withMessageContaining("could not rebuild a " + Handle.class.getName())
                .withMessageContaining("no server");
    }

    @Test
    void recipe_notSerializable_isRefused() {
        Reducer<Handle> captures = handle -> () -> new Handle(handle.name);

        // the handle itself, which is reduced again and so would need itself
        assertThatIOException()
                .isThrownBy(() -> copy(new Handle("a"), Map.of(Handle.class, captures)))
                .withMessageContaining("refers to that object itself");
        Object thread = Thread.currentThread();
        Reducer<Owner> other = owner -> {
            Object captured = owner.things.get(0);
            return () -> captured.hashCode() == 0 ? null : new Owner();
        };
        Owner owner = new Owner();
        owner.things.add(thread);
        assertThatExceptionOfType(NotSerializableException.class)
                .isThrownBy(() -> copy(owner, Map.of(Owner.class, other)))
                .withMessageContaining("Thread");
    }

    static final class FailedException extends Exception {
        private static final long serialVersionUID = 1L;

        final Object handle = new Handle("a");
    }

    @Test
    void throwable_thatHoldsOne_comesWithIt() throws Exception {
        ObjectCodec codec = new ObjectCodec(NAMES, Dialect.of(null, Map.of(Handle.class, HANDLE)), null);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new ThrowableCodec(codec).write(new FailedException(), "nothing", out);

        Throwable copy = new ThrowableCodec(new ObjectCodec(NAMES)).read(out.toByteArray());

        assertThat(((Handle) ((FailedException) copy).handle).name).isEqualTo("a'");
    }

    /** They travel to the worker at the head of the task, and its answers are made with them. */
    @Test
    void task_withReducers_bringsThemAlong() throws Exception {
        ObjectCodec parent = new ObjectCodec(NAMES, Dialect.of(null, Map.of(Handle.class, HANDLE)), null);
        SerializableFunction<Handle, Handle> function = handle -> handle;
        ByteArrayOutputStream task = new ByteArrayOutputStream();
        TaskCall.of(function, new Handle("a")).write(parent, task);

        TaskCall.Received received =
                TaskCall.read(new ObjectCodec(NAMES), new DecodedDialects(), task.toByteArray(), 0, Sections.NONE);
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        received.codec().write(received.call().call(), answer);

        assertThat(((Handle) parent.read(answer.toByteArray())).name).isEqualTo("a''");
    }
}
