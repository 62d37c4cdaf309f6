/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.codec.objects;

import io.loky.internal.codec.jdk.JdkInternals;
import java.io.Serializable;
import java.lang.reflect.Proxy;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done with the objects of one class, decided once:
 *
 * <ul>
 *   <li>as they are: what is Serializable, unless its state would be lost, see {@link SerialForm};
 *   <li>a plain lambda: a {@link PlainLambda};
 *   <li>values and views of the JDK that have no serialized form: a {@link JdkValue} or a {@link CollectionCopy};
 *   <li>what means something in its own process only: an obstacle;
 *   <li>any other object of a class of the user's: a {@link Surrogate}.
 * </ul>
 */
public final class Handling {
    private static final Handling AS_IT_IS = new Handling(object -> object, null, false);

    private static final PerClass<Handling> DECIDED = new PerClass<>(Handling::decide);

    private final UnaryOperator<Object> standIn;
    private final @Nullable String obstacle;
    private final boolean needsInternals;

    private Handling(UnaryOperator<Object> standIn, @Nullable String obstacle, boolean needsInternals) {
        this.standIn = standIn;
        this.obstacle = obstacle;
        this.needsInternals = needsInternals;
    }

    /** What to do with objects of this class. */
    public static Handling of(Class<?> type) {
        return DECIDED.get(type);
    }

    /** The object, or what to write in its place. Only where there is no {@link #obstacle}. */
    public Object standIn(Object object) {
        return standIn.apply(object);
    }

    /** Whether objects travel as they are, without asking anything else. */
    public boolean isAsItIs() {
        return this == AS_IT_IS;
    }

    /** Why objects of this class cannot leave this process; null if they can. */
    public @Nullable String obstacle() {
        if (obstacle != null || !needsInternals) {
            return obstacle;
        }
        String closed = JdkInternals.obstacle();
        return closed == null ? null : "is not Serializable, and " + closed;
    }

    static Handling with(UnaryOperator<Object> standIn) {
        return new Handling(standIn, null, false);
    }

    static Handling withInternals(UnaryOperator<Object> standIn) {
        return new Handling(standIn, null, true);
    }

    static Handling refused(String reason) {
        return new Handling(object -> object, reason, false);
    }

    private static Handling decide(Class<?> type) {
        if (type.isArray() || type.isEnum() || Proxy.isProxyClass(type) || StandIn.class.isAssignableFrom(type)) {
            return AS_IT_IS;
        }
        if (Serializable.class.isAssignableFrom(type)) {
            return SerialForm.losesState(type) ? surrogate(type) : AS_IT_IS;
        }
        if (LambdaShape.isLambda(type)) {
            return PlainLambda.handling(type);
        }
        if (JdkClasses.isJdk(type) && JdkClasses.isValue(type)) {
            return withInternals(Surrogate::new); // also what is a map besides
        }
        Handling ofTheJdk = JdkValue.handling(type);
        if (ofTheJdk != null) {
            return ofTheJdk;
        }
        String bound = ProcessBound.reason(type);
        if (bound != null) {
            return refused("cannot leave this process: " + bound);
        }
        if (JdkClasses.isJdk(type)) {
            return refused("is not Serializable, and its class belongs to the JDK, which keeps its state to itself");
        }
        if (type.isHidden()) {
            return refused("is not Serializable, and its class is hidden, so that no other JVM can find it");
        }
        return surrogate(type);
    }

    private static Handling surrogate(Class<?> type) {
        if (!type.isRecord()) {
            String reason = SerialForm.obstacleInBase(ObjectForm.base(type));
            if (reason != null) {
                return Serializable.class.isAssignableFrom(type)
                        ? AS_IT_IS
                        : refused("is not Serializable, and " + reason);
            }
        }
        return with(Surrogate::new);
    }
}
