/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.broadcast;

import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.codec.SafeText;
import io.loky.internal.codec.SharedValue;
import io.loky.internal.codec.broadcast.Handles;
import io.loky.internal.codec.broadcast.OwnBroadcast;
import io.loky.internal.codec.broadcast.Ticket;
import io.loky.internal.codec.broadcast.Uplink;
import io.loky.internal.parent.classes.TaskClassNames;
import io.loky.internal.parent.thread.ServiceThreads;
import io.loky.internal.process.ProcessIdentity;
import io.loky.internal.wire.BroadcastAnswer;
import io.loky.internal.wire.BroadcastAsk;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.ForgetBroadcast;
import io.loky.internal.wire.Frame;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Answers one worker's questions about broadcasts. Never on the thread that reads the worker's answers: to write a large one takes
 * as long as the worker takes to read it.
 *
 * <p>Where this JVM is a worker itself, and the broadcast one from above, it gets the value first, and publishes it anew: the
 * numbers of class loaders in the bytes mean something else below.
 */
public final class BroadcastDesk {
    private static final System.Logger LOG = System.getLogger("io.loky.broadcast");

    /** One broadcast from above at a time, and each once. */
    private static final Object ADOPTING = new Object();

    private final String label;
    private final Consumer<EncodedFrame> aside;
    private final Consumer<EncodedFrame> inOrder;
    private final Runnable end;
    private volatile boolean closed;
    private final Set<UUID> asked = ConcurrentHashMap.newKeySet();

    /**
     * @param label of the worker
     * @param aside sends to the worker; may block
     * @param inOrder sends to the worker before whatever task is sent later; does not block
     * @param end ends the worker, since it would wait forever for an answer
     */
    public BroadcastDesk(String label, Consumer<EncodedFrame> aside, Consumer<EncodedFrame> inOrder, Runnable end) {
        this.label = label;
        this.aside = aside;
        this.inOrder = inOrder;
        this.end = end;
    }

    /** The worker is gone. */
    public void close() {
        closed = true;
        for (UUID id : asked) {
            Publication publication = Published.find(id);
            if (publication != null) {
                publication.left(this);
            }
        }
    }

    /** Answers a question, later. */
    public void asked(Frame frame) {
        ServiceThreads.execute(() -> answer(frame));
    }

    private void answer(Frame frame) {
        try {
            BroadcastAnswer answer;
            try {
                answer = answer(BroadcastAsk.decode(frame));
            } catch (Throwable e) { // whatever it is, a thread of the worker waits for the answer
                answer = BroadcastAnswer.refused("the parent could not send the value: " + SafeText.of(e));
            }
            aside.accept(answer.encode(frame.taskId()));
        } catch (Throwable e) { // there is no memory even for these words
            end.run();
            LOG.log(Level.DEBUG, () -> label + " could not be answered; ending it: " + SafeText.of(e));
        }
    }

    private BroadcastAnswer answer(BroadcastAsk ask) throws IOException {
        Publication publication = find(ask);
        asked.add(ask.id());
        BroadcastAnswer answer = publication == null ? null : publication.answer(ask.offset(), ask.file(), this);
        if (publication != null
                && closed) { // looked at after it was entered: either the end has seen it, or this the end
            publication.left(this);
        }
        if (answer == null) {
            return BroadcastAnswer.refused(unknown(ask));
        }
        byte[] bytes = answer.bytes();
        LOG.log(
                Level.DEBUG,
                () -> label + " asked for " + publication + ": "
                        + (bytes == null ? "told the file" : "sent " + bytes.length + " bytes from " + ask.offset()));
        return answer;
    }

    private static String unknown(BroadcastAsk ask) {
        String self = ProcessIdentity.self().toString();
        return ask.maker().equals(self) || Handles.uplink() != null
                ? OwnBroadcast.over("it")
                : "it was made by process " + ask.maker().replaceFirst("-.*", "")
                        + ", and its handle has come to a worker of"
                        + " process " + ProcessHandle.current().pid()
                        + "; only workers of the former have it: send the value itself";
    }

    private static @Nullable Publication find(BroadcastAsk ask) {
        Publication known = Published.find(ask.id());
        Uplink parent = Handles.uplink();
        if (known != null
                || parent == null
                || ask.maker().equals(ProcessIdentity.self().toString())) {
            return known;
        }
        synchronized (ADOPTING) {
            known = Published.find(ask.id());
            return known != null ? known : adopt(ask, parent);
        }
    }

    private static @Nullable Publication adopt(BroadcastAsk ask, Uplink parent) {
        SharedValue.Read read = parent.value(new Ticket(ask.id(), ask.maker(), "a task's pool above"));
        Object value = read.value();
        TaskClassNames names = new TaskClassNames(value == null ? Object.class : value.getClass());
        try {
            SharedValue again = SharedValue.of(value, names.root(), new ObjectCodec(names, read.dialect(), null));
            Publication adopted = Published.add(ask.id(), again, names);
            if (!parent.has(ask.id())) { // over meanwhile: nobody else would end it
                Published.end(ask.id());
                return null;
            }
            return adopted;
        } catch (IOException e) {
            throw new IllegalStateException("its value cannot be sent on: " + SafeText.of(e), e);
        }
    }

    /** It is over. What is submitted from now on does not find it in the worker. */
    void forget(UUID id) {
        asked.remove(id);
        inOrder.accept(ForgetBroadcast.encode(id));
    }
}
