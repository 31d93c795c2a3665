# SPDX-License-Identifier: Apache-2.0
"""Who has no right gets nothing: foreign accounts, nobody at all, users without a policy, explicit denials, sessions."""
import json

import oss2
import pytest
import requests
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException

from farshore_clients.identity import Ram, assume_role, caller_identity
from world import refused

BUCKET_CALLS = {
    "list": lambda b: b.list_objects_v2(), "list v1": lambda b: b.list_objects(), "versions": lambda b: b.list_object_versions(),
    "uploads": lambda b: b.list_multipart_uploads(), "info": lambda b: b.get_bucket_info(), "location": lambda b: b.get_bucket_location(),
    "get acl": lambda b: b.get_bucket_acl(), "put acl": lambda b: b.put_bucket_acl("public-read-write"),
    "get policy": lambda b: b.get_bucket_policy(), "put policy": lambda b: b.put_bucket_policy('{"Version":"1","Statement":[]}'),
    "delete policy": lambda b: b.delete_bucket_policy(),
    "versioning": lambda b: b.put_bucket_versioning(oss2.models.BucketVersioningConfig(oss2.BUCKET_VERSIONING_ENABLE)),
    "get rules": lambda b: b.get_bucket_replication(), "stop rule": lambda b: b.delete_bucket_replication("x"),
    "progress": lambda b: b.get_bucket_replication_progress("x"), "locations": lambda b: b.get_bucket_replication_location(),
    "delete bucket": lambda b: b.delete_bucket(),
}
OBJECT_CALLS = {
    "get": lambda b: b.get_object("k"), "head": lambda b: b.head_object("k"), "meta": lambda b: b.get_object_meta("k"),
    "absent": lambda b: b.get_object("absent"), "put": lambda b: b.put_object("k", b"bad"), "put new": lambda b: b.put_object("new", b"bad"),
    "delete": lambda b: b.delete_object("k"), "batch": lambda b: b.batch_delete_objects(["k"]),
    "get object acl": lambda b: b.get_object_acl("k"), "put object acl": lambda b: b.put_object_acl("k", "public-read"),
    "tags": lambda b: b.get_object_tagging("k"), "untag": lambda b: b.delete_object_tagging("k"), "initiate": lambda b: b.init_multipart_upload("k"),
    "copy onto": lambda b: b.copy_object(b.bucket_name, "k", "new"),
}
CALLS = {**BUCKET_CALLS, **OBJECT_CALLS}


def stranger_of(kind, world, bucket):
    """Another caller's view of the bucket."""
    if kind == "a foreign account":
        return world.source_bucket(bucket.bucket_name, world.destination_account)
    if kind == "nobody":
        return oss2.Bucket(oss2.AnonymousAuth(), bucket.endpoint, bucket.bucket_name)
    name = "user-" + bucket.bucket_name
    if kind == "a user without a policy":
        return world.source_bucket(bucket.bucket_name, world.ram.create_user(name))
    if kind == "a foreign user with every policy":
        other = Ram(world.realm, world.destination_account)
        user = other.create_user(name)
        other.attach_to_user("AdministratorAccess", name, kind="System")
        return world.source_bucket(bucket.bucket_name, user)
    assert kind == "a user who is denied"
    user = world.ram.create_user(name)
    world.ram.attach_to_user("AdministratorAccess", name, kind="System")
    world.ram.create_policy(name, {"Version": "1", "Statement": [{"Effect": "Deny", "Action": "oss:*", "Resource": ["acs:oss:*:*:" + bucket.bucket_name + "*"]}]})
    world.ram.attach_to_user(name, name)
    return world.source_bucket(bucket.bucket_name, user)


@pytest.mark.parametrize("kind", ["a foreign account", "nobody", "a user without a policy", "a foreign user with every policy", "a user who is denied"])
def test_strangers_are_refused_every_call_and_change_nothing(world, kind):
    pair = world.pair(role=False, policy=False)
    pair.source.put_object("k", b"good", headers={"x-oss-tagging": "a=b"})
    stranger = stranger_of(kind, world, pair.source)
    for name, call in CALLS.items():
        with pytest.raises(oss2.exceptions.ServerError) as caught:
            call(stranger)
        assert (caught.value.status, caught.value.code) == (403, "AccessDenied"), f"{name}: {caught.value}"
    assert pair.source.get_object("k").read() == b"good"
    assert [o.key for o in oss2.ObjectIteratorV2(pair.source)] == ["k"]
    assert pair.source.get_bucket_acl().acl == "private"


