/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What runs in the JVMs of the peers: {@link io.loky.benchmarks.peers.PeerMain}, which is asked for figures, and the members of
 * the clusters that it talks to. Each peer's libraries are on the class path of these JVMs only.
 */
@NullMarked
package io.loky.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
