/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.task;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/** A completion stage whose every method is that of the stage which {@link #stage} gives. */
@SuppressWarnings("NullAway") // the JDK's signatures, which say nothing of null, handed through as they are
interface StageView<V> extends CompletionStage<V> {
    /** The stage behind this view. */
    CompletableFuture<V> stage();

    @Override
    default <U> CompletionStage<U> thenApply(Function<? super V, ? extends U> function) {
        return stage().thenApply(function);
    }

    @Override
    default <U> CompletionStage<U> thenApplyAsync(Function<? super V, ? extends U> function) {
        return stage().thenApplyAsync(function);
    }

    @Override
    default <U> CompletionStage<U> thenApplyAsync(Function<? super V, ? extends U> function, Executor executor) {
        return stage().thenApplyAsync(function, executor);
    }

    @Override
    default CompletionStage<Void> thenAccept(Consumer<? super V> action) {
        return stage().thenAccept(action);
    }

    @Override
    default CompletionStage<Void> thenAcceptAsync(Consumer<? super V> action) {
        return stage().thenAcceptAsync(action);
    }

    @Override
    default CompletionStage<Void> thenAcceptAsync(Consumer<? super V> action, Executor executor) {
        return stage().thenAcceptAsync(action, executor);
    }

    @Override
    default CompletionStage<Void> thenRun(Runnable action) {
        return stage().thenRun(action);
    }

    @Override
    default CompletionStage<Void> thenRunAsync(Runnable action) {
        return stage().thenRunAsync(action);
    }

    @Override
    default CompletionStage<Void> thenRunAsync(Runnable action, Executor executor) {
        return stage().thenRunAsync(action, executor);
    }

    @Override
    default <U, R> CompletionStage<R> thenCombine(
            CompletionStage<? extends U> other, BiFunction<? super V, ? super U, ? extends R> function) {
        return stage().thenCombine(other, function);
    }

    @Override
    default <U, R> CompletionStage<R> thenCombineAsync(
            CompletionStage<? extends U> other, BiFunction<? super V, ? super U, ? extends R> function) {
        return stage().thenCombineAsync(other, function);
    }

    @Override
    default <U, R> CompletionStage<R> thenCombineAsync(
            CompletionStage<? extends U> other,
            BiFunction<? super V, ? super U, ? extends R> function,
            Executor executor) {
        return stage().thenCombineAsync(other, function, executor);
    }

    @Override
    default <U> CompletionStage<Void> thenAcceptBoth(
            CompletionStage<? extends U> other, BiConsumer<? super V, ? super U> action) {
        return stage().thenAcceptBoth(other, action);
    }

    @Override
    default <U> CompletionStage<Void> thenAcceptBothAsync(
            CompletionStage<? extends U> other, BiConsumer<? super V, ? super U> action) {
        return stage().thenAcceptBothAsync(other, action);
    }

    @Override
    default <U> CompletionStage<Void> thenAcceptBothAsync(
            CompletionStage<? extends U> other, BiConsumer<? super V, ? super U> action, Executor executor) {
        return stage().thenAcceptBothAsync(other, action, executor);
    }

    @Override
    default CompletionStage<Void> runAfterBoth(CompletionStage<?> other, Runnable action) {
        return stage().runAfterBoth(other, action);
    }

    @Override
    default CompletionStage<Void> runAfterBothAsync(CompletionStage<?> other, Runnable action) {
        return stage().runAfterBothAsync(other, action);
    }

    @Override
    default CompletionStage<Void> runAfterBothAsync(CompletionStage<?> other, Runnable action, Executor executor) {
        return stage().runAfterBothAsync(other, action, executor);
    }

    @Override
    default <U> CompletionStage<U> applyToEither(CompletionStage<? extends V> other, Function<? super V, U> function) {
        return stage().applyToEither(other, function);
    }

    @Override
    default <U> CompletionStage<U> applyToEitherAsync(
            CompletionStage<? extends V> other, Function<? super V, U> function) {
        return stage().applyToEitherAsync(other, function);
    }

