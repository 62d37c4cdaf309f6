/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.objects;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The objects that keep a task or a result from leaving the process, each with the way to it from what the user wrote: {@code
 * the lambda at App.java:18 -> captured variable 'client'.connection.socket is a java.net.Socket, which cannot leave this
 * process: it is open in this process only}.
 *
 * <p>Looked for only when something could not be sent. The search goes breadth first, so the shortest ways come first; it
 * calls no code of the user's but that of collections, and gives up on graphs that are larger than any reader's patience.
 */
public final class Culprits {
    /** How many are named. The others would say the same again. */
    static final int MOST = 5;

    private static final int MOST_OBJECTS = 200_000;

    private final List<String> found = new ArrayList<>();
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final ArrayDeque<Step> open = new ArrayDeque<>();
    private final Map<Class<?>, LambdaSource> lambdas = new HashMap<>();

    private Culprits() {}

    /** An object, and how it was come to. */
    private record Step(Object object, @Nullable Step from, String name) {}

    /** What the search begins with: {@code name} is used where the object has no better one, such as a lambda's place. */
    public record Root(String name, @Nullable Object object) {}

    /** A sentence for each of the first few culprits; empty if none is found. */
    public static List<String> of(Root... roots) {
        Culprits culprits = new Culprits();
        for (Root root : roots) {
            culprits.visit(root.object(), null, root.name());
        }
        culprits.search();
        return culprits.found;
    }

    /** To append to a message: each on a line of its own. */
    public static String lines(List<String> culprits) {
        StringBuilder lines = new StringBuilder();
        culprits.forEach(culprit -> lines.append("\n  ").append(culprit));
        return lines.toString();
    }

    private void visit(@Nullable Object object, @Nullable Step from, String name) {
        if (object != null && seen.size() < MOST_OBJECTS && !References.isLeaf(object.getClass()) && seen.add(object)) {
            open.add(new Step(object, from, name));
        }
    }

    private void search() {
        for (Step step = open.poll(); step != null && found.size() < MOST; step = open.poll()) {
            String obstacle = Handling.of(step.object().getClass()).obstacle();
            if (obstacle != null) {
                found.add(way(step) + " is " + nameOf(step.object()) + ", which " + obstacle);
            } else {
                lookInto(step);
            }
        }
    }

    private void lookInto(Step step) {
        try {
            References.of(step.object(), (name, object) -> visit(object, step, name));
        } catch (RuntimeException e) {
            // a collection of the user's, or one that another thread is changing: its content stays unknown
        }
    }

    private String way(Step step) {
        Step from = step.from();
        boolean lambda = isLambda(step.object());
        if (from == null) {
            return lambda ? sourceOf(step.object()).description() : step.name();
        }
        String way = way(from) + nameIn(from.object(), step.name());
        return lambda ? way + " -> " + sourceOf(step.object()).description() : way;
    }

    private String nameIn(Object holder, String name) {
        if (isLambda(holder)) {
            return " -> " + sourceOf(holder).captured(name);
        }
        return name.startsWith("[") ? name : "." + name;
    }

    private LambdaSource sourceOf(Object lambda) {
        return lambdas.computeIfAbsent(lambda.getClass(), LambdaSource::of);
    }

    private static boolean isLambda(Object object) {
        return LambdaShape.isLambda(object.getClass());
    }

    private static String nameOf(Object object) {
        String name = isLambda(object) ? "lambda" : object.getClass().getTypeName();
        return ("aeiou".indexOf(Character.toLowerCase(name.charAt(0))) < 0 ? "a " : "an ") + name;
    }
}
