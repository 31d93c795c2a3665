# SPDX-License-Identifier: Apache-2.0
"""Before and after the rule: history, increments, and how they meet."""
import oss2

from farshore_clients.compare import exists, listing, version_stacks
from farshore_clients.steps import wait_until_gone
from farshore_clients.wait import eventually
from world import ARRIVAL_SECONDS, refused


def test_history_arrives_when_the_rule_says_so(world):
    pair = world.pair()
    for number in range(120):
        pair.source.put_object(f"old/{number:03}", f"{number}".encode())
    pair.replicate()
    pair.wait_until_equal()
    eventually("HistoricalObject to be 1", lambda: float(pair.doing().findtext("Progress/HistoricalObject")) == 1.0, ARRIVAL_SECONDS)
    for number in (0, 60, 119):
        pair.assert_same(f"old/{number:03}")


def test_history_stays_when_the_rule_says_so_and_later_changes_of_old_keys_arrive(world):
    pair = world.pair()
    pair.source.put_object("old", b"before")
    pair.source.put_object("changed", b"before")
    pair.replicate(is_enable_historical_object_replication=False)
    pair.source.put_object("changed", b"after")
    pair.source.put_object("new", b"after")
    pair.settle()
    assert not exists(pair.destination, "old")
    assert pair.destination.get_object("changed").read() == b"after"
    pair.assert_same("new")
    assert pair.doing().find("Progress/HistoricalObject") is None


def test_history_of_versioned_buckets_keeps_the_whole_stack(world):
    pair = world.pair(versioned=True)
    for number in range(4):
        pair.source.put_object("k", f"{number}".encode())
    pair.source.delete_object("k")
    pair.source.put_object("other", b"x")
    cut = pair.source.put_object("other", b"y").versionid
    pair.source.delete_object("other", params={"versionId": cut})
    pair.replicate()
    pair.wait_until_stacks_equal()
    assert len(version_stacks(pair.destination)) == 6


def test_history_never_overrides_what_was_written_after_the_rule(world):
    pair = world.pair()
    keys = [f"k{number:03}" for number in range(100)]
    for key in keys:
        pair.source.put_object(key, b"old " + key.encode())
    pair.replicate()
    for key in reversed(keys):
        pair.source.put_object(key, b"new " + key.encode())
    pair.source.delete_object(keys[7])
    pair.settle()
    eventually("HistoricalObject to be 1", lambda: float(pair.doing().findtext("Progress/HistoricalObject")) == 1.0, ARRIVAL_SECONDS)
    assert listing(pair.destination) == listing(pair.source)
    assert not exists(pair.destination, keys[7])
    assert pair.destination.get_object(keys[0]).read() == b"new k000"


def test_a_rule_made_again_goes_on_without_losing_anything(world):
    pair = world.pair()
    pair.replicate()
    pair.source.put_object("first", b"1")
    pair.wait_for("first")
    pair.source.delete_bucket_replication(pair.rule_id)
    refused(pair.replicate, 400, "BucketReplicationAlreadyExist")  # Closing still counts as there.
    wait_until_gone(pair.source, pair.rule_id)
    pair.source.put_object("between", b"2")
    pair.replicate()
    pair.source.put_object("after", b"3")
    pair.wait_until_equal()


def test_a_thousand_small_objects_arrive(world):
    pair = world.pair()
    pair.replicate()
    for number in range(1000):
        pair.source.put_object(f"many/{number % 10}/{number:04}", b"%d" % number)
    pair.wait_until_equal()
    assert sum(1 for _ in oss2.ObjectIteratorV2(pair.destination)) == 1000
