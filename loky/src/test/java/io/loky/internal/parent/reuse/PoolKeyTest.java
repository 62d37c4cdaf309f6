/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.reuse;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.SerializableRunnable;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What makes two pools the same. */
class PoolKeyTest {
    private static SerializableRunnable lambda(Object captured) {
        return () -> System.setProperty("x", captured.toString());
    }

    private static SerializableRunnable sameTextElsewhere(Object captured) {
        return () -> System.setProperty("x", captured.toString());
    }

    private static PoolKey kind(Map<String, Object> options) {
        return PoolKey.of(options, Map.of());
    }

    private static PoolKey sent(Object value) {
        return PoolKey.of(Map.of(), Map.of("initializer", value));
    }

    private static PoolKey ready(PoolKey key) {
        key.makeReady();
        return key;
    }

    @Test
    void key_ofEqualOptions_isEqual() {
        PoolKey key = kind(Map.of("environment", Map.of("A", "1"), "jvmArgs", List.of("-ea")));

        assertThat(key)
                .isEqualTo(kind(Map.of("jvmArgs", List.of("-ea"), "environment", Map.of("A", "1"))))
                .hasSameHashCodeAs(kind(Map.of("jvmArgs", List.of("-ea"), "environment", Map.of("A", "1"))))
                .isNotEqualTo(kind(Map.of("jvmArgs", List.of("-ea"), "environment", Map.of("A", "2"))))
                .isNotEqualTo(kind(Map.of("jvmArgs", List.of("-ea"))));
    }

    /** A lambda is an object that equals no other. What it does is the same, if it is the same code with the same values. */
    @Test
    void lambda_evaluatedAgain_isTheSameIfItCapturesTheSame() {
        assertThat(lambda("a")).isNotEqualTo(lambda("a"));

        assertThat(sent(lambda("a")))
                .isEqualTo(sent(lambda("a")))
                .hasSameHashCodeAs(sent(lambda("a")))
                .isNotEqualTo(sent(lambda("b")))
                .isNotEqualTo(sent(sameTextElsewhere("a")));
        assertThat(sent(lambda(new ArrayList<>(List.of(1, 2)))))
                .isEqualTo(sent(lambda(new ArrayList<>(List.of(1, 2)))));
    }

    /** The same before and after it has been put into a map, which needs it as bytes. */
    @Test
    void lambda_ready_isComparedWithOnesThatAreNot() {
        assertThat(ready(sent(lambda("a")))).isEqualTo(sent(lambda("a"))).isNotEqualTo(sent(lambda("b")));
        assertThat(ready(sent(lambda("a")))).isEqualTo(ready(sent(lambda("a")))).isNotEqualTo(ready(sent(lambda("b"))));
    }

    /** What it is now is what workers would get. */
    @Test
    void object_changedSince_isAnotherKey() {
        List<String> captured = new ArrayList<>(List.of("a"));
        SerializableRunnable initializer = lambda(captured);
        PoolKey before = ready(sent(initializer));
        assertThat(sent(initializer)).isEqualTo(before);

        captured.add("b");

        assertThat(sent(initializer)).isNotEqualTo(before);
        assertThat(before).isNotEqualTo(sent(initializer));
        captured.remove("b");
        assertThat(sent(initializer)).isEqualTo(before);
    }

    /** Also if the user's own equals says that they are the same: it may look at less than workers get. */
    @Test
    void object_equalToAnotherThatIsSentOtherwise_isAnotherKey() {
        assertThat(new Named("x", 1)).isEqualTo(new Named("x", 2));

        assertThat(sent(new Named("x", 1))).isEqualTo(sent(new Named("x", 1))).isNotEqualTo(sent(new Named("x", 2)));
        assertThat(sent(Map.of(String.class, new Named("x", 1))))
                .as("as reducers are")
                .isEqualTo(sent(Map.of(String.class, new Named("x", 1))))
                .isNotEqualTo(sent(Map.of(String.class, new Named("x", 2))));
    }

    private static final class Named implements Serializable {
        private static final long serialVersionUID = 1L;
        private final String name;

        @SuppressWarnings("unused") // by serialization
        private final int number;

        Named(String name, int number) {
            this.name = name;
            this.number = number;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Named that && name.equals(that.name);
        }

        @Override
        public int hashCode() {
            return name.hashCode();
        }
    }

    /** However often it is compared, the user's code runs once. */
    @Test
    void object_comparedOften_isEncodedOnce() {
        Counting object = new Counting();
        PoolKey key = sent(object);

        assertThat(key).isNotEqualTo(sent("x")).isNotEqualTo(sent("y"));
        key.makeReady();

        assertThat(object.written).isEqualTo(1);
    }

    private static final class Counting implements Serializable {
        private static final long serialVersionUID = 1L;
        private transient int written;

        private void writeObject(ObjectOutputStream out) throws IOException {
            written++;
            out.defaultWriteObject();
        }
    }

    /** What cannot be sent still has an identity; that it cannot be sent is said where it is. */
    @Test
    void object_thatCannotBeSent_isComparedByEquals() {
        Unsendable one = new Unsendable();

        assertThat(ready(sent(one))).isEqualTo(ready(sent(one))).isNotEqualTo(ready(sent(new Unsendable())));
        assertThat(ready(sent(one))).isNotEqualTo(ready(sent("x")));
        assertThat(ready(sent("x"))).isNotEqualTo(ready(sent(one)));
    }

    private static final class Unsendable implements Serializable {
        private static final long serialVersionUID = 1L;

        private void writeObject(ObjectOutputStream out) throws IOException {
            throw new NotSerializableException("planned");
        }
    }

    /** Workers take the class path over when they start: who has changed it wants other workers. */
    @Test
    void classPath_changed_isAnotherKey() {
        String property = "java.class.path";
        String before = System.getProperty(property);
        PoolKey key = kind(Map.of());
        try {
            System.setProperty(property, before + ":/elsewhere.jar");
            assertThat(kind(Map.of())).isNotEqualTo(key);
        } finally {
            System.setProperty(property, before);
        }
        assertThat(kind(Map.of())).isEqualTo(key);
    }

    /** Names only: values are often secrets. */
    @Test
    void differences_areTheNamesOfWhatDiffers() {
        PoolKey one = PoolKey.of(Map.of("environment", Map.of("A", "1"), "jvmArgs", List.of()), Map.of("codec", "x"));
        PoolKey two = PoolKey.of(Map.of("environment", Map.of("A", "2"), "maxHeap", "1g"), Map.of("codec", "x"));

        assertThat(one.differences(two)).containsExactly("environment", "jvmArgs", "maxHeap");
        assertThat(two.differences(one)).containsExactly("environment", "jvmArgs", "maxHeap");
        assertThat(one.differences(one)).isEmpty();
        assertThat(one).hasToString("PoolKey[codec, environment, jvmArgs]");
    }
}
