/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loky.SerializableCallable;
import io.loky.SerializableFunction;
import io.loky.SerializableRunnable;
import io.loky.SerializableSupplier;
import io.loky.internal.wire.Sections;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.StreamCorruptedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

@SuppressWarnings("serial") // the lambdas reach private members of this class: nobody untrusted is here
class TaskCallTest {
    private static final ObjectCodec CODEC = new ObjectCodec(ClassNames.of(TaskCallTest.class.getClassLoader()));

    /** What a runnable has done; one of its copies, too, since statics are not copied. */
    private static final List<String> DONE = new ArrayList<>();

    @Test
    void call_callable_givesItsResult() throws Exception {
        String captured = "captured";
        SerializableCallable<String> callable = () -> captured + "!";

        assertThat(copy(TaskCall.of((Callable<?>) callable)).call()).isEqualTo("captured!");
    }

    @Test
    void call_runnable_runsAndGivesNull() throws Exception {
        DONE.clear();
        SerializableRunnable runnable = () -> DONE.add("ran");

        assertThat(copy(TaskCall.of((Runnable) runnable)).call()).isNull();
        assertThat(DONE).containsExactly("ran");
    }

    @Test
    void call_supplier_givesItsResult() throws Exception {
        SerializableSupplier<Integer> supplier = () -> 42;

        assertThat(copy(TaskCall.of(supplier)).call()).isEqualTo(42);
    }

    @Test
    void call_function_givesItsResultForTheArgument() throws Exception {
        SerializableFunction<String, Integer> function = String::length;

        assertThat(copy(TaskCall.of(function, "four")).call()).isEqualTo(4);
    }

    @Test
    void call_functionOfNull_getsNull() throws Exception {
        SerializableFunction<Object, String> function = String::valueOf;

        assertThat(copy(TaskCall.of(function, null)).call()).isEqualTo("null");
    }

    @Test
    void call_functionAndArgumentShareAnObject_itStaysOneObject() throws Exception {
        List<String> shared = new ArrayList<>();
        SerializableFunction<List<String>, Boolean> function = argument -> {
            argument.add("through the argument");
            return shared == argument && shared.size() == 1;
        };

        assertThat(copy(TaskCall.of(function, shared)).call()).isEqualTo(true);
        assertThat(shared).as("the original").isEmpty();
    }

    @Test
    void call_eachKindThrowsAChecked_passesItUnchanged() throws Exception {
        SerializableCallable<String> callable = TaskCallTest::fail;
        SerializableRunnable runnable = TaskCallTest::fail;
        SerializableSupplier<String> supplier = TaskCallTest::fail;
        SerializableFunction<String, String> function = argument -> fail();

        for (TaskCall call : List.of(
                TaskCall.of((Callable<?>) callable),
                TaskCall.of((Runnable) runnable),
                TaskCall.of(supplier),
                TaskCall.of(function, "x"))) {
            TaskCall copy = copy(call);
            assertThatThrownBy(copy::call)
                    .isExactlyInstanceOf(FileNotFoundException.class)
                    .hasMessage("not there");
        }
    }

    @Test
    void functionClass_anyKind_isTheClassOfTheUsersObject() {
        SerializableSupplier<Integer> supplier = () -> 42;

        assertThat(TaskCall.of(supplier).functionClass()).isSameAs(supplier.getClass());
    }

    @Test
    void call_plainLambda_returnsItsValue() throws Exception {
        Callable<String> plain = () -> "plain";

        assertThat(copy(TaskCall.of(plain)).call()).isEqualTo("plain");
    }

    @Test
    void write_argumentThatCannotLeaveTheProcess_namesItAsTheCulprit() {
        SerializableFunction<Object, String> function = String::valueOf;

        assertThatExceptionOfType(NotSerializableException.class)
                .isThrownBy(() -> bytes(TaskCall.of(function, Thread.currentThread())))
                .withMessage("java.lang.Thread cannot leave this process: threads stay where they are");
    }

    @Test
    void read_bytesThatAreNoTask_isRefused() throws IOException {
        SerializableSupplier<Integer> supplier = () -> 42;
        byte[] bytes = bytes(TaskCall.of(supplier));
        for (byte kind : new byte[] {-1, 4, Byte.MAX_VALUE}) {
            bytes[0] = kind;
            assertThatExceptionOfType(StreamCorruptedException.class)
                    .isThrownBy(() -> TaskCall.read(CODEC, new DecodedDialects(), bytes, 0, Sections.NONE));
        }
        assertThatExceptionOfType(StreamCorruptedException.class)
                .isThrownBy(() -> TaskCall.read(CODEC, new DecodedDialects(), new byte[0], 0, Sections.NONE))
                .withMessage("a task without a known kind");
    }

    private static String fail() throws IOException {
        throw new FileNotFoundException("not there");
    }

    private static TaskCall copy(TaskCall call) throws Exception {
        return TaskCall.read(CODEC, new DecodedDialects(), bytes(call), 0, Sections.NONE)
                .call();
    }

    private static byte[] bytes(TaskCall call) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        call.write(CODEC, out);
        return out.toByteArray();
    }
}
