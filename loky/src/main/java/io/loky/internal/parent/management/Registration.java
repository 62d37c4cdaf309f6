/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.management;

import io.loky.ProcessPoolMXBean;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** That a pool is among the MBeans of this JVM. */
public final class Registration {
    private static final System.Logger LOG = System.getLogger("io.loky.pool");

    /** Two copies of the library in one JVM, of two applications in one server, number their pools alike. */
    private static final int MOST_NAMESAKES = 1_000;

    private final MBeanServer server;
    private final ObjectName name;

    private Registration(MBeanServer server, ObjectName name) {
        this.server = server;
        this.name = name;
    }

    /**
     * Registers a pool, with a number behind its name where that is taken.
     *
     * @throws JMException if it cannot be
     * @throws LinkageError if this Java has no management
     */
    public static Registration of(ProcessPoolMXBean pool, String label) throws JMException {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        for (int namesake = 1; ; namesake++) {
            ObjectName name = name(namesake == 1 ? label : label + "-" + namesake);
            try {
                server.registerMBean(pool, name);
                return new Registration(server, name);
            } catch (InstanceAlreadyExistsException e) {
                if (namesake == MOST_NAMESAKES) {
                    throw e;
                }
            }
        }
    }

    private static ObjectName name(String name) throws JMException {
        return new ObjectName("io.loky:type=ProcessPool,name=" + name);
    }

    /** Takes it back. */
    public void end() {
        try {
            server.unregisterMBean(name);
        } catch (JMException | RuntimeException e) { // somebody else has done it, or does not allow it
            LOG.log(Level.DEBUG, name + " could not be taken back", e);
        }
    }
}
