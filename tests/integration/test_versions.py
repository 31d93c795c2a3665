# SPDX-License-Identifier: Apache-2.0
"""Versioned buckets: stacks, delete markers, permanent deletions."""
import oss2

from farshore_clients.compare import exists, version_stacks
from world import refused


def test_version_stacks_are_equal_ids_and_order_included(world):
    pair = world.pair(versioned=True)
    pair.replicate()
    for number in range(5):
        for key in ("a", "b/c", "emoji-\U0001f43c"):
            pair.source.put_object(key, f"{key} {number}".encode(), headers={"x-oss-meta-number": str(number)})
    pair.wait_until_stacks_equal()
    for row in version_stacks(pair.source):
        pair.assert_same(row[0], row[1])


def test_delete_markers_and_permanent_deletions_arrive_under_action_all(world):
    pair = world.pair(versioned=True)
    pair.replicate()
    first = pair.source.put_object("k", b"1").versionid
    pair.source.put_object("k", b"2")
    marker = pair.source.delete_object("k").versionid
    pair.wait_until_stacks_equal()
    error = refused(lambda: pair.destination.get_object("k"), 404, "NoSuchKey")
    assert error.headers["x-oss-delete-marker"] == "true"
    pair.source.delete_object("k", params={"versionId": first})
    pair.wait_until_stacks_equal()
    pair.source.delete_object("k", params={"versionId": marker})
    pair.wait_until_stacks_equal()
    assert pair.destination.get_object("k").read() == b"2"


def test_action_put_sends_markers_but_no_permanent_deletions(world):
    pair = world.pair(versioned=True)
    pair.replicate(action_list=["PUT"])
    old = pair.source.put_object("k", b"old").versionid
    pair.source.put_object("k", b"new")
    pair.wait_until_stacks_equal()
    pair.source.delete_object("k", params={"versionId": old})
    pair.source.delete_object("k")
    pair.settle()
    assert exists(pair.destination, "k", old)
    assert not exists(pair.destination, "k")


def test_replication_overwrites_what_stands_at_the_destination_and_versioning_keeps_the_older_one(world):
    pair = world.pair(versioned=True)
    pair.source.put_object("k", b"from the source, first")
    own = pair.destination.put_object("k", b"written at the destination, later").versionid
    pair.replicate()
    pair.wait_for("k")
    assert pair.destination.get_object("k").read() == b"from the source, first"
    assert pair.destination.get_object("k", params={"versionId": own}).read() == b"written at the destination, later"


def test_versioning_is_frozen_on_both_buckets_while_a_rule_names_them(world):
    pair = world.pair(versioned=True)
    pair.replicate()
    suspended = oss2.models.BucketVersioningConfig(oss2.BUCKET_VERSIONING_SUSPEND)
    enabled = oss2.models.BucketVersioningConfig(oss2.BUCKET_VERSIONING_ENABLE)
    for bucket in (pair.source, pair.destination):
        refused(lambda: bucket.put_bucket_versioning(suspended), 409, "InvalidBucketState")
        bucket.put_bucket_versioning(enabled)  # The state it already has.
        assert bucket.get_bucket_versioning().status == "Enabled"


def test_versions_are_told_apart_as_malformed_absent_and_marker(world):
    pair = world.pair(versioned=True)
    version = pair.source.put_object("k", b"1").versionid
    marker = pair.source.delete_object("k").versionid
    refused(lambda: pair.source.get_object("k", params={"versionId": "!!"}), 400, "InvalidArgument")
    refused(lambda: pair.source.get_object("other", params={"versionId": version}), 404, "NoSuchVersion")
    error = refused(lambda: pair.source.get_object("k", params={"versionId": marker}), 405, "MethodNotAllowed")
    assert error.headers["x-oss-delete-marker"] == "true"
