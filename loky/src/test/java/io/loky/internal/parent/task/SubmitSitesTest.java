/* SPDX-License-Identifier: Apache-2.0 */
package io.loky.internal.parent.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class SubmitSitesTest {
    private final SubmitSites sites = new SubmitSites();

    @Test
    void here_behindFew_eachHasItsOwn() {
        assertThat(loop(SubmitSites.MANY - 1)).doesNotHaveDuplicates();
    }

    @Test
    void here_behindMany_thoseOfOnePlaceShareOne() {
        List<SubmitSite> all = loop(SubmitSites.MANY);

        assertThat(all).allMatch(site -> site == all.get(0));
    }

    @Test
    void here_behindMany_anotherLineIsAnotherSite() {
        SubmitSite one = sites.here(SubmitSites.MANY);
        SubmitSite other = sites.here(SubmitSites.MANY);

        assertThat(lineOf(other)).isEqualTo(lineOf(one) + 1);
    }

    @Test
    void here_behindMany_anotherThreadIsAnotherSite() throws Exception {
        assertThat(inThread("first")).isNotSameAs(inThread("second"));
        assertThat(remoteFrames(inThread("third"))).contains("third").doesNotContain("first");
    }

    /** What a user reads of a shared site is what he would read of one of its own. */
    @Test
    void here_behindMany_saysWhatAnOwnSiteSays() {
        List<String> said = new ArrayList<>();
        for (int waiting : new int[] {0, SubmitSites.MANY, SubmitSites.MANY}) {
            said.add(remoteFrames(sites.here(waiting)));
        }

        assertThat(said).allMatch(said.get(0)::equals);
        assertThat(said.get(0)).contains("by thread " + Thread.currentThread().getName());
    }

    private List<SubmitSite> loop(int waiting) {
        List<SubmitSite> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            all.add(sites.here(waiting));
        }
        return all;
    }

    private SubmitSite inThread(String name) throws Exception {
        FutureTask<SubmitSite> here = new FutureTask<>(() -> sites.here(SubmitSites.MANY));
        new Thread(here, name).start();
        return here.get();
    }

    private static int lineOf(SubmitSite site) {
        return Arrays.stream(site.getStackTrace())
                .filter(frame -> frame.getClassName().equals(SubmitSitesTest.class.getName()))
                .findFirst()
                .orElseThrow()
                .getLineNumber();
    }

    private static String remoteFrames(SubmitSite site) {
        Throwable remote = new Throwable("of a worker");
        remote.setStackTrace(new StackTraceElement[0]);
        site.appendTo(remote, 1);
        return Arrays.toString(remote.getStackTrace());
    }
}
