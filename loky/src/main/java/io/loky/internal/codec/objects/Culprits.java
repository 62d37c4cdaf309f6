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
import java.util.function.Predicate;
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

    /** Of one collection or array. Those of the JDK may pretend to have billions, and hold one. */
    private static final int MOST_ELEMENTS = 50_000;

    private static final int MOST_REFERENCES = 2_000_000;

    /** Of a longer way the middle is left out. */
    private static final int STEPS_AT_EACH_END = 12;

    private final List<String> found = new ArrayList<>();
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final ArrayDeque<Step> open = new ArrayDeque<>();
    private final Map<Class<?>, LambdaSource> lambdas = new HashMap<>();

    private final Predicate<Class<?>> replaced;
    private int references;

    private Culprits(Predicate<Class<?>> replaced) {
        this.replaced = replaced;
    }

    /** An object, and how it was come to. */
    private record Step(Object object, @Nullable Step from, String name) {}

    /** What the search begins with: {@code name} is used where the object has no better one, such as a lambda's place. */
    public record Root(String name, @Nullable Object object) {}

    /**
     * A sentence for each of the first few culprits; empty if none is found. Never fails.
     *
     * @param replaced says of a class whether something else travels in place of its objects, which are then not to blame
     */
    public static List<String> of(Predicate<Class<?>> replaced, Root... roots) {
        Culprits culprits = new Culprits(replaced);
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
            try {
                examine(step);
            } catch (Throwable e) {
                // a collection of the user's, or one that another thread is changing, or no memory for so much: this
                // search is made on behalf of a failure, and must not become another one
            }
        }
    }

    private void examine(Step step) {
        Class<?> type = step.object().getClass();
        if (replaced.test(type)) {
            return;
        }
        String obstacle = Handling.of(type).obstacle();
        if (obstacle != null) {
            found.add(way(step) + " is " + nameOf(step.object()) + ", which " + obstacle);
        } else {
            References.of(step.object(), MOST_ELEMENTS, (name, object) -> {
                if (++references < MOST_REFERENCES) {
                    visit(object, step, name);
                }
            });
        }
    }

    /** By a loop, since a way may be as long as the graph is deep. */
    private String way(Step last) {
        int length = 0;
        for (Step step = last; step != null; step = step.from()) {
            length++;
        }
        int omitted = Math.max(0, length - 2 * STEPS_AT_EACH_END);
        ArrayDeque<Step> steps = new ArrayDeque<>();
        int number = length;
        for (Step step = last; step != null; step = step.from()) {
            number--;
            if (number < STEPS_AT_EACH_END || number >= STEPS_AT_EACH_END + omitted) {
                steps.push(step);
            }
        }
        StringBuilder way = new StringBuilder();
        int written = 0;
        for (Step step : steps) {
            if (omitted > 0 && written++ == STEPS_AT_EACH_END) {
                way.append(" ... (").append(omitted).append(" steps) ... ");
            }
            appendTo(way, step);
        }
        return way.toString();
    }

    private void appendTo(StringBuilder way, Step step) {
        Step from = step.from();
        boolean lambda = isLambda(step.object());
        if (from != null) {
            way.append(nameIn(from.object(), step.name())).append(lambda ? " -> " : "");
        } else if (!lambda) {
            way.append(step.name());
        }
        if (lambda) {
            way.append(sourceOf(step.object()).description());
        }
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
