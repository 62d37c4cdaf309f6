/* SPDX-License-Identifier: Apache-2.0 */
import org.jspecify.annotations.NullMarked;

/**
 * Loky for Java: an {@link java.util.concurrent.ExecutorService} whose tasks run in separate worker JVMs on the same
 * machine. {@link io.loky} holds what programs use, {@link io.loky.spi} what extenders implement; nothing else is
 * exported.
 */
@NullMarked
module io.loky {
    requires static org.jspecify;
    requires static java.instrument;
    requires java.management;
    requires jdk.management;
    requires jdk.unsupported;

    uses io.loky.spi.ClassBytesProvider;

    exports io.loky;
    exports io.loky.spi;
}
