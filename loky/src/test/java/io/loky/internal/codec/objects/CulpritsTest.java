/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.objects;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.Loky;
import io.loky.SerializableCallable;
import io.loky.SerializableFunction;
import io.loky.internal.codec.objects.Culprits.Root;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The words about what cannot travel. */
class CulpritsTest {
    private static final String THREAD =
            " is a java.lang.Thread, which cannot leave this process: threads stay where they are";

    private final Thread owner = new Thread();

    private static final class Box {
        private final @Nullable Object content;

        Box(@Nullable Object content) {
            this.content = content;
        }

        @Override
        public String toString() {
            return "box of " + content;
        }
    }

    private static List<String> culprits(Object task) {
        return Culprits.of(type -> false, new Root("the task", task));
    }

    private static String nextLine() {
        StackTraceElement caller = new Throwable().getStackTrace()[1];
        return caller.getFileName() + ":" + (caller.getLineNumber() + 1);
    }

    @Test
    void object_thatCannotTravelItself_isNamedByItsRoot() {
        assertThat(culprits(owner)).containsExactly("the task" + THREAD);
    }

    @Test
    void object_thatCanTravel_hasNoCulprits() {
        assertThat(culprits(new Box(List.of(1, "two", new Box(null))))).isEmpty();
    }

    @Test
    void field_andFieldOfAField_areNamed() {
        assertThat(culprits(new Box(new Box(owner)))).containsExactly("the task.content.content" + THREAD);
    }

    @Test
    void capturedVariable_isNamedWithThePlaceOfTheLambda() {
        long before = 5; // takes two slots
        Box client = new Box(owner);
        String line = nextLine();
        Callable<Object> task = () -> before + String.valueOf(client);

        assertThat(culprits(task))
                .containsExactly("the lambda at " + line + " -> captured variable 'client'.content" + THREAD);
    }

    @Test
    void capturedVariable_ofASerializableLambda_isNamedToo() {
        Box client = new Box(owner);
        String line = nextLine();
        SerializableCallable<Object> task = () -> String.valueOf(client);

        assertThat(culprits(task))
                .containsExactly("the lambda at " + line + " -> captured variable 'client'.content" + THREAD);
    }

    @Test
    void capturedThis_isNamedWithItsClass() {
        String line = nextLine();
        Callable<Object> task = () -> owner.getName();

        assertThat(culprits(task))
                .containsExactly("the lambda at " + line + " -> captured 'this' (CulpritsTest).owner" + THREAD);
    }

    @Test
    void capturedThisAndVariable_areBothNamed() {
        Thread other = new Thread();
        String line = nextLine();
        Callable<Object> task = () -> owner.getName() + other.getName();

        assertThat(culprits(task))
                .containsExactly(
                        "the lambda at " + line + " -> captured variable 'other'" + THREAD,
                        "the lambda at " + line + " -> captured 'this' (CulpritsTest).owner" + THREAD);
    }

    @Test
    void lambdaWithinALambda_isNamedWithItsOwnPlace() {
        String innerLine = nextLine();
        Supplier<Object> inner = () -> owner.getName();
        String outerLine = nextLine();
        Callable<Object> outer = () -> inner.get();

        assertThat(culprits(outer))
                .containsExactly("the lambda at " + outerLine + " -> captured variable 'inner' -> the lambda at "
                        + innerLine + " -> captured 'this' (CulpritsTest).owner" + THREAD);
    }

    @Test
    void boundMethodReference_isNamedByTheMethod() {
        Callable<Object> task = owner::getName;

        assertThat(culprits(task))
                .containsExactly("the method reference Thread::getName in " + CulpritsTest.class.getName()
                        + " -> the object that it is bound to" + THREAD);
    }

    @Test
    void elementsAndEntries_areNamed() {
        Map<String, Object> settings = new HashMap<>();
        settings.put("sink", new ArrayList<>(List.of("first", owner)));
        SerializableFunction<Object, Object> function = argument -> argument;

        assertThat(Culprits.of(type -> false, new Root("the task", function), new Root("the argument", settings)))
                .containsExactly("the argument[sink][1]" + THREAD);
        assertThat(culprits(new Object[] {1, new Thread[] {owner}})).containsExactly("the task[1][0]" + THREAD);
        assertThat(culprits(Map.of(new Box(owner), 1))).containsExactly("the task.keys[0].content" + THREAD);
    }

    @Test
    void shortestWay_comesFirstAndIsTheOnlyOne() {
        Box near = new Box(owner);
        assertThat(culprits(List.of(new Box(new Box(near)), near))).containsExactly("the task[1].content" + THREAD);
    }

    @Test
    void many_areNamedUpToFive() {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            threads.add(new Thread());
        }

        assertThat(culprits(threads)).hasSize(Culprits.MOST).endsWith("the task[4]" + THREAD);
    }

    @Test
    void cycles_areWalkedOnce() {
        List<Object> cycle = new ArrayList<>();
        cycle.add(cycle);
        cycle.add(new Box(cycle));

        assertThat(culprits(cycle)).isEmpty();
    }

    /** The collection is the user's, and fails when it is looked into: the others are still found. */
    @Test
    void collection_thatFails_isPassedOver() {
        assertThat(culprits(new Object[] {new FailingMap(), owner})).containsExactly("the task[1]" + THREAD);
    }

    private static final class FailingMap extends HashMap<Object, Object> {
        private static final long serialVersionUID = 1L;

        @Override
        public java.util.Set<Map.Entry<Object, Object>> entrySet() {
            throw new IllegalStateException("planned");
        }
    }

    @Test
    void deepGraph_isDescribedByTheEndsOfTheWay() {
        Box chain = new Box(owner);
        for (int i = 1; i < 100_000; i++) {
            chain = new Box(chain);
        }

        assertThat(culprits(chain))
                .singleElement()
                .asString()
                .startsWith("the task.content.content.")
                .contains(".content ... (99977 steps) ... .content")
                .endsWith(".content" + THREAD)
                .hasSizeLessThan(500);
    }

    /** Two billion elements that take no room. */
    @Test
    void endlessCollections_areNotCopied() {
        List<Object> many = Collections.nCopies(2_000_000_000, "x");

        assertThat(culprits(List.of(many, Collections.unmodifiableList(many), owner)))
                .containsExactly("the task[2]" + THREAD);
    }

    @Test
    void collection_thatFailsWithAnError_isPassedOver() {
        assertThat(culprits(new Object[] {Collections.unmodifiableMap(new BottomlessMap()), owner}))
                .containsExactly("the task[1]" + THREAD);
    }

    private static final class BottomlessMap extends HashMap<Object, Object> {
        private static final long serialVersionUID = 1L;

        @Override
        public java.util.Set<Map.Entry<Object, Object>> entrySet() {
            throw new OutOfMemoryError("planned");
        }
    }

    @Test
    void objectsThatAreReplaced_areNotToBlame() {
        assertThat(Culprits.of(
                        type -> type == Thread.class, new Root("the task", List.of(owner, new ThreadLocal<Object>()))))
                .singleElement()
                .asString()
                .startsWith("the task[1] is a java.lang.ThreadLocal");
    }

    @Test
    void wrappedValue_isLookedInto() {
        assertThat(culprits(new Box(Loky.wrap(new Box(owner)))))
                .containsExactly("the task.content.get().content" + THREAD);
    }

    @Test
    void keysOfMaps_areNamedWhereThatIsShort() {
        Map<Object, Object> map = new HashMap<>();
        map.put("x".repeat(1000), owner);

        assertThat(culprits(map)).containsExactly("the task.values[0]" + THREAD);
    }
}
