/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.objects;

import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Stands for a collection or map of the JDK without serialized form, nearly all of which are views of others: it becomes a
 * collection of its own with the same content, order and way to compare. What it was a view of stays behind.
 */
final class CollectionCopy implements StandIn {
    private static final long serialVersionUID = 1L;

    private enum Kind {
        LIST,
        IMMUTABLE_LIST,
        SET,
        IDENTITY_SET,
        SORTED_SET,
        DEQUE,
        COLLECTION,
        MAP,
        WEAK_MAP,
        SORTED_MAP;

        private static final Kind[] ALL = values();
    }

    private final transient Kind kind;
    private final transient @Nullable Object comparator;
    private final transient @Nullable Object[] elements;
    private transient @Nullable Object copy;

    private CollectionCopy(Kind kind, @Nullable Object comparator, @Nullable Object[] elements) {
        this.kind = kind;
        this.comparator = comparator;
        this.elements = elements;
    }

    static CollectionCopy of(Object object) {
        if (object instanceof Map<?, ?> map) {
            @Nullable Object[] content = new @Nullable Object[2 * map.size()];
            int i = 0;
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                if (i == content.length) {
                    content = Arrays.copyOf(content, 2 * i + 2); // it grows meanwhile
                }
                content[i++] = entry.getKey();
                content[i++] = entry.getValue();
            }
            content = Arrays.copyOf(content, i); // a weak map may shrink at any time
            if (map instanceof SortedMap<?, ?> sorted) {
                return new CollectionCopy(Kind.SORTED_MAP, sorted.comparator(), content);
            }
            return new CollectionCopy(map instanceof WeakHashMap ? Kind.WEAK_MAP : Kind.MAP, null, content);
        }
        Collection<?> collection = (Collection<?>) object;
        Object order = collection instanceof SortedSet<?> sorted ? sorted.comparator() : null;
        return new CollectionCopy(kindOf(collection), order, collection.toArray());
    }

    private static Kind kindOf(Collection<?> collection) {
        String name = collection.getClass().getName();
        if (collection instanceof List) {
            return name.startsWith("java.util.ImmutableCollections$") ? Kind.IMMUTABLE_LIST : Kind.LIST;
        }
        if (collection instanceof SortedSet) {
            return Kind.SORTED_SET;
        }
        if (collection instanceof Set) {
            return name.equals("java.util.IdentityHashMap$KeySet") ? Kind.IDENTITY_SET : Kind.SET;
        }
        return collection instanceof Deque ? Kind.DEQUE : Kind.COLLECTION;
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
        out.writeByte(kind.ordinal());
        out.writeInt(elements.length);
        out.writeObject(comparator);
        for (Object element : elements) {
            out.writeObject(element);
        }
    }

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
        Place place = Place.in(in);
        int number = in.readByte();
        if (number < 0 || number >= Kind.ALL.length) {
            throw new InvalidObjectException("a collection of the unknown kind " + number);
        }
        int length = in.readInt();
        Object order = StandIn.read(in); // before the collection, which cannot be without; it hardly refers back
        switch (Kind.ALL[number]) {
            case LIST, COLLECTION -> fill(new ArrayList<>(), length, in, place);
            case IMMUTABLE_LIST -> {
                List<@Nullable Object> content = new ArrayList<>();
                begin(Collections.unmodifiableList(content), place);
                add(content, length, in);
            }
            case SET -> fill(new LinkedHashSet<>(), length, in, place);
            case IDENTITY_SET -> fill(Collections.newSetFromMap(new IdentityHashMap<>()), length, in, place);
            case SORTED_SET -> fill(new TreeSet<@Nullable Object>(comparator(order)), length, in, place);
            case DEQUE -> fill(new ArrayDeque<>(), length, in, place);
            case MAP -> fill(new LinkedHashMap<>(), length, in, place);
            case WEAK_MAP -> fill(new WeakHashMap<>(), length, in, place);
            case SORTED_MAP ->
                fill(new TreeMap<@Nullable Object, @Nullable Object>(comparator(order)), length, in, place);
        }
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // null is the natural order
    private static java.util.Comparator<@Nullable Object> comparator(@Nullable Object order) {
        return (java.util.Comparator<@Nullable Object>) order;
    }

    /** Asks for permission while it is empty: to put an object in is to call its methods. */
    private void begin(Object empty, Place place) throws IOException {
        place.ask(empty.getClass());
        place.is(empty);
        copy = empty;
    }

    private void fill(Collection<@Nullable Object> collection, int length, ObjectInputStream in, Place place)
            throws IOException, ClassNotFoundException {
        begin(collection, place);
        add(collection, length, in);
    }

    private static void add(Collection<@Nullable Object> collection, int length, ObjectInputStream in)
            throws IOException, ClassNotFoundException {
        for (int i = 0; i < length; i++) {
            boolean unused = collection.add(StandIn.read(in));
        }
    }

    private void fill(Map<@Nullable Object, @Nullable Object> map, int length, ObjectInputStream in, Place place)
            throws IOException, ClassNotFoundException {
        begin(map, place);
        for (int i = 0; i < length; i += 2) {
            Object key = StandIn.read(in);
            map.put(key, StandIn.read(in));
        }
    }

    private @Nullable Object readResolve() {
        return copy;
    }

    @Override
    public String toString() {
        return "a copy of a collection";
    }
}
