# SPDX-License-Identifier: Apache-2.0
"""Rights that are lost while a rule runs: nothing more is written and progress stands still; given back, all of it arrives."""
import json
import subprocess

import pytest

from farshore_clients import steps
from farshore_clients.compare import exists
from farshore_clients.identity import OSS_MAY_ASSUME
from farshore_clients.wait import eventually
from world import ARRIVAL_SECONDS, written_at


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


def parked_changes(pair):
    """What `farshore admin parked` tells of the pair's rule."""
    server = pair.world.server
    done = subprocess.run([server.binary, "admin", "parked", pair.source.bucket_name, pair.rule_id, "--data", str(server.data), "--json"],
                          capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["changes"]


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
    parked = parked_changes(pair)
    assert [(change["key"], change["kind"]) for change in parked] == [("doomed", "delete_version")]
    assert "oss:ReplicateDelete" in parked[0]["detail"]
    pair.allow()
    pair.wait_until_absent("doomed")
    pair.wait_until_equal()
    eventually("nothing to be parked any more", lambda: parked_changes(pair) == [], ARRIVAL_SECONDS)


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
