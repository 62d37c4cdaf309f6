/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import java.io.Serializable;
import java.lang.reflect.Modifier;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/** The rules that several options share, and the words in which a bad or an unavailable value is refused. */
final class Checks {

    private Checks() {}

    static int atLeast(String option, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(option + " must be at least " + least + ", got " + value);
        }
        return value;
    }

    static long atLeast(String option, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(option + " must be at least " + least + ", got " + value);
        }
        return value;
    }

    static int atMost(String option, int value, int most, String why) {
        if (value > most) {
            throw new IllegalArgumentException(option + " must be at most " + most + ", got " + value + ": " + why);
        }
        return value;
    }

    static Duration positive(String option, Duration value) {
        Objects.requireNonNull(value, option);
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(option + " must be longer than zero, got " + value);
        }
        return value;
    }

    static Duration notNegative(String option, Duration value) {
        Objects.requireNonNull(value, option);
        if (value.isNegative()) {
            throw new IllegalArgumentException(option + " must not be negative, got " + value);
        }
        return value;
    }

    /** An object stream asks the objects of such a class for another one before it asks anybody else. */
    static boolean replacesItself(Class<?> type) {
        if (!Serializable.class.isAssignableFrom(type)) {
            return false;
        }
        for (Class<?> level = type; level != null; level = level.getSuperclass()) {
            try {
                int modifiers = level.getDeclaredMethod("writeReplace").getModifiers();
                return !Modifier.isStatic(modifiers) && (level == type || isInherited(modifiers, level, type));
            } catch (NoSuchMethodException e) {
                // perhaps above
            }
        }
        return false;
    }

    private static boolean isInherited(int modifiers, Class<?> superclass, Class<?> type) {
        return Modifier.isPublic(modifiers)
                || Modifier.isProtected(modifiers)
                || (!Modifier.isPrivate(modifiers)
                        && superclass.getClassLoader() == type.getClassLoader()
                        && superclass.getPackageName().equals(type.getPackageName()));
    }

    static Path ofDefaultFileSystem(String option, Path path) {
        Objects.requireNonNull(path, option);
        if (!path.getFileSystem().equals(FileSystems.getDefault())) {
            throw new IllegalArgumentException(
                    option + " must be a path of the default file system, got " + path.toUri());
        }
        return path;
    }

    /** The refusal of an option that this version does not have: better said at the setter than ignored later. */
    static UnsupportedOperationException unavailable(String option) {
        return new UnsupportedOperationException(option + " is not available in this version of Loky; leave it unset");
    }
}
