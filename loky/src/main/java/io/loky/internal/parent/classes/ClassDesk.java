/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.classes;

import io.loky.internal.classfile.ConstantPool;
import io.loky.internal.codec.LoaderNumber;
import io.loky.internal.parent.thread.ServiceThreads;
import io.loky.internal.wire.ClassAnswer;
import io.loky.internal.wire.ClassAnswer.Item;
import io.loky.internal.wire.ClassAsk;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.ForgetLoaders;
import io.loky.internal.wire.Frame;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Answers one worker's questions about classes and resources.
 *
 * <p>Never on the thread that reads the worker's answers: class loaders are the user's code and may wait for anything, also
 * for the result of a task of this very worker.
 *
 * <p>With a class go those that it refers to and that the worker does not have yet, breadth first, up to
 * {@value #AHEAD_BYTES} bytes: a round trip costs more than a class. For those of other loaders just the loader's number is
 * sent, which saves the question. This may load classes here that this program has not needed so far; it initializes none.
 */
public final class ClassDesk {
    private static final System.Logger LOG = System.getLogger("io.loky.classes");

    private static final int AHEAD_BYTES = 64 * 1024;

    /** Of the classes that one answer looks at, however small they are. */
    private static final int AHEAD_COUNT = 400;

    private final String label;
    private final Consumer<EncodedFrame> out;

    /** By the number of the loader: the names that the worker has the answer to. */
    private final Map<Integer, Set<String>> known = new ConcurrentHashMap<>();

    /**
     * @param label of the worker
     * @param out sends to the worker; may block
     */
    public ClassDesk(String label, Consumer<EncodedFrame> out) {
        this.label = label;
        this.out = out;
        Loaders.add(this);
    }

    /** The worker is gone. */
    public void close() {
        Loaders.remove(this);
    }

    /** Answers a question, later. */
    public void asked(Frame frame) {
        ServiceThreads.execute(() -> answer(frame));
    }

    private void answer(Frame frame) {
        ClassAnswer answer;
        try {
            answer = answer(ClassAsk.decode(frame));
        } catch (Throwable e) { // whatever it is, a thread of the worker waits for the answer
            answer = ClassAnswer.refused("the parent could not look for it: " + e);
        }
        out.accept(encode(answer, frame.taskId()));
    }

    private static EncodedFrame encode(ClassAnswer answer, long number) {
        try {
            return answer.encode(number);
        } catch (IOException | OutOfMemoryError e) {
            try {
                return ClassAnswer.refused("the parent could not send it: " + e).encode(number);
            } catch (IOException impossible) {
                throw new AssertionError("a short text does not fit into a frame", impossible);
            }
        }
    }

    private ClassAnswer answer(ClassAsk ask) {
        ClassAnswer answer;
        try {
            ClassLoader loader = Loaders.byNumber(ask.loader());
            answer = switch (ask.kind()) {
                case CLASS -> classes(ask, loader);
                case RESOURCES -> new ClassAnswer(null, Resources.places(loader, ask.name()));
                case CONTENT -> new ClassAnswer(null, Resources.content(loader, ask.name(), ask.url()));
            };
        } catch (ClassNotFoundException e) {
            String message = e.getMessage();
            answer = ClassAnswer.refused(message == null || message.equals(ask.name()) ? "" : message);
        } catch (Throwable e) { // the loader is the user's code
            answer = ClassAnswer.refused("its class loader in the parent failed: " + e);
        }
        log(ask, answer);
        return answer;
    }

    private void log(ClassAsk ask, ClassAnswer answer) {
        LOG.log(Level.DEBUG, () -> {
            int bytes = 0;
            for (Item item : answer.items()) {
                byte[] content = item.bytes();
                bytes += content == null ? 0 : content.length;
            }
            return label + " asked loader " + ask.loader() + " for " + ask.kind() + " " + ask.name() + ": "
                    + (answer.refusal() == null
                            ? answer.items().size() + " entries, " + bytes + " bytes"
                            : "refused " + answer.refusal());
        });
    }

    // ---- classes ----------------------------------------------------------------------------------------------------

    private ClassAnswer classes(ClassAsk ask, ClassLoader loader) throws ClassNotFoundException {
        Class<?> type = Class.forName(ask.name(), false, loader);
        List<Item> items = new ArrayList<>();
        Set<String> has = known.computeIfAbsent(ask.loader(), number -> ConcurrentHashMap.newKeySet());
        has.add(ask.name());
        Item first = item(type, ask.loader(), loader);
        items.add(first);
        addAhead(first, ask.loader(), loader, has, items);
        return new ClassAnswer(null, items);
    }

    private static Item item(Class<?> type, int number, ClassLoader loader) throws ClassNotFoundException {
        int defining = Loaders.numberOf(type);
        // A loader may have had this number before that one.
        boolean here =
                defining == number || (defining >= LoaderNumber.FIRST_OF_OTHERS && type.getClassLoader() == loader);
        if (!here) {
            return new Item(type.getName(), defining, null, null);
        }
        byte[] bytes = ClassBytes.of(type, loader);
        Shell.sent(number, type, bytes);
        return new Item(type.getName(), ClassAnswer.HERE, Resources.source(type), bytes);
    }

    private static void addAhead(Item first, int number, ClassLoader loader, Set<String> has, List<Item> items) {
        Deque<Item> open = new ArrayDeque<>();
        open.add(first);
        int bytes = 0;
        int looks = 0;
        for (Item from = open.poll(); from != null; from = open.poll()) {
            for (String name : references(from)) {
                if (name.startsWith("java.") || has.contains(name)) {
                    continue;
                }
                if (bytes > AHEAD_BYTES || ++looks > AHEAD_COUNT) {
                    return;
                }
                try {
                    Class<?> type = Class.forName(name, false, loader);
                    Item item = item(type, number, loader);
                    if (item.loader() == LoaderNumber.PLATFORM || !has.add(name)) {
                        continue; // the worker asks nobody for these; or another answer has it
                    }
                    items.add(item);
                    byte[] content = item.bytes();
                    if (content != null) {
                        bytes += content.length;
                        open.add(item);
                    }
                } catch (Throwable e) {
                    // Not there, or not to be had: an optional dependency, perhaps. Whoever needs it will ask, and hear
                    // it.
                    LOG.log(Level.TRACE, () -> name + " is not sent ahead: " + e);
                }
            }
        }
    }

    private static Set<String> references(Item item) {
        byte[] bytes = item.bytes();
        if (bytes == null) {
            return Set.of();
        }
        try {
            return ConstantPool.of(bytes).classNames();
        } catch (IOException e) { // a newer format, perhaps: then nothing goes ahead
            return Set.of();
        }
    }

    // ---- the end of loaders -----------------------------------------------------------------------------------------

    /** The loader with this number is gone. */
    void forget(int number) {
        known.remove(number);
        ServiceThreads.execute(() -> out.accept(ForgetLoaders.encode(number)));
    }
}
