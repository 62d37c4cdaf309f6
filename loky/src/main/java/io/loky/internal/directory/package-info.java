/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The files of a worker: what there is, who they belong to, and who removes them. Used by both sides, since whichever of the
 * two outlives the other has to clean up; knows neither.
 */
@NullMarked
package io.loky.internal.directory;

import org.jspecify.annotations.NullMarked;
