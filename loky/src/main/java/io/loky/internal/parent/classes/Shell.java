/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.classes;

import io.loky.internal.classfile.ConstantPool;
import io.loky.internal.classfile.ConstantPool.Member;
import io.loky.internal.codec.ObjectCodec;
import io.loky.internal.codec.SafeText;
import io.loky.internal.codec.ShellVariable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is different in {@code jshell}. To its user a variable of the top level is a local one that a lambda captures; in
 * truth it is a static field of a class that the shell has made around the snippet, and which in a worker nobody has set.
 * So the values of those variables that a task's code can reach travel with the task.
 *
 * <p>And a snippet that is typed anew may change a class that workers have already, in place, as a debugger would. A worker's
 * JVM cannot do that; it gets a new mirror of the shell's loader, with the classes as they are now.
 */
public final class Shell {
    private static final System.Logger LOG = System.getLogger("io.loky.classes");
    private static final String PREFIX = "REPL.$JShell$";

    /** The class around a snippet, and not one that the snippet declares. */
    private static final Pattern WRAPPER = Pattern.compile(Pattern.quote(PREFIX) + "\\w+");

    /** For each number of a shell's loader: what workers have been sent, as a hash of the class file. */
    private static final Map<Integer, Map<String, Integer>> SENT = new ConcurrentHashMap<>();

    private Shell() {}

    static boolean isIn(Class<?> type) {
        return type.getName().startsWith(PREFIX);
    }

    // ---- variables --------------------------------------------------------------------------------------------------

    /** The variables that the code of this class can reach, as they are now. One that cannot be sent has no value. */
    public static List<ShellVariable> variables(Class<?> function, ObjectCodec codec) {
        if (!isIn(function)) {
            return List.of();
        }
        List<ShellVariable> variables = new ArrayList<>();
        ClassLoader loader = function.getClassLoader();
        ClassBytes files = new ClassBytes(loader);
        Deque<String> open = new ArrayDeque<>(List.of(host(function)));
        Set<String> seen = new HashSet<>(open);
        Set<Member> found = new HashSet<>();
        for (String name = open.poll(); name != null; name = open.poll()) {
            try {
                ConstantPool pool = ConstantPool.of(files.of(Class.forName(name, false, loader)));
                for (String reference : pool.classNames()) {
                    if (reference.startsWith(PREFIX) && seen.add(reference)) {
                        open.add(reference);
                    }
                }
                for (Member field : pool.fields()) {
                    if (WRAPPER.matcher(field.owner()).matches() && found.add(field)) {
                        add(field, loader, codec, variables);
                    }
                }
            } catch (ClassNotFoundException | IOException | LinkageError e) {
                // Then the worker will not have it either, and say so if the task needs it.
                LOG.log(Level.DEBUG, () -> "no variables of the shell by way of a class that is not to be had: " + e);
            }
        }
        return variables;
    }

    /** The class in whose file the code of a lambda stands. */
    private static String host(Class<?> function) {
        String name = function.getName();
        int lambda = name.indexOf("$$Lambda");
        return lambda < 0 ? name : name.substring(0, lambda);
    }

    private static void add(Member member, ClassLoader loader, ObjectCodec codec, List<ShellVariable> variables) {
        try {
            Field field = Class.forName(member.owner(), false, loader).getDeclaredField(member.name());
            if (Modifier.isStatic(field.getModifiers()) && !Modifier.isFinal(field.getModifiers())) {
                field.setAccessible(true);
                variables.add(new ShellVariable(member.owner(), member.name(), value(field, codec)));
            }
        } catch (ReflectiveOperationException | LinkageError e) {
            // Then the worker will not have it either, and say so if the task needs it.
            LOG.log(Level.DEBUG, () -> "no variable " + member.name() + " of the shell: " + e);
        }
    }

    /** Null for a pool, a stream: what cannot travel has its default value in the worker. The task may well not need it. */
    private static byte @Nullable [] value(Field field, ObjectCodec codec) throws IllegalAccessException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Object value = field.get(null);
        try {
            codec.write(value, bytes);
            return bytes.toByteArray();
        } catch (Throwable e) { // also what the user's writeObject throws, stack overflows included
            LOG.log(
                    Level.DEBUG,
                    () -> "the shell's variable " + field.getName() + " does not travel: " + SafeText.of(e));
            return null;
        }
    }

    // ---- classes that change ----------------------------------------------------------------------------------------

    /** A class of a shell goes to a worker. */
    static void sent(int loader, Class<?> type, byte[] bytes) {
        if (isIn(type)) {
            SENT.computeIfAbsent(loader, number -> new ConcurrentHashMap<>())
                    .put(type.getName(), Arrays.hashCode(bytes));
        }
    }

    static void forget(int loader) {
        SENT.remove(loader);
    }

    /** Before a task of a shell: if a class has changed that workers have, they need all of them anew. */
    static void renew(Class<?> function) {
        ClassLoader loader = function.getClassLoader();
        Map<String, Integer> sent = SENT.get(Loaders.numberOf(function));
        if (loader == null || sent == null) {
            return;
        }
        ClassBytes files = new ClassBytes(loader);
        for (Map.Entry<String, Integer> entry : sent.entrySet()) {
            try {
                Class<?> type = Class.forName(entry.getKey(), false, loader);
                if (Arrays.hashCode(files.of(type)) != entry.getValue()) {
                    Loaders.renumber(loader);
                    return;
                }
            } catch (ClassNotFoundException | LinkageError e) {
                // It was there, and its file is not to be had any more: what workers have is what there is.
                LOG.log(Level.DEBUG, () -> "cannot see whether a class of the shell has changed: " + e);
            }
        }
    }
}
