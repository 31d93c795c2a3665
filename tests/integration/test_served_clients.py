# SPDX-License-Identifier: Apache-2.0
"""Every published client against two `farshore serve` processes over TLS, each told of the realm's authority in its own way."""
import dataclasses

import alibabacloud_oss_v2 as oss_v2
import oss2
import pytest
import requests

import stories
from farshore_clients.buckets import bucket, client_v2
from farshore_clients.identity import assume_role, caller_identity
from world import DESTINATION_REGION, SOURCE_REGION, refused


@pytest.fixture
def server(served):
    """What `world` stands on: here the served realm instead of `farshore dev`."""
    return served


@pytest.mark.parametrize("version", ["v1", "v4"])
def test_oss2_tells_the_whole_story_over_tls(world, version):
    stories.tell_with_oss2(world, version)


@pytest.mark.parametrize("signature", ["v1", "v4"])
def test_the_second_generation_python_client_tells_the_whole_story_over_tls(world, signature):
    stories.tell_with_oss_v2(world, signature)


def test_the_node_client_writes_and_reads_both_sides_over_tls(world):
    stories.tell_with_node(world, NODE_EXTRA_CA_CERTS=str(world.server.ca))


@pytest.mark.parametrize("signature", ["v1", "v4"])
def test_the_go_client_makes_the_rule_and_its_objects_arrive_over_tls(world, signature):
    stories.tell_with_go(world, signature, SSL_CERT_FILE=str(world.server.ca))


@pytest.mark.parametrize("issuer", [SOURCE_REGION, DESTINATION_REGION])
def test_a_session_of_the_sts_client_from_either_region_is_good_in_both_over_tls(world, issuer):
    realm = dataclasses.replace(world.realm, identity_endpoint=world.realm.region(issuer).endpoint)
    for region_id, make in ((SOURCE_REGION, world.source_bucket), (DESTINATION_REGION, world.destination_bucket)):
        one = make(f"{world.name}-{region_id}", world.source_account)
        one.create_bucket()
        one.put_object("a", region_id.encode())
    user = world.ram.create_user("u" + world.name)
    world.ram.attach_to_user("AliyunSTSAssumeRoleAccess", user.name, kind="System")
    trust = {"Version": "1", "Statement": [{"Action": "sts:AssumeRole", "Effect": "Allow",
                                            "Principal": {"RAM": [f"acs:ram::{world.source_account.uid}:root"]}}]}
    arn = world.ram.create_role("r" + world.name, trust)
    world.ram.attach_to_role("AliyunOSSReadOnlyAccess", "r" + world.name, kind="System")
    assert caller_identity(realm, user).account_id == world.source_account.uid

    session = assume_role(realm, user, arn)
    assert "assumed-role/" in caller_identity(realm, session).arn
    for region_id in (SOURCE_REGION, DESTINATION_REGION):
        name = f"{world.name}-{region_id}"
        for version in ("v1", "v4"):
            by_oss2 = bucket(world.realm, region_id, session, name, version)
            assert by_oss2.get_object("a").read() == region_id.encode()
            refused(lambda: by_oss2.put_object("a", b"x"), 403, "AccessDenied")
            by_v2 = client_v2(world.realm, region_id, session, version)
            assert by_v2.get_object(oss_v2.GetObjectRequest(bucket=name, key="a")).body.content == region_id.encode()


def test_no_client_talks_to_a_region_whose_authority_it_was_not_told(world, monkeypatch):
    with pytest.raises(AssertionError, match="unable to verify the first certificate|self.signed certificate|unable to get local issuer"):
        stories.tell_with_node(world)
    with pytest.raises(AssertionError, match="certificate signed by unknown authority"):
        stories.tell_with_go(world, "v4")
    account, name = world.source_account, world.name + "-never"
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with pytest.raises(oss2.exceptions.RequestError, match="CERTIFICATE_VERIFY_FAILED"):
        world.source_bucket(name).create_bucket()
    with pytest.raises(Exception, match="CERTIFICATE_VERIFY_FAILED"):
        client_v2(world.realm, SOURCE_REGION, account).put_bucket(oss_v2.PutBucketRequest(bucket=name))
    unheard = dataclasses.replace(world.realm, identity_endpoint=world.realm.identity_endpoint.replace("127.0.0.1", "localhost"))  # No connection to reuse.
    with pytest.raises(Exception, match="unable to get local issuer|self.signed certificate"):
        caller_identity(unheard, account)
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(world.realm.region(SOURCE_REGION).endpoint + "/-/ready", timeout=10)
