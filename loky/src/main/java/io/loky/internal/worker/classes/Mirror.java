/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.worker.classes;

import io.loky.internal.wire.ClassAnswer;
import io.loky.internal.wire.ClassAnswer.Item;
import io.loky.internal.wire.ClassAsk;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Stands for one class loader of the parent. Defines the classes that the other one defines, from the same bytes, and
 * passes on to the same others.
 *
 * <p>It has no name: that would be in every line of every stack trace. It remembers what it has found and never what it has
 * not: the other loader may make further classes at any time, as a shell does.
 */
final class Mirror extends ClassLoader {
    /** Of classes that were sent ahead and nobody has wanted yet. The oldest go first, and are asked for if need be. */
    private static final int AHEAD_BYTES = 4 * 1024 * 1024;

    static {
        registerAsParallelCapable();
    }

    private final int number;
    private final Mirrors mirrors;
    private final ParentLine parent;

    /** Names of classes that other loaders define, with these loaders' numbers. */
    private final Map<String, Integer> elsewhere = new ConcurrentHashMap<>();

    private final Map<String, ProtectionDomain> domains = new ConcurrentHashMap<>();

    // Both guarded by ahead.
    private final Map<String, Item> ahead = new LinkedHashMap<>();
    private int aheadBytes;

    Mirror(int number, ClassLoader above, Mirrors mirrors, ParentLine parent) {
        super(above);
        this.number = number;
        this.mirrors = mirrors;
        this.parent = parent;
    }

    int number() {
        return number;
    }

    // ---- classes ----------------------------------------------------------------------------------------------------

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        try {
            Integer other = elsewhere.get(name);
            if (other != null) {
                return delegate(other, name);
            }
            Item item = takeAhead(name);
            return take(item != null ? item : ask(name));
        } catch (ClassNotFoundException e) {
            throw withoutOwnFrames(e);
        }
    }

    private Item ask(String name) throws ClassNotFoundException {
        ClassAnswer answer = parent.ask(new ClassAsk(ClassAsk.Kind.CLASS, number, name, null));
        String refusal = answer.refusal();
        if (refusal != null || answer.items().isEmpty()) {
            throw new ClassNotFoundException(refusal == null || refusal.isEmpty() ? name : name + ": " + refusal);
        }
        List<Item> items = answer.items();
        keepAhead(items.subList(1, items.size()));
        return items.get(0);
    }

    private Class<?> take(Item item) throws ClassNotFoundException {
        byte[] bytes = item.bytes();
        if (bytes != null) {
            return defineClass(item.name(), bytes, 0, bytes.length, domain(item.source()));
        }
        elsewhere.put(item.name(), item.loader());
        return delegate(item.loader(), item.name());
    }

    private Class<?> delegate(int other, String name) throws ClassNotFoundException {
        if (other == number) {
            throw new ClassNotFoundException(name); // would go round in circles; the parent does not say so
        }
        return mirrors.find(other, name);
    }

    private void keepAhead(List<Item> items) {
        for (Item item : items) {
            byte[] bytes = item.bytes();
            if (bytes == null) {
                elsewhere.putIfAbsent(item.name(), item.loader());
            } else if (findLoadedClass(item.name()) == null) {
                synchronized (ahead) {
                    if (ahead.putIfAbsent(item.name(), item) == null) {
                        aheadBytes += bytes.length;
                    }
                    dropOldest();
                }
            }
        }
    }

    private void dropOldest() {
        Iterator<Item> oldest = ahead.values().iterator();
        while (aheadBytes > AHEAD_BYTES && oldest.hasNext()) {
            aheadBytes -= length(oldest.next());
            oldest.remove();
        }
    }

    private @Nullable Item takeAhead(String name) {
        synchronized (ahead) {
            Item item = ahead.remove(name);
            if (item != null) {
                aheadBytes -= length(item);
            }
            return item;
        }
    }

    private static int length(Item item) {
        byte[] bytes = item.bytes();
        return bytes == null ? 0 : bytes.length;
    }

    private ProtectionDomain domain(@Nullable String source) {
        return domains.computeIfAbsent(source == null ? "" : source, text -> {
            CodeSource code =
                    new CodeSource(text.isEmpty() ? null : ParentUrl.of(text, () -> null), (Certificate[]) null);
            return new ProtectionDomain(code, null, this, null);
        });
    }

    /** A user's stack is shown without ours, and cut where ours begins: with these on top nothing would be left. */
    private static ClassNotFoundException withoutOwnFrames(ClassNotFoundException e) {
        StackTraceElement[] frames = e.getStackTrace();
        int own = 0;
        while (own < frames.length && !frames[own].getClassName().equals(ClassLoader.class.getName())) {
            own++;
        }
        e.setStackTrace(Arrays.copyOfRange(frames, own, frames.length));
        return e;
    }

    /** The other loader's number is none any more. */
    void forget(int other) {
        elsewhere.values().removeIf(number -> number == other);
    }

    // ---- resources --------------------------------------------------------------------------------------------------

    /** The one that the parent's loader prefers, which with some loaders is none of {@link #getResources}. */
    @Override
    public @Nullable URL getResource(String name) {
        try {
            List<URL> urls = urls(ClassAsk.Kind.RESOURCE, name);
            return urls.isEmpty() ? null : urls.get(0);
        } catch (
                IOException
                        e) { // there a loader that fails here has thrown what it likes, and this must not say "missing"
            throw new UncheckedIOException(e);
        }
    }

    /** All that the parent's loader finds, in its order: its own and those of the loaders that it passes on to. */
    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        return Collections.enumeration(urls(ClassAsk.Kind.RESOURCES, name));
    }

    private List<URL> urls(ClassAsk.Kind kind, String name) throws IOException {
        List<URL> urls = new ArrayList<>();
        for (Item item : resources(kind, name, null)) {
            byte[] bytes = item.bytes();
            urls.add(ParentUrl.of(item.name(), () -> bytes != null ? bytes : content(name, item.name())));
        }
        return urls;
    }

    @Override
    protected @Nullable URL findResource(String name) {
        return getResource(name);
    }

    @Override
    protected Enumeration<URL> findResources(String name) throws IOException {
        return getResources(name);
    }

    /** In one round trip; and some loaders have streams without having URLs. */
    @Override
    public @Nullable InputStream getResourceAsStream(String name) {
        try {
            byte[] bytes = content(name, null);
            return bytes == null ? null : new ByteArrayInputStream(bytes);
        } catch (IOException e) { // null would say that there is none
            return new Unreadable(e);
        }
    }

    private byte @Nullable [] content(String name, @Nullable String url) throws IOException {
        List<Item> items = resources(ClassAsk.Kind.CONTENT, name, url);
        return items.isEmpty() ? null : items.get(0).bytes();
    }

    private List<Item> resources(ClassAsk.Kind kind, String name, @Nullable String url) throws IOException {
        ClassAnswer answer = parent.ask(new ClassAsk(kind, number, name, url));
        String refusal = answer.refusal();
        if (refusal != null) {
            throw new IOException("the resource " + name + ": " + refusal);
        }
        return answer.items();
    }

    /** A resource that is there, or may be, and cannot be had. */
    private static final class Unreadable extends InputStream {
        private final IOException why;

        Unreadable(IOException why) {
            this.why = why;
        }

        @Override
        public int read() throws IOException {
            throw new IOException(why.getMessage(), why);
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return read(); // also for a length of 0: some ask so whether the stream can be read
        }
    }

    @Override
    public String toString() {
        return "the worker's mirror of the parent's class loader " + number;
    }
}
