/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.capsule;

import io.loky.internal.wire.ClassAnswer;
import io.loky.internal.wire.ClassAnswer.Item;
import io.loky.internal.wire.ClassAsk;
import io.loky.internal.wire.EncodedFrame;
import io.loky.internal.wire.Frame;
import io.loky.internal.wire.FrameType;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What workers have asked about classes that are not on their class path, and what they were told. With it a worker
 * can be answered where the program that has these classes is gone. Thread-safe.
 *
 * <p>Loaders have the same numbers for all workers of a program, so one log serves a whole pool: it also has the classes that
 * a worker was given for an earlier task.
 */
public final class ClassLog {
    private static final long MAX_BYTES = 64L << 20;

    /** What an entry takes beside its bytes, more or less. */
    private static final int ENTRY = 200;

    /** Guarded by this. */
    private final Map<ClassAsk, ClassAnswer> answers = new LinkedHashMap<>();

    /** Guarded by this. */
    private long bytes;

    /** Whether something was left out. Guarded by this. */
    private boolean full;

    /** Notes what was answered, unless that is a refusal, or there is no more room. */
    public void note(ClassAsk ask, ClassAnswer answer) {
        if (answer.refusal() != null) {
            return;
        }
        if (ask.kind() != ClassAsk.Kind.CLASS) {
            put(ask, answer);
            return;
        }
        for (Item item : answer.items()) { // those that were sent ahead will not be asked for
            put(
                    new ClassAsk(ClassAsk.Kind.CLASS, ask.loader(), item.name(), null),
                    new ClassAnswer(null, List.of(item)));
        }
    }

    private synchronized void put(ClassAsk ask, ClassAnswer answer) {
        long size = sizeOf(answer);
        if (answers.containsKey(ask)) {
            return;
        }
        if (bytes + size > MAX_BYTES) {
            full = true;
            return;
        }
        answers.put(ask, answer);
        bytes += size;
    }

    private static long sizeOf(ClassAnswer answer) {
        long size = ENTRY;
        for (Item item : answer.items()) {
            byte[] content = item.bytes();
            size += ENTRY + (content == null ? 0 : content.length);
        }
        return size;
    }

    /** The loader with this number is gone. */
    public synchronized void forget(int loader) {
        answers.entrySet().removeIf(entry -> {
            boolean gone = entry.getKey().loader() == loader;
            bytes -= gone ? sizeOf(entry.getValue()) : 0;
            return gone;
        });
    }

    public synchronized int size() {
        return answers.size();
    }

    /** What was answered to this question then; a refusal that says why if that is not known. */
    public synchronized ClassAnswer answer(ClassAsk ask) {
        ClassAnswer answer = answers.get(ask);
        return answer != null
                ? answer
                : ClassAnswer.refused("it is not in the capsule, since no worker "
                        + (full
                                ? "had asked for it, or there was no room for it beside " + bytes + " bytes of others"
                                : "had asked for it"));
    }

    // ---- as bytes -------------------------------------------------------------------------------------------------

    synchronized void writeTo(DataOutputStream out) throws IOException {
        out.writeBoolean(full);
        out.writeInt(answers.size());
        for (Map.Entry<ClassAsk, ClassAnswer> entry : answers.entrySet()) {
            write(entry.getKey().encode(0), out);
            write(entry.getValue().encode(0), out);
        }
    }

    private static void write(EncodedFrame frame, DataOutputStream out) throws IOException {
        byte[] payload = frame.toFrame().payload();
        out.writeInt(payload.length);
        out.write(payload);
    }

    static ClassLog readFrom(DataInputStream in) throws IOException {
        ClassLog log = new ClassLog();
        boolean full = in.readBoolean();
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            ClassAsk ask = ClassAsk.decode(read(FrameType.CLASS_ASK, in));
            log.put(ask, ClassAnswer.decode(read(FrameType.CLASS_ANSWER, in)));
        }
        synchronized (log) {
            log.full = full;
        }
        return log;
    }

    private static Frame read(FrameType type, DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) { // before anything is allocated
            throw new EOFException("its classes end too early");
        }
        return new Frame(type, 0, in.readNBytes(length), 0);
    }
}
