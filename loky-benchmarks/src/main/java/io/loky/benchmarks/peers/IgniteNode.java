/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks.peers;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.apache.ignite.Ignite;
import org.apache.ignite.Ignition;
import org.apache.ignite.configuration.DataRegionConfiguration;
import org.apache.ignite.configuration.DataStorageConfiguration;
import org.apache.ignite.configuration.IgniteConfiguration;
import org.apache.ignite.failure.NoOpFailureHandler;
import org.apache.ignite.logger.NullLogger;
import org.apache.ignite.spi.communication.tcp.TcpCommunicationSpi;
import org.apache.ignite.spi.discovery.tcp.TcpDiscoverySpi;
import org.apache.ignite.spi.discovery.tcp.ipfinder.vm.TcpDiscoveryVmIpFinder;

/** An Ignite cluster of one server that only its own client knows: {@code IgniteNode CLUSTER DIRECTORY}. */
final class IgniteNode {

    private static final String LOOPBACK = "127.0.0.1";
    private static final int PORTS = 100;
    private static final long REGION_BYTES = 64L << 20;

    private IgniteNode() {}

    @SuppressWarnings("SystemOut") // the port is the result
    public static void main(String[] args) throws IOException {
        PrintStream out = System.out;
        System.setOut(System.err);
        int port = freePort();
        start(args[0], false, port, Path.of(args[1]));
        Member.serve(out, port);
    }

    /**
     * Starts a node in this JVM: on the loopback interface alone, with nothing that looks for others or calls home.
     *
     * @param port where the server's discovery listens; a client takes another
     */
    static Ignite start(String cluster, boolean client, int port, Path directory) throws IOException {
        quiet();
        TcpDiscoverySpi discovery = new TcpDiscoverySpi();
        discovery.setIpFinder(new TcpDiscoveryVmIpFinder().setAddresses(List.of(LOOPBACK + ":" + port)));
        discovery.setLocalAddress(LOOPBACK);
        discovery.setLocalPort(client ? freePort() : port);
        discovery.setLocalPortRange(client ? PORTS : 0);
        TcpCommunicationSpi communication = new TcpCommunicationSpi();
        communication.setLocalAddress(LOOPBACK);
        communication.setLocalPort(freePort());
        communication.setLocalPortRange(PORTS);
        DataRegionConfiguration region =
                new DataRegionConfiguration().setInitialSize(REGION_BYTES).setMaxSize(REGION_BYTES);
        IgniteConfiguration configuration = new IgniteConfiguration()
                .setIgniteInstanceName(cluster + (client ? "-client" : "-server"))
                .setClientMode(client)
                .setLocalHost(LOOPBACK)
                .setIgniteHome(directory.toString())
                .setWorkDirectory(directory.toString())
                .setGridLogger(new NullLogger())
                .setMetricsLogFrequency(0)
                .setPublicThreadPoolSize(1)
                .setPeerClassLoadingEnabled(false)
                .setFailureHandler(new NoOpFailureHandler())
                .setDiscoverySpi(discovery)
                .setCommunicationSpi(communication)
                .setDataStorageConfiguration(new DataStorageConfiguration().setDefaultDataRegionConfiguration(region))
                .setConnectorConfiguration(null)
                .setClientConnectorConfiguration(null);
        return Ignition.start(configuration);
    }

    private static void quiet() {
        System.setProperty("IGNITE_UPDATE_NOTIFIER", "false");
        System.setProperty("IGNITE_PERFORMANCE_SUGGESTIONS_DISABLED", "true");
        System.setProperty("IGNITE_NO_ASCII", "true");
        System.setProperty("IGNITE_QUIET", "true");
        System.setProperty("IGNITE_NO_SHUTDOWN_HOOK", "true");
        System.setProperty("java.net.preferIPv4Stack", "true");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
