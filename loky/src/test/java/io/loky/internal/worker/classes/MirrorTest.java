/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker.classes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.loky.internal.wire.ClassAnswer;
import io.loky.internal.wire.ClassAnswer.Item;
import io.loky.internal.wire.ClassAsk;
import io.loky.internal.wire.ClassAsk.Kind;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MirrorTest {
    private final List<ClassAsk> asked = new ArrayList<>();

    private ClassLoader mirror(ParentLine parent) {
        return new Mirrors(
                        question -> {
                            asked.add(question);
                            return parent.ask(question);
                        },
                        loader -> {})
                .loader(7);
    }

    private static ClassAnswer answer(Item... items) {
        return new ClassAnswer(null, List.of(items));
    }

    /** What could not be looked for is not said to be missing. */
    @Test
    void resources_refused_areNotMissing() throws Exception {
        ClassLoader mirror = mirror(question -> ClassAnswer.refused("the disk is broken"));

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> mirror.getResources("note.txt"))
                .withMessage("the resource note.txt: the disk is broken");
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> mirror.getResource("note.txt"))
                .withMessageContaining("the disk is broken");
        InputStream stream = mirror.getResourceAsStream("note.txt");
        assertThatExceptionOfType(IOException.class).isThrownBy(stream::read).withMessageContaining("broken");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(stream::readAllBytes)
                .withMessageContaining("broken");
    }

    @Test
    void url_whoseContentIsRefused_cannotBeRead() {
        ClassLoader mirror = mirror(question -> question.kind() == Kind.RESOURCE
                ? answer(new Item("memory:/note.txt", ClassAnswer.HERE, null, null))
                : ClassAnswer.refused("no memory"));

        URL url = mirror.getResource("note.txt");

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(url::openStream)
                .withMessage("the resource note.txt: no memory");
    }

    @Test
    void getResource_andGetResources_areTwoQuestions() throws Exception {
        ClassLoader mirror = mirror(question -> answer());

        assertThat(mirror.getResource("note.txt")).isNull();
        assertThat(mirror.getResources("note.txt").hasMoreElements()).isFalse();
        assertThat(mirror.getResourceAsStream("note.txt")).isNull();

        assertThat(asked).extracting(ClassAsk::kind).containsExactly(Kind.RESOURCE, Kind.RESOURCES, Kind.CONTENT);
    }

    /** A reference within the resource, or a name with such a sign in it, belongs to the URL. */
    @Test
    void url_withAReference_keepsItAndIsRead() throws Exception {
        URL url = ParentUrl.of("memory:/a?b#c", () -> new byte[] {7});

        assertThat(url).hasToString("memory:/a?b#c");
        try (InputStream in = url.openStream()) {
            assertThat(in.readAllBytes()).containsExactly(7);
        }
    }

    @Test
    void url_thatIsGone_isNotFound() {
        assertThatExceptionOfType(FileNotFoundException.class)
                .isThrownBy(() -> ParentUrl.of("memory:/a", () -> null).openStream());
    }

    /** The parent has given the loader that a class was found in another number: it is asked again. */
    @Test
    void classElsewhere_whoseLoaderIsForgotten_isAskedForAgain() {
        Mirrors mirrors = new Mirrors(
                question -> {
                    asked.add(question);
                    return question.loader() == 7
                            ? answer(new Item("app.Main", 8, null, null))
                            : ClassAnswer.refused("");
                },
                loader -> {});
        ClassLoader mirror = mirrors.loader(7);

        for (int i = 0; i < 2; i++) {
            assertThatExceptionOfType(ClassNotFoundException.class).isThrownBy(() -> mirror.loadClass("app.Main"));
        }
        assertThat(asked).extracting(ClassAsk::loader).containsExactly(7, 8, 8);
        mirrors.forget(8);
        assertThatExceptionOfType(ClassNotFoundException.class).isThrownBy(() -> mirror.loadClass("app.Main"));

        assertThat(asked).extracting(ClassAsk::loader).containsExactly(7, 8, 8, 7, 8);
    }
}
