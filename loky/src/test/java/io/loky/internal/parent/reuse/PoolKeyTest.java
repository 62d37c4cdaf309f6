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

    /** Who asks with the same object each time does not pay for its bytes. */
    @Test
    void sameObject_isNotEncoded() {
        Counting object = new Counting("x");

        assertThat(sent(object)).isEqualTo(sent(object)).isEqualTo(sent(new Counting("x")));
        assertThat(object.written).isZero();

        assertThat(sent(object)).isNotEqualTo(sent(new Counting("y")));
        assertThat(object.written).isEqualTo(1);
    }

    /** What the user's own equals takes for the same is the same, also where the bytes differ: until both are in the map. */
    private static final class Counting implements Serializable {
        private static final long serialVersionUID = 1L;
        private final String name;
        private transient int written;

        Counting(String name) {
            this.name = name;
        }

        private void writeObject(ObjectOutputStream out) throws IOException {
            written++;
            out.defaultWriteObject();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Counting that && name.equals(that.name);
        }

        @Override
        public int hashCode() {
            return name.hashCode();
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
