/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.pool;

import java.util.SplittableRandom;

/**
 * All that a run depends on, as data: so that it can be repeated, and shrunk by taking events away.
 *
 * @param setup see {@link Setup}
 * @param events see {@link Move}
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, and a million of them are made
record Script(int[] setup, int[] events) {
    /** Mostly short, since most of what can go wrong needs few events, with a tail of long ones. */
    static Script random(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int dice = random.nextInt(100);
        int count = 5 + random.nextInt(dice < 2 ? 400 : dice < 20 ? 120 : 50);
        return new Script(Setup.random(random), Move.random(random, count));
    }
}
