# SPDX-License-Identifier: Apache-2.0
"""The two rights of every replicated change: reading at the source by the role's policy, writing under the destination's bucket policy."""
import json

import pytest

from farshore_clients import steps
from farshore_clients.compare import exists
from farshore_clients.identity import OSS_MAY_ASSUME
from farshore_clients.wait import eventually
from world import ARRIVAL_SECONDS, refused, written_at


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


def assert_stalls_then_heals(pair, take, give):
    """After `take()` nothing more is written and NewObject stands still; after `give()` all of it arrives and progress goes on."""
    pair.replicate()
    beacon = pair.beacon()
    pair.source.put_object("before", b"1")
    pair.wait_for("before")
    take()
    written = written_at(pair.source, "pending")
    pair.source.put_object("before", b"2")
    beacon.shines()
    assert not exists(pair.destination, "pending")
    assert pair.destination.get_object("before").read() == b"1"
    assert pair.new_object() <= written
    assert steps.rule_xml(pair.source, pair.rule_id).findtext("Status") == "doing"
    beacon.shines()
    assert not exists(pair.destination, "pending")
    assert pair.new_object() <= written
    if give:
        give()
        pair.wait_until_equal()
        eventually("progress to go on", lambda: pair.new_object() > written, ARRIVAL_SECONDS)


def test_a_bucket_policy_that_is_withdrawn_stalls_the_rule_until_it_is_given_back(world):
    pair = world.pair()
    assert_stalls_then_heals(pair, pair.destination.delete_bucket_policy, pair.allow)


def test_a_policy_that_is_taken_from_the_role_stalls_the_rule_until_it_is_given_back(world):
    pair = world.pair()
    policy = pair.role + "Policy"
    assert_stalls_then_heals(pair, lambda: world.ram.detach_from_role(policy, pair.role), lambda: world.ram.attach_to_role(policy, pair.role))


def test_trust_that_is_withdrawn_stalls_the_rule_until_it_is_given_back(world):
    pair = world.pair()
    other = json.loads(json.dumps(OSS_MAY_ASSUME).replace("oss.aliyuncs.com", "ecs.aliyuncs.com"))
    assert_stalls_then_heals(pair, lambda: world.ram.update_trust(pair.role, other), lambda: world.ram.update_trust(pair.role, OSS_MAY_ASSUME))


@pytest.mark.parametrize("action", ["oss:ReplicatePut", "oss:PutObject", "oss:*"])
def test_a_deny_that_is_added_at_the_destination_stalls_the_rule_until_it_is_removed(world, action):
    pair = world.pair()
    name, uid = pair.destination.bucket_name, world.destination_account.uid
    policy = steps.destination_policy(pair.principal, uid, name)
    policy["Statement"] += steps.destination_policy(pair.principal, uid, name, (action,), "Deny")["Statement"]
    assert_stalls_then_heals(pair, lambda: pair.set_policy(policy), pair.allow)


def test_a_role_that_is_deleted_stalls_the_rule(world):
    pair = world.pair()

    def take():
        world.ram.detach_from_role(pair.role + "Policy", pair.role)
        world.ram.delete_role(pair.role)

    assert_stalls_then_heals(pair, take, None)


def test_a_missing_right_to_delete_holds_back_deletions_only(world):
    pair = world.pair()
    pair.allow(actions=("oss:ReplicatePut",))
    pair.replicate()
    beacon = pair.beacon()
    pair.source.put_object("doomed", b"1")
    pair.wait_for("doomed")
    pair.source.delete_object("doomed")
    pair.source.put_object("later", b"2")
    pair.wait_for("later")
    beacon.shines()
    assert exists(pair.destination, "doomed")
    pair.allow()
    pair.wait_until_absent("doomed")
    pair.wait_until_equal()


def test_a_destination_bucket_made_again_under_its_old_name_by_another_owner_gets_nothing(world):
    pair = world.pair()
    pair.replicate()
    beacon = pair.beacon()
    name = pair.destination.bucket_name
    pair.destination.delete_bucket()
    taken = world.destination_bucket(name, world.source_account)
    taken.create_bucket()
    taken.put_bucket_policy(json.dumps(steps.destination_policy(pair.principal, world.source_account.uid, name)))
    pair.source.put_object("secret", b"1")
    beacon.shines()
    assert not exists(taken, "secret")
