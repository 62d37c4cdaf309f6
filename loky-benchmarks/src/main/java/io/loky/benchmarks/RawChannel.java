/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The parent's side of a raw child, in the least shape that a process pool can have: the caller writes its own frame and
 * waits on a future, which a reader thread completes. Three wake-ups a round trip: child, reader, caller. One
 * caller at a time.
 */
final class RawChannel implements AutoCloseable {

    private final RawProcess child;
    private final byte[] outgoing;
    private final byte[] incoming;
    private final Map<Long, CompletableFuture<Long>> pending = new ConcurrentHashMap<>();
    private final CompletableFuture<Long> end = new CompletableFuture<>();
    private long lastId;

    private RawChannel(RawProcess child, int frameBytes) {
        this.child = child;
        this.outgoing = new byte[frameBytes];
        this.incoming = new byte[frameBytes];
    }

    /** A child that answers each frame with itself. */
    static RawChannel echoing(int frameBytes) throws IOException {
        return start(RawProcess.start("echo", Integer.toString(frameBytes)), frameBytes);
    }

    /** A child that keeps a core busy, and does so now. */
    static RawChannel spinning() throws IOException {
        RawProcess child = RawProcess.start("spin");
        try {
            child.read(new byte[1]);
        } catch (IOException e) {
            child.close();
            throw e;
        }
        return start(child, Long.BYTES);
    }

    private static RawChannel start(RawProcess child, int frameBytes) {
        RawChannel channel = new RawChannel(child, frameBytes);
        Thread reader = new Thread(
                channel::readReplies, "raw-channel-reader-" + child.handle().pid());
        reader.setDaemon(true);
        reader.start();
        return channel;
    }

    /** Writes one frame; the future is completed with its id when the echo is back. */
    CompletableFuture<Long> submit() throws IOException {
        long id = ++lastId;
        CompletableFuture<Long> reply = new CompletableFuture<>();
        pending.put(id, reply);
        ByteBuffer.wrap(outgoing).putLong(id);
        child.write(outgoing);
        return reply;
    }

    /** Fails at the end of the channel, as the future of a task does whose worker has died. */
    CompletableFuture<Long> end() {
        return end;
    }

    ProcessHandle handle() {
        return child.handle();
    }

    private void readReplies() {
        try {
            while (true) {
                child.read(incoming);
                long id = ByteBuffer.wrap(incoming).getLong();
                CompletableFuture<Long> reply = pending.remove(id);
                if (reply == null) {
                    throw new IOException("the raw child answered frame " + id + ", which nobody sent");
                }
                reply.complete(id);
            }
        } catch (IOException e) {
            end.completeExceptionally(e);
            pending.values().forEach(reply -> reply.completeExceptionally(e));
        }
    }

    @Override
    public void close() {
        child.close();
    }
}
