/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.ProcessPoolExecutor;
import io.loky.ResultSerializationException;
import io.loky.TaskFuture;
import io.loky.TaskSerializationException;
import io.loky.systemtests.Kinds.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Objects of all kinds go to a worker and come back as they were, or are refused with the reason; as the document says. */
class ObjectsTest {
    private static final Path DOCUMENT = Path.of("../docs/objects.md");
    private static final String BEGIN = "<!-- The table is checked by ObjectsTest. -->\n";
    private static final String END = "<!-- end of the table -->";

    @RegisterExtension
    static final Pools POOLS = new Pools();

    private static ProcessPoolExecutor pool;

    @BeforeAll
    static void warmUp() throws Exception {
        pool = POOLS.warm(1);
    }

    static List<Kind<?>> sent() throws Exception {
        return Kinds.all().stream().filter(kind -> kind.look() != null).toList();
    }

    static List<Kind<?>> refused() throws Exception {
        return Kinds.all().stream().filter(kind -> kind.look() == null).toList();
    }

    /** The worker sees in the argument what is seen here, and so does who gets it back. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("sent")
    <T> void echo_anyKind_isWhatItWas(Kind<T> kind) throws Exception {
        T value = kind.value();
        Function<T, Object> look = kind.look();

        TaskFuture<Object> seen = pool.submitWith(argument -> look.apply(argument), value);
        TaskFuture<T> echo = pool.submitWith(argument -> argument, value);
        T copy = Await.result(echo);

        Object inTheWorker = Await.result(seen);
        Object expected = look.apply(kind.value());
        assertThat(look.apply(copy)).as("result").isEqualTo(expected);
        assertThat(inTheWorker).as("argument").isEqualTo(expected);
    }

    /** What belongs to its process is refused with the reason, as what a task captures and as its result. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void submit_kindThatBelongsToItsProcess_isRefused(Kind<?> kind) throws Exception {
        Object value = kind.value();
        Callable<Boolean> task = () -> value == null;

        assertThat(Pools.failure(pool.submit(task)))
                .isExactlyInstanceOf(TaskSerializationException.class)
                .hasMessageContaining(value.getClass().getName())
                .hasMessageContaining(reason(kind));
    }

    @Test
    void result_thatBelongsToTheWorker_isRefused() throws Exception {
        Callable<List<Object>> task = () -> List.of(List.of(1).iterator());

        assertThat(Pools.failure(pool.submit(task)))
                .isExactlyInstanceOf(ResultSerializationException.class)
                .hasMessageContaining("send what it iterates over");
    }

    /** The reason why a kind is refused, from the exception's own words. */
    private static String reason(Kind<?> kind) throws Exception {
        Object value = kind.value();
        String message = Pools.failure(pool.submitWith(argument -> true, value)).getMessage();
        return message.replaceAll(
                "(?s).*cannot leave this process: (.*?)(; let the task create it.*|; or pass the lambda.*)", "$1");
    }

    /** The table in the document has all kinds, and says of each what is true. */
    @Test
    void document_table_isTheTruth() throws Exception {
        StringBuilder table = new StringBuilder("| Kind | Sent? |\n| --- | --- |\n");
        for (Kind<?> kind : sent()) {
            table.append("| ").append(kind.name()).append(" | yes |\n");
        }
        for (Kind<?> kind : refused()) {
            table.append("| ")
                    .append(kind.name())
                    .append(" | no: ")
                    .append(reason(kind))
                    .append(" |\n");
        }
        String document = Files.readString(DOCUMENT);

        String inTheDocument = document.contains(BEGIN)
                ? document.substring(document.indexOf(BEGIN) + BEGIN.length(), document.indexOf(END))
                : "";

        assertThat(inTheDocument).as("docs/objects.md has to say:%n%s", table).isEqualTo(table.toString());
        assertThat(Kinds.all().stream().map(Kind::name).collect(Collectors.toSet()))
                .as("names are told apart")
                .hasSameSizeAs(Kinds.all());
    }
}
