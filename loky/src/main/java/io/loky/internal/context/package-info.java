/* SPDX-License-Identifier: Apache-2.0 */
/** What tasks find of their worker: {@link io.loky.WorkerContext}, and where it comes from. Knows neither side. */
@NullMarked
package io.loky.internal.context;

import org.jspecify.annotations.NullMarked;
