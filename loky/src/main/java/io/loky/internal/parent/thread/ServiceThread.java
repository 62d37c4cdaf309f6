/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.thread;

import java.security.AccessController;
import java.security.PrivilegedAction;

/** Makes the library's threads, all in the same way. */
public final class ServiceThread {
    private ServiceThread() {}

    /**
     * A daemon that owes nothing to the thread which happened to make it: neither its priority, nor its context loader,
     * nor its inheritable thread locals, which it would keep for a worker's whole life; nor, up to Java 23, the protection
     * domains of all code on its stack, and with these the class loaders of whoever submits a task. These are cut off by the
     * privileged action; where there is nothing to cut off, that is a plain call.
     */
    @SuppressWarnings({"ThreadPriorityCheck", "removal"}) // the priority only undoes what the maker would pass on
    public static Thread of(String name, Runnable runnable) {
        Thread thread = AccessController.doPrivileged(
                (PrivilegedAction<Thread>) () -> new Thread(null, runnable, name, 0, false));
        thread.setDaemon(true);
        thread.setPriority(Thread.NORM_PRIORITY);
        thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
        return thread;
    }
}
