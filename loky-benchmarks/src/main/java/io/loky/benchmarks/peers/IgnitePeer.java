/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks.peers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.apache.ignite.Ignite;

/** Ignite's {@code executorService()}: this JVM is a client node, the only server is another. */
final class IgnitePeer implements Peer {

    private final Member member;
    private final Ignite client;
    private final ExecutorService executor;

    private IgnitePeer(Member member, Ignite client) {
        this.member = member;
        this.client = client;
        this.executor = client.executorService(client.cluster().forServers());
    }

    static IgnitePeer start() throws IOException {
        Path directory = Path.of(System.getProperty("java.io.tmpdir")); // the private one of this JVM
        String cluster = UUID.randomUUID().toString();
        Member member = Member.start(IgniteNode.class, cluster, directory.toString());
        try {
            return new IgnitePeer(member, IgniteNode.start(cluster, true, member.port(), directory));
        } catch (IOException | RuntimeException e) {
            member.close();
            throw e;
        }
    }

    @Override
    public Future<?> nothing() {
        return executor.submit(new Nothing());
    }

    @Override
    public Future<byte[]> echo(byte[] bytes) {
        return executor.submit(new Echo(bytes));
    }

    @Override
    public void close() {
        client.close();
        member.close();
    }
}
