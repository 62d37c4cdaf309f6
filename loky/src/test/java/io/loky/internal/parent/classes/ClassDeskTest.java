/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.classes;

import static org.assertj.core.api.Assertions.assertThat;

import io.loky.internal.wire.ClassAnswer;
import io.loky.internal.wire.ClassAsk;
import io.loky.internal.wire.ClassAsk.Kind;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.Frame;
import io.loky.internal.wire.FrameReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.util.Enumeration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each question gets an answer, and that says what went wrong. */
@Timeout(60)
class ClassDeskTest {
    /** Is code of the user's. */
    private static final class ThrowsItself extends RuntimeException {
        private static final long serialVersionUID = 1;

        @Override
        @SuppressWarnings("OverrideThrowableToString") // as a user may
        public String toString() {
            throw this;
        }
    }

    private static Frame frame(EncodedFrame encoded) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        encoded.writeTo(bytes);
        return new FrameReader(new ByteArrayInputStream(bytes.toByteArray())).read();
    }

    private static ClassAnswer ask(ClassLoader loader, Kind kind, String name, @Nullable String url) throws Exception {
        CompletableFuture<EncodedFrame> answer = new CompletableFuture<>();
        ClassDesk desk = new ClassDesk("a worker", answer::complete, () -> answer.completeExceptionally(new Error()));
        try {
            desk.asked(frame(new ClassAsk(kind, Loaders.leaseOf(loader)[0], name, url).encode(1)));
            return ClassAnswer.decode(frame(answer.get(30, TimeUnit.SECONDS)));
        } finally {
            desk.close();
        }
    }

    @Test
    void classThatIsMissing_isRefusedInNoWords() throws Exception {
        ClassLoader loader = new ClassLoader() {
            @Override
            protected Class<?> findClass(String name) throws ClassNotFoundException {
                throw new ClassNotFoundException(name, new ClassNotFoundException(name));
            }
        };

        assertThat(ask(loader, Kind.CLASS, "app.None", null).refusal()).isEmpty();
    }

    @Test
    void classThatIsMissingForAReason_isRefusedWithIt() throws Exception {
        ClassLoader loader = new ClassLoader() {
            @Override
            protected Class<?> findClass(String name) throws ClassNotFoundException {
                IOException cause = new IOException("the server is down");
                cause.addSuppressed(new IOException("and the other one"));
                throw new ClassNotFoundException(name, new ClassNotFoundException(name, cause));
            }
        };

        assertThat(ask(loader, Kind.CLASS, "app.None", null).refusal())
                .isEqualTo(
                        "caused by java.io.IOException: the server is down; also java.io.IOException: and the other one");
    }

    @Test
    void loaderThatFails_withAnExceptionThatFails_isAnswered() throws Exception {
        ClassLoader loader = new ClassLoader() {
            @Override
            protected Class<?> findClass(String name) {
                throw new ThrowsItself();
            }
        };

        assertThat(ask(loader, Kind.CLASS, "app.None", null).refusal())
                .contains("its class loader in the parent failed")
                .contains(ThrowsItself.class.getName());
    }

    /** A circle of causes ends. */
    @Test
    void loaderThatFails_withCausesInACircle_isAnswered() throws Exception {
        ClassLoader loader = new ClassLoader() {
            @Override
            protected Class<?> findClass(String name) {
                RuntimeException one = new IllegalStateException("one");
                throw new IllegalStateException("two", one.initCause(new IllegalStateException("three", one)));
            }
        };

        assertThat(ask(loader, Kind.CLASS, "app.None", null).refusal()).contains("one", "two", "three");
    }

    @Test
    void resources_thatCannotBeListed_areRefusedWithTheReason() throws Exception {
        ClassLoader loader = new ClassLoader() {
            @Override
            protected Enumeration<URL> findResources(String name) throws IOException {
                throw new IOException("the disk is broken");
            }
        };

        assertThat(ask(loader, Kind.RESOURCES, "note.txt", null).refusal()).contains("the disk is broken");
    }

    /** It is not among all resources, since the loader does not tell of it there. */
    @Test
    void resource_ofALoaderThatFindsSingleOnesOnly_isFound() throws Exception {
        URL place = ClassDeskTest.class.getResource("ClassDeskTest.class");
        ClassLoader loader = new ClassLoader() {
            @Override
            protected URL findResource(String name) {
                return name.equals("note.txt") ? place : null;
            }
        };

        assertThat(ask(loader, Kind.RESOURCES, "note.txt", null).items()).isEmpty();
        assertThat(ask(loader, Kind.RESOURCE, "note.txt", null).items())
                .singleElement()
                .satisfies(item -> assertThat(item.name()).isEqualTo(place.toExternalForm()));
        assertThat(ask(loader, Kind.RESOURCE, "other.txt", null).items()).isEmpty();
        assertThat(ask(loader, Kind.CONTENT, "note.txt", place.toExternalForm()).items())
                .singleElement()
                .satisfies(item -> assertThat(item.bytes()).isNotEmpty());
        assertThat(ask(loader, Kind.CONTENT, "note.txt", "file:/none").items()).isEmpty();
    }

    /** As from one that can be opened only by its maker. */
    @Test
    void resource_ofAnUnknownProtocol_isRead() throws Exception {
        ClassLoader loader = new ClassLoader() {
            @Override
            public URL getResource(String name) {
                try {
                    return new URL(null, "memory:/" + name, new java.net.URLStreamHandler() {
                        @Override
                        protected java.net.URLConnection openConnection(URL url) {
                            return new java.net.URLConnection(url) {
                                @Override
                                public void connect() {}

                                @Override
                                public java.io.InputStream getInputStream() {
                                    return new ByteArrayInputStream(new byte[] {7});
                                }
                            };
                        }
                    });
                } catch (MalformedURLException e) {
                    throw new IllegalStateException(e);
                }
            }
        };

        assertThat(ask(loader, Kind.CONTENT, "a#b", "memory:/a#b").items())
                .singleElement()
                .satisfies(item -> assertThat(item.bytes()).containsExactly(7));
    }

    /** Nothing can be said: then the worker must not wait for ever. */
    @Test
    void answerThatCannotBeSent_endsTheWorker() throws Exception {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        ClassDesk desk = new ClassDesk(
                "a worker",
                frame -> {
                    throw new OutOfMemoryError("as if");
                },
                () -> ended.complete(null));
        try {
            desk.asked(frame(new ClassAsk(Kind.RESOURCES, 0, "note.txt", null).encode(1)));

            ended.get(30, TimeUnit.SECONDS);
        } finally {
            desk.close();
        }
    }
}
