/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ArgumentSketchTest {
    private static String text(Object argument) {
        return ArgumentSketch.text(ArgumentSketch.of(argument));
    }

    @Test
    void text_shortValues_isWhatTheyAre() {
        assertThat(text(null)).isEqualTo("null");
        assertThat(text("foo.jar")).isEqualTo("\"foo.jar\"");
        assertThat(text(42)).isEqualTo("42");
        assertThat(text(2.5)).isEqualTo("2.5");
        assertThat(text(true)).isEqualTo("true");
        assertThat(text(TimeUnit.DAYS)).isEqualTo("DAYS");
        assertThat(text(LocalDate.of(2020, 2, 29))).isEqualTo("2020-02-29");
        assertThat(text(Path.of("a", "b"))).isEqualTo(Path.of("a", "b").toString());
        assertThat(text(new File("x"))).isEqualTo("x");
    }

    @Test
    void text_largeValues_isTypeAndSize() {
        assertThat(text("x".repeat(121))).isEqualTo("a String of 121 characters");
        assertThat(text(new byte[1 << 20])).isEqualTo("byte[1048576]");
        assertThat(text(new String[2][3])).isEqualTo("java.lang.String[][2]");
        assertThat(text(new ArrayList<>(List.of(1, 2)))).isEqualTo("a List of 2");
        assertThat(text(List.of(1))).isEqualTo("a List of 1");
        assertThat(text(Set.of(1, 2, 3))).isEqualTo("a Set of 3");
        assertThat(text(Map.of(1, 2))).isEqualTo("a Map of 1");
        assertThat(text(Path.of("x".repeat(200)))).hasSize(123).endsWith("...");
    }

    /** No method of theirs is called, not even through a collection of the JDK. */
    @Test
    void text_objectsOfTheUser_isTheirType() {
        assertThat(text(new Touchy())).isEqualTo("a " + Touchy.class.getName());
        assertThat(text(Collections.unmodifiableList(new TouchyList())))
                .isEqualTo("a java.util.Collections$UnmodifiableRandomAccessList");
        assertThat(text(new TouchyList())).isEqualTo("a " + TouchyList.class.getName());
    }

    private static final class Touchy {
        @Override
        public String toString() {
            throw new AssertionError("called");
        }
    }

    private static final class TouchyList extends ArrayList<Object> {
        private static final long serialVersionUID = 1L;

        @Override
        public int size() {
            throw new AssertionError("called");
        }
    }
}
