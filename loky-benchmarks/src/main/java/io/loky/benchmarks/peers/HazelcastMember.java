/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks.peers;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import java.io.IOException;
import java.io.PrintStream;

/** A Hazelcast cluster of one member that nobody else can join: {@code HazelcastMember CLUSTER}. */
final class HazelcastMember {

    static final String EXECUTOR = "benchmark";
    static final String LOOPBACK = "127.0.0.1";

    private HazelcastMember() {}

    @SuppressWarnings("SystemOut") // the port is the result
    public static void main(String[] args) throws IOException {
        PrintStream out = System.out;
        System.setOut(System.err);
        HazelcastInstance member = Hazelcast.newHazelcastInstance(config(args[0]));
        Member.serve(out, member.getCluster().getLocalMember().getAddress().getPort());
    }

    /** On the loopback interface alone, with nothing that looks for others or calls home. */
    private static Config config(String cluster) {
        Config config = new Config().setClusterName(cluster);
        config.setProperty("hazelcast.logging.type", "none");
        config.setProperty("hazelcast.phone.home.enabled", "false");
        config.setProperty("hazelcast.socket.bind.any", "false");
        config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface(LOOPBACK);
        JoinConfig join = config.getNetworkConfig().getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(false);
        config.getExecutorConfig(EXECUTOR).setPoolSize(1);
        return config;
    }
}
