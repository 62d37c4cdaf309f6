/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.classes;

import io.loky.internal.capsule.ClassLog;
import io.loky.internal.classfile.ConstantPool;
import io.loky.internal.codec.LoaderNumber;
import io.loky.internal.codec.SafeText;
import io.loky.internal.parent.thread.ServiceThreads;
import io.loky.internal.wire.ClassAnswer;
import io.loky.internal.wire.ClassAnswer.Item;
import io.loky.internal.wire.ClassAsk;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.ForgetLoader;
import io.loky.internal.wire.Frame;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

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

    /** Of the causes that are told. The user's may go round in circles. */
    private static final int MAX_CAUSES = 8;

    private final String label;
    private final Consumer<EncodedFrame> out;
    private final Runnable end;

    /** Where what is answered is noted; null if nowhere. */
    private final @Nullable ClassLog log;

    /** Whether it is answered from there instead: the program that has the classes is another one. */
    private final boolean fromLog;

    /** By the number of the loader: the names that the worker has the answer to. */
    private final Map<Integer, Set<String>> known = new ConcurrentHashMap<>();

    /**
     * @param label of the worker
     * @param out sends to the worker; may block
     * @param end ends the worker, since it would wait forever for an answer
     */
    public ClassDesk(String label, Consumer<EncodedFrame> out, Runnable end) {
        this(label, out, end, null, false);
    }

    /** See {@link ClassSupply}. */
    ClassDesk(String label, Consumer<EncodedFrame> out, Runnable end, @Nullable ClassLog log, boolean fromLog) {
        this.label = label;
        this.out = out;
        this.end = end;
        this.log = log;
        this.fromLog = fromLog;
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
        try {
            ClassAnswer answer;
            try {
                answer = answer(ClassAsk.decode(frame));
            } catch (Throwable e) { // whatever it is, a thread of the worker waits for the answer
                answer = ClassAnswer.refused("the parent could not look for it: " + SafeText.of(e));
            }
            out.accept(encode(answer, frame.taskId()));
        } catch (Throwable e) { // there is no memory even for these words
            end.run();
            LOG.log(Level.DEBUG, () -> label + " could not be answered; ending it: " + SafeText.of(e));
        }
    }

    private static EncodedFrame encode(ClassAnswer answer, long number) {
        try {
            return answer.encode(number);
        } catch (IOException | OutOfMemoryError e) {
            try {
                return ClassAnswer.refused("the parent could not send it: " + SafeText.of(e))
                        .encode(number);
            } catch (IOException impossible) {
                throw new AssertionError("a short text does not fit into a frame", impossible);
            }
        }
    }

    private ClassAnswer answer(ClassAsk ask) {
        if (log == null) {
            return answerHere(ask);
        }
        ClassAnswer answer = fromLog ? log.answer(ask) : answerHere(ask);
        log.note(ask, answer);
        return answer;
    }

    private ClassAnswer answerHere(ClassAsk ask) {
        ClassAnswer answer;
        try {
            ClassLoader loader = Loaders.byNumber(ask.loader());
            answer = switch (ask.kind()) {
                case CLASS -> classes(ask, loader);
                case RESOURCE -> new ClassAnswer(null, Resources.preferred(loader, ask.name()));
                case RESOURCES -> new ClassAnswer(null, Resources.places(loader, ask.name()));
                case CONTENT -> new ClassAnswer(null, Resources.content(loader, ask.name(), ask.url()));
            };
        } catch (ClassNotFoundException e) {
            String message = isPlain(e, ask.name()) ? "" : String.valueOf(e.getMessage());
            answer = ClassAnswer.refused(withReasons(message, e, ask.name()));
        } catch (Throwable e) { // the loader is the user's code
            answer = ClassAnswer.refused(
                    withReasons("its class loader in the parent failed: " + SafeText.of(e), e, ask.name()));
        }
        log(ask, answer);
        return answer;
    }

    /** Whether it says no more than that there is no such class. */
    private static boolean isPlain(Throwable e, String name) {
        return e instanceof ClassNotFoundException && (e.getMessage() == null || name.equals(e.getMessage()));
    }

    /** The causes, which stay in this JVM, in words. Loaders wrap what the loader above has said: that says nothing more. */
    private static String withReasons(String message, Throwable thrown, String name) {
        StringJoiner text = new StringJoiner("; ");
        text.setEmptyValue("");
        if (!message.isEmpty()) {
            text.add(message);
        }
        Throwable e = thrown;
        for (int depth = 0; e != null && depth < MAX_CAUSES; depth++) {
            if (depth > 0 && !isPlain(e, name)) {
                text.add("caused by " + SafeText.of(e));
            }
            for (Throwable suppressed : e.getSuppressed()) {
                if (!isPlain(suppressed, name)) {
                    text.add("also " + SafeText.of(suppressed));
                }
            }
            e = e.getCause();
        }
        return text.toString();
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
        ClassBytes files = new ClassBytes(loader);
        Item first = item(type, ask.loader(), loader, files);
        items.add(first);
        addAhead(first, ask.loader(), loader, files, has, items);
        return new ClassAnswer(null, items);
    }

    private static Item item(Class<?> type, int number, ClassLoader loader, ClassBytes files)
            throws ClassNotFoundException {
        int defining = Loaders.numberOf(type);
        // A loader may have had this number before that one.
        boolean here =
                defining == number || (defining >= LoaderNumber.FIRST_OF_OTHERS && type.getClassLoader() == loader);
        if (!here) {
            return new Item(type.getName(), defining, null, null);
        }
        byte[] bytes = files.of(type);
        Shell.sent(number, type, bytes);
        return new Item(type.getName(), ClassAnswer.HERE, Resources.source(type), bytes);
    }

    private static void addAhead(
            Item first, int number, ClassLoader loader, ClassBytes files, Set<String> has, List<Item> items) {
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
                    Item item = item(type, number, loader, files);
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
                    LOG.log(Level.TRACE, () -> name + " is not sent ahead: " + SafeText.of(e));
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

    /** No loader has this number any more. */
    void forget(int number) {
        known.remove(number);
        if (log != null && !fromLog) {
            log.forget(number);
        }
        ServiceThreads.execute(() -> out.accept(ForgetLoader.encode(number)));
    }
}
