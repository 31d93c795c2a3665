# SPDX-License-Identifier: Apache-2.0
"""Versioned buckets: stacks, delete markers, permanent deletions, and what the delete switches of a rule allow."""
import oss2
import pytest

from farshore_clients import steps
from farshore_clients.buckets import call
from farshore_clients.compare import exists, version_stacks
from world import DESTINATION_REGION, refused


def rule_body(world, pair, inside):
    """A <Rule> with elements that no published client can say."""
    location = world.location(DESTINATION_REGION)
    return (f"<ReplicationConfiguration><Rule>{inside}<Destination><Bucket>{pair.destination.bucket_name}</Bucket><Location>{location}</Location></Destination>"
            f"<HistoricalObjectReplication>enabled</HistoricalObjectReplication><SyncRole>{pair.role}</SyncRole></Rule></ReplicationConfiguration>")


def replicate_with(world, pair, inside):
    answer = call(pair.source, "POST", {"replication": "", "comp": "add"}, rule_body(world, pair, inside))
    pair.rule_id = answer.headers["x-oss-replication-rule-id"]


def switches(markers, versions):
    return (f"<Action>{'ALL' if versions == 'Enabled' else 'PUT'}</Action><DeleteMarkerReplication><Status>{markers}</Status></DeleteMarkerReplication>"
            f"<VersionDeletionReplication><Status>{versions}</Status></VersionDeletionReplication>")


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


@pytest.mark.parametrize("markers", ["Enabled", "Disabled"])
@pytest.mark.parametrize("versions", ["Enabled", "Disabled"])
def test_each_delete_switch_does_what_it_says(world, markers, versions):
    pair = world.pair(versioned=True)
    replicate_with(world, pair, switches(markers, versions))
    read = steps.rule_xml(pair.source, pair.rule_id)
    assert read.findtext("DeleteMarkerReplication/Status") == markers
    assert read.findtext("VersionDeletionReplication/Status") == versions

    old = pair.source.put_object("cut", b"old").versionid
    pair.source.put_object("cut", b"new")
    pair.source.put_object("marked", b"x")
    pair.wait_until_stacks_equal()
    pair.source.delete_object("marked")
    pair.source.delete_object("cut", params={"versionId": old})
    pair.settle()
    assert exists(pair.destination, "marked") == (markers == "Disabled")
    assert exists(pair.destination, "cut", old) == (versions == "Disabled")
    assert pair.destination.get_object("cut").read() == b"new"


def test_without_switches_action_put_sends_markers_but_no_permanent_deletions(world):
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


def test_tag_filters_choose_by_all_or_by_any_tag(world):
    for kind, arriving in (("AND", {"both", "more"}), ("OR", {"both", "more", "one"})):
        pair = world.pair(versioned=True)
        tags = "".join(f"<UserTagging><Key>{k}</Key><Value>{v}</Value></UserTagging>" for k, v in (("tier", "gold"), ("place", "sea")))
        replicate_with(world, pair, f"<Action>PUT</Action><UserTaggings><FilterType>{kind}</FilterType>{tags}</UserTaggings>")
        for key, tagging in (("both", "tier=gold&place=sea"), ("more", "tier=gold&place=sea&x=y"), ("one", "tier=gold"), ("other", "tier=silver"), ("none", "")):
            pair.source.put_object(key, b"x", headers={"x-oss-tagging": tagging} if tagging else None)
        pair.settle()
        assert {row[0] for row in version_stacks(pair.destination)} == arriving


def test_a_tag_filter_refuses_the_delete_switches(world):
    pair = world.pair(versioned=True)
    tags = "<UserTaggings><FilterType>AND</FilterType><UserTagging><Key>a</Key><Value>b</Value></UserTagging></UserTaggings>"
    for body in (tags + switches("Enabled", "Disabled"), tags + switches("Disabled", "Enabled")):
        refused(lambda: replicate_with(world, pair, body), 400, "InvalidArgument")


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