def test_the_two_accounts_of_a_rule_see_nothing_of_each_other(world):
    pair = world.pair()
    pair.replicate()
    pair.source.put_object("k", b"good")
    pair.wait_for("k")
    for bucket in (world.source_bucket(pair.source.bucket_name, world.destination_account),
                   world.destination_bucket(pair.destination.bucket_name, world.source_account)):
        for call in (lambda: bucket.get_object("k"), lambda: bucket.put_object("k", b"bad"), bucket.list_objects_v2, bucket.get_bucket_info):
            refused(call, 403, "AccessDenied")


def test_a_bucket_policy_opens_exactly_what_it_names_to_a_foreign_user(world):
    pair = world.pair(role=False, policy=False)
    pair.source.put_object("open/a", b"a")
    pair.source.put_object("shut/b", b"b")
    user = Ram(world.realm, world.destination_account).create_user("reader-" + pair.source.bucket_name)
    pair.source.put_bucket_policy(json.dumps({"Version": "1", "Statement": [{
        "Effect": "Allow", "Action": ["oss:GetObject"], "Principal": [user.uid],
        "Resource": [f"acs:oss:*:{world.source_account.uid}:{pair.source.bucket_name}/open/*"]}]}))
    reader = world.source_bucket(pair.source.bucket_name, user)
    assert reader.get_object("open/a").read() == b"a"
    for call in (lambda: reader.get_object("shut/b"), lambda: reader.put_object("open/a", b"x"), reader.list_objects_v2, lambda: reader.delete_object("open/a")):
        refused(call, 403, "AccessDenied")


def test_a_users_policy_opens_exactly_what_it_names(world):
    pair = world.pair(role=False, policy=False)
    name, bucket = "limited-" + pair.source.bucket_name, pair.source.bucket_name
    user = world.ram.create_user(name)
    world.ram.create_policy(name, {"Version": "1", "Statement": [
        {"Effect": "Allow", "Action": ["oss:PutObject", "oss:GetObject"], "Resource": [f"acs:oss:*:*:{bucket}/mine/*"]},
        {"Effect": "Deny", "Action": ["oss:GetObject"], "Resource": [f"acs:oss:*:*:{bucket}/mine/secret*"]}]})
    world.ram.attach_to_user(name, name)
    limited = world.source_bucket(bucket, user)
    limited.put_object("mine/a", b"1")
    limited.put_object("mine/secret", b"2")
    assert limited.get_object("mine/a").read() == b"1"
    for call in (lambda: limited.get_object("mine/secret"), lambda: limited.get_object("other"), lambda: limited.put_object("other", b""),
                 limited.list_objects_v2, lambda: limited.delete_object("mine/a")):
        refused(call, 403, "AccessDenied")


def test_the_error_tells_which_action_was_missing_and_who_asked(world):
    pair = world.pair(role=False, policy=False)
    user = world.ram.create_user("curious-" + pair.source.bucket_name)
    with pytest.raises(oss2.exceptions.ServerError) as caught:
        world.source_bucket(pair.source.bucket_name, user).get_object("k")
    body = caught.value.body.decode()
    assert "<AuthAction>oss:GetObject</AuthAction>" in body
    assert "<NoPermissionType>ImplicitDeny</NoPermissionType>" in body


def test_public_read_opens_reading_of_objects_only(world):
    pair = world.pair(role=False, policy=False)
    pair.source.put_object("open", b"to all", headers={"x-oss-object-acl": "public-read"})
    pair.source.put_object("shut", b"to me")
    url = f"{pair.source.endpoint}/{pair.source.bucket_name}/"
    assert requests.get(url + "open", timeout=30).content == b"to all"
    assert requests.get(url + "shut", timeout=30).status_code == 403
    assert requests.put(url + "open", data=b"x", timeout=30).status_code == 403
    assert requests.delete(url + "open", timeout=30).status_code == 403


