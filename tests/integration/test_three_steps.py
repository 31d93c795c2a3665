# SPDX-License-Identifier: Apache-2.0
"""The page "Cross-account cross-region replication", step by step, as its reader would do it."""
import json

import oss2
import pytest

import stories
from farshore_clients import steps
from farshore_clients.compare import facts
from farshore_clients.identity import Ram
from farshore_clients.wait import eventually
from world import DESTINATION_REGION, SOURCE_REGION


def test_the_three_steps_of_the_page_replicate_across_accounts_and_regions(world):
    source_uid, destination_uid = world.source_account.uid, world.destination_account.uid
    source = world.source_bucket("src-bucket")
    destination = world.destination_bucket("dst-bucket")
    source.create_bucket()
    destination.create_bucket()

    # Step 1, source account: a role for the cloud service OSS, and the custom policy of the page with its own bucket's name.
    ram = Ram(world.realm, world.source_account)
    arn = ram.create_role("AliyunOssDrsRole")
    ram.create_policy("ReadSrcBucket", json.loads("""
      {
         "Version": "1",
         "Statement": [
            {
               "Effect": "Allow",
               "Action": [
                  "oss:ReplicateList",
                  "oss:ReplicateGet"
               ],
               "Resource": [
                  "acs:oss:*:*:src-bucket",
                  "acs:oss:*:*:src-bucket/*"
               ]
            }
         ]
      }"""))
    ram.attach_to_role("ReadSrcBucket", "AliyunOssDrsRole")
    assert arn.lower() == f"acs:ram::{source_uid}:role/aliyunossdrsrole"

    # Step 2, destination account: the page's policy example, the role's name in lower case.
    destination.put_bucket_policy("""
{
    "Version":"1",
    "Statement":[
        {
            "Effect":"Allow",
            "Action":[
                "oss:ReplicatePut",
                "oss:ReplicateDelete"
            ],
            "Principal": [
                "arn:ram::{source-account-uid}:role/{role-name}"
            ],
            "Resource":[
                "acs:oss:*:{destination-account-uid}:{destination-bucket-name}",
                "acs:oss:*:{destination-account-uid}:{destination-bucket-name}/*"
            ]
        }
    ]
}""".replace("{source-account-uid}", source_uid).replace("{role-name}", "aliyunossdrsrole")
     .replace("{destination-account-uid}", destination_uid).replace("{destination-bucket-name}", "dst-bucket"))

    # Step 3, source account: the rule.
    rule_id = steps.step_3_create_rule(source, "dst-bucket", world.location(DESTINATION_REGION), "AliyunOssDrsRole")
    assert len(rule_id) == 36

    source.put_object("report.pdf", b"%PDF-1.7 not really", headers={"x-oss-meta-author": "a person"})
    eventually("the replica of report.pdf", lambda: destination.object_exists("report.pdf"))
    assert facts(destination, "report.pdf") == facts(source, "report.pdf")


@pytest.mark.parametrize("version", ["v1", "v4"])
def test_each_signature_version_of_oss2_tells_the_whole_story(world, version):
    stories.tell_with_oss2(world, version)


@pytest.mark.parametrize("signature", ["v4", "v1"])
def test_the_second_generation_python_client_tells_the_whole_story(world, signature):
    stories.tell_with_oss_v2(world, signature)


@pytest.mark.parametrize("principal", [
    "arn:ram::{uid}:role/{lower}",
    "arn:sts::{uid}:assumed-role/{lower}/*",
    "acs:ram::{uid}:role/{name}",
])
def test_every_way_of_writing_the_role_into_the_bucket_policy_works(world, principal):
    pair = world.pair(policy=False)
    uid = world.source_account.uid
    written = principal.format(uid=uid, lower=pair.role.lower(), name=pair.role)
    pair.set_policy(steps.destination_policy(written, world.destination_account.uid, pair.destination.bucket_name))
    pair.replicate()
    pair.source.put_object("a", b"1")
    pair.wait_for("a")


def test_the_simplified_authorization_with_the_system_policy_works(world):
    pair = world.pair(role=False)
    world.ram.create_role(pair.role)
    world.ram.attach_to_role("AliyunOSSFullAccess", pair.role, kind="System")
    pair.replicate()
    pair.source.put_object("a", b"1")
    pair.wait_for("a")


def test_the_role_may_be_named_by_its_arn(world):
    pair = world.pair()
    location = world.location(DESTINATION_REGION)
    arn = world.ram.role_arn(pair.role)
    pair.rule_id = steps.step_3_create_rule(pair.source, pair.destination.bucket_name, location, arn)
    assert steps.rule_xml(pair.source, pair.rule_id).findtext("SyncRole").lower() == pair.role.lower()
    pair.source.put_object("a", b"1")
    pair.wait_for("a")


def test_two_way_rules_do_not_send_replicas_back(world):
    pair = world.pair(versioned=True)
    back = "Back" + pair.role
    other = Ram(world.realm, world.destination_account)
    other.create_role(back)
    other.create_policy(back + "Policy", steps.source_policy(pair.destination.bucket_name))
    other.attach_to_role(back + "Policy", back)
    principal = steps.role_principal(world.destination_account.uid, back)
    pair.source.put_bucket_policy(json.dumps(steps.destination_policy(principal, world.source_account.uid, pair.source.bucket_name)))
    pair.replicate()
    steps.step_3_create_rule(pair.destination, pair.source.bucket_name, world.location(SOURCE_REGION), back)

    pair.source.put_object("from-source", b"s")
    pair.destination.put_object("from-destination", b"d")
    pair.wait_until_stacks_equal()
    assert len(oss2_versions(pair.source)) == 2


def oss2_versions(bucket):
    return bucket.list_object_versions().versions


def test_replicas_are_not_forwarded_along_a_chain(world):
    first = world.pair()
    first.replicate()
    role = "Chain" + first.role
    other = Ram(world.realm, world.destination_account)
    other.create_role(role)
    other.create_policy(role + "Policy", steps.source_policy(first.destination.bucket_name))
    other.attach_to_role(role + "Policy", role)
    last = world.source_bucket(first.destination.bucket_name + "-c")
    last.create_bucket()
    principal = steps.role_principal(world.destination_account.uid, role)
    last.put_bucket_policy(json.dumps(steps.destination_policy(principal, world.source_account.uid, last.bucket_name)))
    steps.step_3_create_rule(first.destination, last.bucket_name, world.location(SOURCE_REGION), role)

    first.source.put_object("replica", b"1")
    first.wait_for("replica")
    first.destination.put_object("written-here", b"2")  # Later than the replica in the same journal, so when it has arrived, the replica would have.
    eventually("the direct write at the end of the chain", lambda: last.object_exists("written-here"))
    assert [o.key for o in oss2.ObjectIteratorV2(last)] == ["written-here"]
