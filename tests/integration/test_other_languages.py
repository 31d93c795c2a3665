# SPDX-License-Identifier: Apache-2.0
"""The same story told by the published Node.js and Go clients, each a program of its own."""
import pytest

import stories


def test_the_node_client_writes_and_reads_both_sides(world):
    stories.tell_with_node(world)


@pytest.mark.parametrize("signature", ["v4", "v1"])
def test_the_go_client_makes_the_rule_and_its_objects_arrive(world, signature):
    stories.tell_with_go(world, signature)