    @Override
    default <U> CompletionStage<U> applyToEitherAsync(
            CompletionStage<? extends V> other, Function<? super V, U> function, Executor executor) {
        return stage().applyToEitherAsync(other, function, executor);
    }

    @Override
    default CompletionStage<Void> acceptEither(CompletionStage<? extends V> other, Consumer<? super V> action) {
        return stage().acceptEither(other, action);
    }

    @Override
    default CompletionStage<Void> acceptEitherAsync(CompletionStage<? extends V> other, Consumer<? super V> action) {
        return stage().acceptEitherAsync(other, action);
    }

    @Override
    default CompletionStage<Void> acceptEitherAsync(
            CompletionStage<? extends V> other, Consumer<? super V> action, Executor executor) {
        return stage().acceptEitherAsync(other, action, executor);
    }

    @Override
    default CompletionStage<Void> runAfterEither(CompletionStage<?> other, Runnable action) {
        return stage().runAfterEither(other, action);
    }

    @Override
    default CompletionStage<Void> runAfterEitherAsync(CompletionStage<?> other, Runnable action) {
        return stage().runAfterEitherAsync(other, action);
    }

    @Override
    default CompletionStage<Void> runAfterEitherAsync(CompletionStage<?> other, Runnable action, Executor executor) {
        return stage().runAfterEitherAsync(other, action, executor);
    }

    @Override
    default <U> CompletionStage<U> thenCompose(Function<? super V, ? extends CompletionStage<U>> function) {
        return stage().thenCompose(function);
    }

    @Override
    default <U> CompletionStage<U> thenComposeAsync(Function<? super V, ? extends CompletionStage<U>> function) {
        return stage().thenComposeAsync(function);
    }

    @Override
    default <U> CompletionStage<U> thenComposeAsync(
            Function<? super V, ? extends CompletionStage<U>> function, Executor executor) {
        return stage().thenComposeAsync(function, executor);
    }

    @Override
    default <U> CompletionStage<U> handle(BiFunction<? super V, Throwable, ? extends U> function) {
        return stage().handle(function);
    }

    @Override
    default <U> CompletionStage<U> handleAsync(BiFunction<? super V, Throwable, ? extends U> function) {
        return stage().handleAsync(function);
    }

    @Override
    default <U> CompletionStage<U> handleAsync(
            BiFunction<? super V, Throwable, ? extends U> function, Executor executor) {
        return stage().handleAsync(function, executor);
    }

    @Override
    default CompletionStage<V> whenComplete(BiConsumer<? super V, ? super Throwable> action) {
        return stage().whenComplete(action);
    }

    @Override
    default CompletionStage<V> whenCompleteAsync(BiConsumer<? super V, ? super Throwable> action) {
        return stage().whenCompleteAsync(action);
    }

    @Override
    default CompletionStage<V> whenCompleteAsync(BiConsumer<? super V, ? super Throwable> action, Executor executor) {
        return stage().whenCompleteAsync(action, executor);
    }

    @Override
    default CompletionStage<V> exceptionally(Function<Throwable, ? extends V> function) {
        return stage().exceptionally(function);
    }

    @Override
    default CompletionStage<V> exceptionallyAsync(Function<Throwable, ? extends V> function) {
        return stage().exceptionallyAsync(function);
    }

    @Override
    default CompletionStage<V> exceptionallyAsync(Function<Throwable, ? extends V> function, Executor executor) {
        return stage().exceptionallyAsync(function, executor);
    }

    @Override
    default CompletionStage<V> exceptionallyCompose(Function<Throwable, ? extends CompletionStage<V>> function) {
        return stage().exceptionallyCompose(function);
    }

    @Override
    default CompletionStage<V> exceptionallyComposeAsync(Function<Throwable, ? extends CompletionStage<V>> function) {
        return stage().exceptionallyComposeAsync(function);
    }

    @Override
    default CompletionStage<V> exceptionallyComposeAsync(
            Function<Throwable, ? extends CompletionStage<V>> function, Executor executor) {
        return stage().exceptionallyComposeAsync(function, executor);
    }
}
