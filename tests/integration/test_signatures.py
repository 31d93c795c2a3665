# SPDX-License-Identifier: Apache-2.0
"""Signatures that are spoilt, skewed, expired or made for elsewhere open nothing; presigned URLs open exactly one thing."""
import datetime
import email.utils
import time

import alibabacloud_oss_v2 as oss_v2
import oss2
import oss2.auth
import pytest
import requests

from farshore_clients.buckets import client_v2
from world import DESTINATION_REGION, SOURCE_REGION, refused

VERSIONS = ["v1", "v4"]


def auth(version, key_id, secret):
    return oss2.make_auth(key_id, secret, version)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_wrong_secret_and_an_unknown_key_are_refused(world, version):
    pair = world.pair(role=False, policy=False)
    me = world.source_account
    for key_id, secret, code in ((me.access_key_id, "x" + me.access_key_secret, "SignatureDoesNotMatch"),
                                 ("LTAI5tNobodyHasThisKeyId", me.access_key_secret, "InvalidAccessKeyId")):
        bucket = oss2.Bucket(auth(version, key_id, secret), pair.source.endpoint, pair.source.bucket_name, region=SOURCE_REGION)
        refused(lambda: bucket.put_object("k", b"x"), 403, code)
        refused(lambda: bucket.head_object("k"), 403, code)


def test_signature_version_2_is_refused_by_name(world):
    pair = world.pair(role=False, policy=False)
    bucket = world.source_bucket(pair.source.bucket_name, version="v2")
    for call in (lambda: bucket.put_object("k", b"x"), bucket.list_objects_v2):
        assert "version 2" in refused(call, 400, "NotImplemented").message
    answer = requests.get(bucket.sign_url("GET", "k", 600), timeout=30)
    assert answer.status_code == 400 and "<Code>NotImplemented</Code>" in answer.text


def test_a_disabled_key_is_refused(world):
    pair = world.pair(role=False, policy=False)
    user = world.ram.create_user("d-" + pair.source.bucket_name)
    world.ram.attach_to_user("AliyunOSSFullAccess", user.name, kind="System")
    bucket = world.source_bucket(pair.source.bucket_name, user)
    bucket.put_object("k", b"x")
    world.ram.disable_key(user.name, user.access_key_id)
    refused(lambda: bucket.get_object("k"), 403, "InvalidAccessKeyId")


def skew_seconds():
    """Twenty minutes to the side on which the day stays the same: a V4 date of another day has an error of its own."""
    return 1200 if datetime.datetime.now(datetime.timezone.utc).hour == 0 else -1200


class SkewedClock(datetime.datetime):
    """The clock of a client that is twenty minutes off."""

    @classmethod
    def utcnow(cls):
        return datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None) + datetime.timedelta(seconds=skew_seconds())


@pytest.mark.parametrize("version", VERSIONS)
def test_a_clock_that_is_twenty_minutes_off_is_refused(world, version, monkeypatch):
    pair = world.pair(role=False, policy=False)
    bucket = world.source_bucket(pair.source.bucket_name, version=version)
    monkeypatch.setattr(oss2.auth, "datetime", SkewedClock)
    monkeypatch.setattr(oss2.auth.utils, "http_date", lambda *_: email.utils.formatdate(time.time() + skew_seconds(), usegmt=True))
    refused(lambda: bucket.put_object("k", b"x"), 403, "RequestTimeTooSkewed")


def test_a_signature_for_another_region_is_refused(world):
    pair = world.pair(role=False, policy=False)
    me = world.source_account
    bucket = oss2.Bucket(oss2.AuthV4(me.access_key_id, me.access_key_secret), pair.source.endpoint, pair.source.bucket_name, region=DESTINATION_REGION)
    error = refused(lambda: bucket.put_object("k", b"x"), 400, "InvalidArgument")
    assert error.message == "Invalid signing region in Authorization header."
    assert error.ec == "0002-00000226"
    refused(lambda: bucket.head_object("k"), 400, "InvalidArgument")


def test_a_bucket_of_another_region_is_pointed_to(world):
    pair = world.pair(role=False, policy=False)
    wrong = world.destination_bucket(pair.source.bucket_name, world.source_account)
    error = refused(wrong.list_objects_v2, 403, "AccessDenied")
    assert "must be addressed using the specified endpoint" in error.message
    assert error.details["Endpoint"]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_presigned_url_reads_one_object_until_it_expires(world, version):
    pair = world.pair(role=False, policy=False)
    bucket = world.source_bucket(pair.source.bucket_name, version=version)
    bucket.put_object("dir/a b.txt", b"signed for")
    bucket.put_object("other", b"not signed for")
    url = bucket.sign_url("GET", "dir/a b.txt", 600)
    assert requests.get(url, timeout=30).content == b"signed for"
    for spoilt in (url.replace("a%20b", "other"), url[:-3] + ("AAA" if not url.endswith("AAA") else "BBB")):
        assert requests.get(spoilt, timeout=30).status_code == 403
    assert requests.delete(url, timeout=30).status_code == 403
    assert requests.put(url, data=b"x", timeout=30).status_code == 403
    assert bucket.get_object("dir/a b.txt").read() == b"signed for"


def test_an_expired_presigned_url_is_refused(world):
    pair = world.pair(role=False, policy=False)
    bucket = world.source_bucket(pair.source.bucket_name, version="v1")
    bucket.put_object("k", b"x")
    answer = requests.get(bucket.sign_url("GET", "k", -10), timeout=30)
    assert answer.status_code == 403
    assert "<Code>AccessDenied</Code>" in answer.text and "Request has expired." in answer.text


@pytest.mark.parametrize("version", VERSIONS)
def test_a_presigned_url_writes_one_object_and_its_replica_arrives(world, version):
    pair = world.pair()
    pair.replicate()
    bucket = world.source_bucket(pair.source.bucket_name, version=version)
    url = bucket.sign_url("PUT", "by url", 600)
    answer = requests.put(url, data=b"uploaded by url", timeout=30)
    assert answer.status_code == 200, answer.text
    pair.wait_for("by url")
    pair.assert_same("by url")


def test_the_second_generation_clients_presigned_url_works(world):
    pair = world.pair(role=False, policy=False)
    client = client_v2(world.realm, SOURCE_REGION, world.source_account)
    client.put_object(oss_v2.PutObjectRequest(bucket=pair.source.bucket_name, key="k", body=b"v4"))
    signed = client.presign(oss_v2.GetObjectRequest(bucket=pair.source.bucket_name, key="k"))
    assert requests.get(signed.url, headers=dict(signed.signed_headers or {}), timeout=30).content == b"v4"


def test_a_presigned_url_gives_no_more_than_its_signer_has(world):
    pair = world.pair(role=False, policy=False)
    pair.source.put_object("k", b"x")
    user = world.ram.create_user("p-" + pair.source.bucket_name)
    url = world.source_bucket(pair.source.bucket_name, user).sign_url("GET", "k", 600)
    assert requests.get(url, timeout=30).status_code == 403
