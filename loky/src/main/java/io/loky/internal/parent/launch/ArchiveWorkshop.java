/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.launch;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Has start-up archives made that workers of this JVM would have liked to have, one at a time and each once. Only while there are
 * workers: who closes his last pool, or whose workers have left for want of work, is rid of all processes, and so is the next one
 * that counts them. Thread-safe.
 */
final class ArchiveWorkshop {
    static final ArchiveWorkshop OF_THIS_JVM = new ArchiveWorkshop();

    private int workers;
    private @Nullable ArchiveMaker current;

    /** The keys of those that need not be made any more. */
    private final Set<String> done = new HashSet<>();

    ArchiveWorkshop() {}

    /** The time that one worker is there. */
    final class Stay {
        private boolean here;
        private boolean over;

        private Stay() {}

        /** Its process is being started. Nothing happens if it has left before: it was given up. */
        void enter() {
            synchronized (ArchiveWorkshop.this) {
                if (!here && !over) {
                    here = true;
                    workers++;
                }
            }
        }

        /** It serves, and this is what it was started from: another one with a better start may be of use. */
        void serves(StartUpArchive archive) {
            synchronized (ArchiveWorkshop.this) {
                StartUpArchive.Wanted wanted = archive.wanted();
                if (here && wanted != null) {
                    make(wanted);
                }
            }
        }

        /** Its process has ended. Waits for the end of what is being made, if this was the last one. May be called again. */
        void leave() {
            ArchiveMaker last;
            synchronized (ArchiveWorkshop.this) {
                over = true;
                if (!here) {
                    return;
                }
                here = false;
                workers--;
                last = workers == 0 ? current : null;
            }
            if (last != null) {
                last.stop();
                last.await();
            }
        }
    }

    Stay stay() {
        return new Stay();
    }

    /** Whether one is being made, or will be after a pause. */
    synchronized boolean isMaking() {
        return current != null;
    }

    private synchronized void make(StartUpArchive.Wanted wanted) {
        if (current == null && !done.contains(wanted.key())) {
            ArchiveMaker maker = new ArchiveMaker(wanted, this::ended);
            current = maker;
            if (!maker.begin()) {
                current = null;
            }
        }
    }

    /** @param isDone whether it need not be made any more */
    private synchronized void ended(ArchiveMaker maker, boolean isDone) {
        if (isDone) {
            done.add(maker.key());
        }
        current = null;
    }
}
