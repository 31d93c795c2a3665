# SPDX-License-Identifier: Apache-2.0
"""The two rights that step 3 demands: reading at the source by the role's policy, writing under the destination's bucket policy."""
import pytest

from farshore_clients import steps
from world import refused


def refused_naming(pair, side, action):
    """Step 3 must be refused with a text that names the side, the action and the role."""
    error = refused(pair.replicate, 403, "AccessDenied")
    text = error.message.lower()
    for word in (side, action.lower(), pair.role.lower()):
        assert word in text, f"{word!r} is missing in: {error.message}"
    refused(pair.source.get_bucket_replication, 404, "NoSuchReplicationConfiguration")


@pytest.mark.parametrize("granted,missing", [
    (("oss:ReplicateList",), "oss:ReplicateGet"),
    (("oss:ReplicateGet",), "oss:ReplicateList"),
    (("oss:GetObject", "oss:ListObjects"), "oss:Replicate"),
])
def test_a_role_that_may_not_read_the_source_is_refused(world, granted, missing):
    pair = world.pair(role=False)
    world.ram.create_role(pair.role)
    world.ram.create_policy(pair.role + "Policy", steps.source_policy(pair.source.bucket_name, granted))
    world.ram.attach_to_role(pair.role + "Policy", pair.role)
    refused_naming(pair, "source", missing)
    world.ram.create_policy(pair.role + "More", steps.source_policy(pair.source.bucket_name))
    world.ram.attach_to_role(pair.role + "More", pair.role)
    pair.replicate()


def test_a_role_with_no_policy_or_one_for_another_bucket_is_refused(world):
    pair = world.pair(role=False)
    world.ram.create_role(pair.role)
    refused_naming(pair, "source", "oss:Replicate")
    world.ram.create_policy(pair.role + "Policy", steps.source_policy(pair.source.bucket_name + "-other"))
    world.ram.attach_to_role(pair.role + "Policy", pair.role)
    refused_naming(pair, "source", "oss:Replicate")


def test_a_role_that_may_not_write_the_destination_is_refused(world):
    pair = world.pair(policy=False)
    refused_naming(pair, "destination", "oss:ReplicatePut")
    pair.allow(actions=("oss:ReplicateDelete", "oss:PutObject"))
    refused_naming(pair, "destination", "oss:ReplicatePut")
    uid = world.destination_account.uid
    for stranger in (pair.principal + "x", pair.principal.replace(world.source_account.uid, uid), world.source_account.uid):
        pair.set_policy(steps.destination_policy(stranger, uid, pair.destination.bucket_name))
        refused_naming(pair, "destination", "oss:ReplicatePut")
    pair.allow()
    pair.replicate()


def test_an_explicit_deny_at_either_side_is_refused(world):
    pair = world.pair()
    uid = world.destination_account.uid
    policy = steps.destination_policy(pair.principal, uid, pair.destination.bucket_name)
    policy["Statement"] += steps.destination_policy(pair.principal, uid, pair.destination.bucket_name, ("oss:ReplicatePut",), "Deny")["Statement"]
    pair.set_policy(policy)
    refused_naming(pair, "destination", "oss:ReplicatePut")
    pair.allow()
    deny = steps.source_policy(pair.source.bucket_name, ("oss:ReplicateGet",))
    deny["Statement"][0]["Effect"] = "Deny"
    world.ram.create_policy(pair.role + "Deny", deny)
    world.ram.attach_to_role(pair.role + "Deny", pair.role)
    refused_naming(pair, "source", "oss:ReplicateGet")


def test_a_role_that_does_not_trust_oss_is_refused(world):
    pair = world.pair(role=False)
    for trust in ({"Service": ["ecs.aliyuncs.com"]}, {"RAM": [f"acs:ram::{world.source_account.uid}:root"]}):
        name = pair.role + next(iter(trust))
        world.ram.create_role(name, {"Version": "1", "Statement": [{"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": trust}]})
        world.ram.create_policy(name + "Policy", steps.source_policy(pair.source.bucket_name))
        world.ram.attach_to_role(name + "Policy", name)
        pair.role = name
        pair.allow()
        error = refused(pair.replicate, 403, "AccessDenied")
        assert "trust" in error.message.lower() and name.lower() in error.message.lower()
