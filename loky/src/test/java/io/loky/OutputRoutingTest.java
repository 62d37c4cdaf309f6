/* SPDX-License-Identifier: Apache-2.0 */
package io.loky;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OutputRoutingTest {

    @Test
    void routing_ofTheSameKind_isEqual() {
        assertThat(OutputRouting.inherit())
                .isEqualTo(OutputRouting.inherit())
                .hasSameHashCodeAs(OutputRouting.inherit())
                .hasToString("inherit")
                .isNotEqualTo(OutputRouting.discard());
        assertThat(OutputRouting.discard()).hasToString("discard").isNotEqualTo("discard");
    }
}
