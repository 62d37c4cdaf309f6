/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.spi;

/** The listener that does nothing: "off" as an object, so that nobody has to check for {@code null}. */
enum SilentPoolListener implements PoolListener {
    INSTANCE;

    @Override
    public String toString() {
        return "PoolListener.none()";
    }
}
