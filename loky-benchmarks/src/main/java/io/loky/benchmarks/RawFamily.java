/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Bare JVMs, each of which waits for a frame that nobody sends. */
final class RawFamily implements Family {

    private static final int FRAME = 16;

    private final List<RawProcess> children = new ArrayList<>();

    private RawFamily() {}

    static RawFamily start(int workers) throws IOException {
        RawFamily family = new RawFamily();
        try {
            byte[] frame = new byte[FRAME];
            for (int i = 0; i < workers; i++) {
                RawProcess child = RawProcess.start("echo", Integer.toString(FRAME));
                family.children.add(child);
                child.write(frame);
            }
            for (RawProcess child : family.children) {
                child.read(frame);
            }
            return family;
        } catch (IOException e) {
            family.close();
            throw e;
        }
    }

    @Override
    public List<Long> workers() {
        return children.stream().map(child -> child.handle().pid()).toList();
    }

    @Override
    public List<Long> all() {
        return workers();
    }

    @Override
    public void close() {
        children.forEach(RawProcess::close);
    }
}
