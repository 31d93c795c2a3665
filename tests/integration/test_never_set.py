# SPDX-License-Identifier: Apache-2.0
"""Configurations that were never set answer as the service does, and what is not built is refused by name."""
import oss2
import pytest

from farshore_clients.buckets import call
from world import refused

NEVER_SET = {
    "cors": "NoSuchCORSConfiguration", "website": "NoSuchWebsiteConfiguration", "lifecycle": "NoSuchLifecycle", "policy": "NoSuchBucketPolicy",
    "encryption": "NoSuchServerSideEncryptionRule", "transferAcceleration": "NoSuchTransferAccelerationConfiguration",
    "replication": "NoSuchReplicationConfiguration", "replicationProgress": "NoSuchReplicationConfiguration", "worm": "NoSuchWORMConfiguration",
    "style": "NoSuchStyle",
}
NOT_BUILT = ["metaQuery", "accessPoint", "cname", "live", "stat"]


@pytest.mark.parametrize("name", NEVER_SET)
def test_reading_a_configuration_that_was_never_set_answers_its_own_404(world, name):
    bucket = world.pair(role=False, policy=False).source
    refused(lambda: call(bucket, "GET", {name: ""}), 404, NEVER_SET[name])


@pytest.mark.parametrize("name", ["logging", "referer", "tagging", "resourceGroup", "versioning", "requestPayment", "acl", "location", "bucketInfo"])
def test_reading_a_configuration_that_always_exists_answers_200(world, name):
    bucket = world.pair(role=False, policy=False).source
    root = {"resourceGroup": b"<BucketResourceGroupConfiguration>", "versioning": b"<VersioningConfiguration"}.get(name, b"<")
    assert root in call(bucket, "GET", {name: ""}).read()


@pytest.mark.parametrize("name", NOT_BUILT)
def test_what_is_not_built_is_refused_by_name_and_never_taken_silently(world, name):
    bucket = world.pair(role=False, policy=False).source
    for method in ("GET", "PUT"):
        error = refused(lambda: call(bucket, method, {name: ""}, None if method == "GET" else "<X/>"), 400, "NotImplemented")
        assert name in error.message


@pytest.mark.parametrize("name", ["style", "lifecycle", "cors", "website", "logging", "transferAcceleration", "worm"])
def test_what_can_only_be_read_is_refused_by_name_when_it_is_set(world, name):
    bucket = world.pair(role=False, policy=False).source
    error = refused(lambda: call(bucket, "PUT", {name: ""}, "<X/>"), 400, "NotImplemented")
    assert name in error.message


def test_versioning_that_was_never_set_is_absent(world):
    bucket = world.pair(role=False, policy=False).source
    assert bucket.get_bucket_versioning().status is None
    assert b"<Versioning>" not in call(bucket, "GET", {"bucketInfo": ""}).read()


def test_an_absent_bucket_and_an_absent_object_have_their_own_404(world):
    bucket = world.pair(role=False, policy=False).source
    absent = world.source_bucket(bucket.bucket_name + "-absent")
    refused(absent.list_objects_v2, 404, "NoSuchBucket")
    refused(lambda: absent.put_object("k", b""), 404, "NoSuchBucket")
    refused(lambda: bucket.get_object("absent"), 404, "NoSuchKey")
    refused(lambda: bucket.head_object("absent"), 404, "NoSuchKey")
    assert bucket.delete_object("absent").status == 204


def test_bucket_names_are_one_space_for_all_accounts_and_regions(world):
    bucket = world.pair(role=False, policy=False).source
    bucket.create_bucket()  # Again by the owner: fine.
    refused(world.destination_bucket(bucket.bucket_name).create_bucket, 409, "BucketAlreadyExists")
    refused(world.source_bucket(bucket.bucket_name, world.destination_account).create_bucket, 409, "BucketAlreadyExists")
    refused(world.destination_bucket(bucket.bucket_name, world.source_account).create_bucket, 409, "BucketAlreadyExists")


def test_names_that_break_the_rules_are_refused(world):
    for name in ("ab", "-front", "UPPER", "under_score", "x" * 64):
        bucket = world.source_bucket("placeholder")
        bucket.bucket_name = name  # The client would refuse it before the server could.
        refused(lambda: bucket.create_bucket(), 400, "InvalidBucketName")
    bucket = world.pair(role=False, policy=False).source
    for key in ("k" * 1024, "\\front"):
        refused(lambda: bucket.put_object(key, b""), 400, "InvalidObjectName")


def test_a_bucket_with_anything_in_it_is_not_deleted(world):
    pair = world.pair(versioned=True, role=False, policy=False)
    version = pair.source.put_object("k", b"1").versionid
    marker = pair.source.delete_object("k").versionid
    for gone in (version, marker):
        refused(pair.source.delete_bucket, 409, "BucketNotEmpty")
        pair.source.delete_object("k", params={"versionId": gone})
    assert pair.source.delete_bucket().status == 204


def test_every_answer_carries_a_request_id_of_24_characters(world):
    bucket = world.pair(role=False, policy=False).source
    assert len(bucket.put_object("k", b"").request_id) == 24
    with pytest.raises(oss2.exceptions.NoSuchKey) as caught:
        bucket.get_object("absent")
    assert len(caught.value.request_id) == 24
    assert caught.value.details["RequestId"] == caught.value.request_id