def a_user_and_a_role(world, pair, name):
    """A user that may assume a role that may read the bucket."""
    user = world.ram.create_user(name)
    world.ram.attach_to_user("AliyunSTSAssumeRoleAccess", name, kind="System")
    trust = {"Version": "1", "Statement": [{"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"RAM": [f"acs:ram::{world.source_account.uid}:root"]}}]}
    arn = world.ram.create_role(name + "Role", trust)
    world.ram.attach_to_role("AliyunOSSReadOnlyAccess", name + "Role", kind="System")
    return user, arn


@pytest.mark.parametrize("version", ["v1", "v4"])
def test_a_role_session_may_do_what_its_role_may_and_its_session_policy_only_narrows(world, version):
    pair = world.pair(role=False, policy=False)
    pair.source.put_object("a", b"1")
    pair.source.put_object("b", b"2")
    user, arn = a_user_and_a_role(world, pair, "s-" + pair.source.bucket_name)
    session = world.source_bucket(pair.source.bucket_name, assume_role(world.realm, user, arn), version)
    assert session.get_object("a").read() == b"1"
    refused(lambda: session.put_object("a", b"x"), 403, "AccessDenied")
    only_b = {"Version": "1", "Statement": [{"Effect": "Allow", "Action": "oss:*", "Resource": [f"acs:oss:*:*:{pair.source.bucket_name}/b"]}]}
    narrow = world.source_bucket(pair.source.bucket_name, assume_role(world.realm, user, arn, policy=only_b), version)
    assert narrow.get_object("b").read() == b"2"
    refused(lambda: narrow.get_object("a"), 403, "AccessDenied")
    refused(lambda: narrow.put_object("b", b"x"), 403, "AccessDenied")


def test_a_session_ends_with_its_role(world):
    pair = world.pair(role=False, policy=False)
    pair.source.put_object("a", b"1")
    name = "e-" + pair.source.bucket_name
    user, arn = a_user_and_a_role(world, pair, name)
    session = world.source_bucket(pair.source.bucket_name, assume_role(world.realm, user, arn))
    assert session.get_object("a").read() == b"1"
    world.ram.detach_from_role("AliyunOSSReadOnlyAccess", name + "Role", kind="System")
    refused(lambda: session.get_object("a"), 403, "AccessDenied")
    world.ram.delete_role(name + "Role")
    with pytest.raises(oss2.exceptions.ServerError) as caught:
        session.get_object("a")
    assert caught.value.status == 403


def test_temporary_keys_need_their_own_token(world):
    pair = world.pair(role=False, policy=False)
    user, arn = a_user_and_a_role(world, pair, "t-" + pair.source.bucket_name)
    one, two = assume_role(world.realm, user, arn, "one"), assume_role(world.realm, user, arn, "two")
    name, endpoint = pair.source.bucket_name, pair.source.endpoint
    without = oss2.Bucket(oss2.Auth(one.access_key_id, one.access_key_secret), endpoint, name)
    refused(without.list_objects_v2, 403, "InvalidAccessKeyId")
    crossed = oss2.Bucket(oss2.StsAuth(one.access_key_id, one.access_key_secret, two.security_token), endpoint, name)
    refused(crossed.list_objects_v2, 403, "AccessKeyIdAndSecurityTokenNotMatch")
    garbage = oss2.Bucket(oss2.StsAuth(one.access_key_id, one.access_key_secret, "CAISgarbage"), endpoint, name)
    refused(garbage.list_objects_v2, 403, "InvalidSecurityToken")


def test_an_accounts_root_may_not_assume_a_role_and_a_service_role_is_for_the_service_only(world):
    pair = world.pair()
    arn = world.ram.role_arn(pair.role)
    user = world.ram.create_user("a-" + pair.source.bucket_name)
    world.ram.attach_to_user("AliyunSTSAssumeRoleAccess", user.name, kind="System")
    for caller in (world.source_account, user):
        with pytest.raises(AlibabaCloudException) as caught:
            assume_role(world.realm, caller, arn)
        assert caught.value.code == "NoPermission"


def test_ram_is_separate_for_each_account_and_users_need_rights_for_it(world):
    pair = world.pair()
    other = Ram(world.realm, world.destination_account)
    user = Ram(world.realm, world.ram.create_user("r-" + pair.source.bucket_name))
    for ram, code in ((other, "EntityNotExist.Role"), (user, "NoPermission")):
        with pytest.raises(AlibabaCloudException) as caught:
            ram.role_arn(pair.role)
        assert caught.value.code == code
    assert caller_identity(world.realm, user.account).account_id == world.source_account.uid
