/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.thread;

/** Makes the library's threads, all in the same way. */
public final class ServiceThread {
    private ServiceThread() {}

    /**
     * A daemon that owes nothing to the thread which happened to make it: neither its priority, nor its context loader,
     * nor its inheritable thread locals, which it would keep for a worker's whole life.
     */
    @SuppressWarnings("ThreadPriorityCheck") // nothing relies on it: it only undoes what the maker would pass on
    public static Thread of(String name, Runnable runnable) {
        Thread thread = new Thread(null, runnable, name, 0, false);
        thread.setDaemon(true);
        thread.setPriority(Thread.NORM_PRIORITY);
        thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
        return thread;
    }
}
