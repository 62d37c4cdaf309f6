/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.objects;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.InvalidObjectException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SelfReferencesTest {
    private record Left() implements StandIn {}

    @SuppressWarnings("UnusedVariable") // it is looked at by reflection
    private static final class Bag {
        private final transient List<Object> items;

        Bag(Object item) {
            items = List.of(item);
        }
    }

    private static final class OwnList extends ArrayList<Object> {
        private static final long serialVersionUID = 1L;
    }

    private static void assertFound(Object graph) {
        assertThatExceptionOfType(InvalidObjectException.class)
                .isThrownBy(() -> SelfReferences.check(graph))
                .withMessageContaining("refers back to itself");
    }

    @Test
    void check_standInAnywhere_isFound() {
        OwnList own = new OwnList();
        own.add(new Left());

        assertFound(new Left());
        assertFound(List.of(1, Optional.of(new Left())));
        assertFound(new HashMap<>(Map.of(new Left(), 1)));
        assertFound(new Object[] {own});
    }

    /** What a class has read by its own readObject is mostly in transient fields. */
    @Test
    void check_standInInATransientField_isFound() {
        assertFound(new Bag(new Left()));
    }

    @Test
    void check_hugeListOfOneElement_takesNoRoom() {
        List<Object> graph = List.of(Optional.of(List.of(1)), Collections.nCopies(2_000_000_000, "x"));

        assertThatCode(() -> SelfReferences.check(graph)).doesNotThrowAnyException();
        assertThatCode(() -> SelfReferences.check(null)).doesNotThrowAnyException();
    }
}
