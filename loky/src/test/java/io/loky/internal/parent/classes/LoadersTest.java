/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.classes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.loky.internal.parent.classes.Versions.ChildFirst;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.ForgetLoader;
import io.loky.internal.wire.Frame;
import io.loky.internal.wire.FrameReader;
import io.loky.internal.wire.FrameType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LoadersTest {
    private final Set<Integer> forgotten = ConcurrentHashMap.newKeySet();

    /** In a field, which nobody optimizes away. */
    private @Nullable TaskClassNames task;

    private void sent(EncodedFrame encoded) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            encoded.writeTo(bytes);
            Frame frame = new FrameReader(new ByteArrayInputStream(bytes.toByteArray())).read();
            assertThat(frame.type()).isEqualTo(FrameType.FORGET);
            forgotten.add(ForgetLoader.decode(frame));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A worker drops the old mirror, but not before the last task that may speak of it is over. */
    @Test
    void renumbered_loader_isForgottenByItsOldNumberWhenNoTaskHasIt() throws Exception {
        ChildFirst loader = new ChildFirst(LoadersTest.class.getClassLoader(), Versions.ONE, null);
        ClassDesk desk = new ClassDesk("a worker", this::sent, () -> {});
        try {
            task = new TaskClassNames(loader.item());
            int old = task.root();

            Loaders.renumber(loader);

            int number = new TaskClassNames(loader.item()).root();
            assertThat(number).isGreaterThan(old);
            untilForgotten(anotherLoader()); // a full collection, and what comes of it
            assertThat(Loaders.byNumber(old)).isSameAs(loader);
            task = null;

            untilForgotten(old);
            assertThatExceptionOfType(ClassNotFoundException.class)
                    .isThrownBy(() -> Loaders.byNumber(old))
                    .withMessageContaining("class loader " + old + " of the parent is gone");
            assertThat(Loaders.byNumber(number)).isSameAs(loader);
            assertThat(forgotten).doesNotContain(number);
        } finally {
            desk.close();
        }
    }

    /** All numbers that it has had. */
    @Test
    void loader_thatIsGone_isForgottenByAllItsNumbers() throws Exception {
        ClassDesk desk = new ClassDesk("a worker", this::sent, () -> {});
        try {
            int number = anotherLoader();

            untilForgotten(number);

            assertThat(forgotten).contains(number, number - 1);
        } finally {
            desk.close();
        }
    }

    /** The second number of a loader that nobody keeps. */
    private static int anotherLoader() {
        ClassLoader loader = new ClassLoader() {};
        int unused = Loaders.leaseOf(loader)[0];
        Loaders.renumber(loader);
        return Loaders.leaseOf(loader)[0];
    }

    private void untilForgotten(int number) throws InterruptedException {
        while (!forgotten.contains(number)) {
            System.gc();
            Thread.sleep(5);
        }
    }
}
