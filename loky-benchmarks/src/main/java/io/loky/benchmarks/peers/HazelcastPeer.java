/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks.peers;

import com.hazelcast.client.HazelcastClient;
import com.hazelcast.client.config.ClientConfig;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.IExecutorService;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.Future;

/** Hazelcast's {@code IExecutorService}: this JVM is the client, the only member is another. */
final class HazelcastPeer implements Peer {

    private final Member member;
    private final HazelcastInstance client;
    private final IExecutorService executor;

    private HazelcastPeer(Member member, HazelcastInstance client) {
        this.member = member;
        this.client = client;
        this.executor = client.getExecutorService(HazelcastMember.EXECUTOR);
    }

    static HazelcastPeer start() throws IOException {
        String cluster = "loky-benchmarks-" + UUID.randomUUID();
        Member member = Member.start(HazelcastMember.class, cluster);
        try {
            ClientConfig config = new ClientConfig().setClusterName(cluster);
            config.setProperty("hazelcast.logging.type", "none");
            config.getNetworkConfig().addAddress(HazelcastMember.LOOPBACK + ":" + member.port());
            return new HazelcastPeer(member, HazelcastClient.newHazelcastClient(config));
        } catch (RuntimeException e) {
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
        client.shutdown();
        member.close();
    }
}
