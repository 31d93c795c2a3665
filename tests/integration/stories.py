# SPDX-License-Identifier: Apache-2.0
"""The page's steps as each published client tells them, over whatever scheme the realm's endpoints have: for dev and for served realms."""
import json
import os
import pathlib
import subprocess

import alibabacloud_oss_v2 as oss_v2

from farshore_clients import steps
from farshore_clients.buckets import client_v2
from farshore_clients.compare import facts
from farshore_clients.wait import eventually
from world import DESTINATION_REGION, SOURCE_REGION

HERE = pathlib.Path(__file__).resolve().parent
NODE_STORY = HERE / "node/story.js"
GO_STORY = HERE.parents[1] / "build/go-story"


def tell_with_oss2(world, version):
    """Step 3 signed with one version, a replica, the rule and its progress. RAM and the bucket policy are the world's."""
    pair = world.pair()
    source = world.source_bucket(pair.source.bucket_name, version=version)
    destination = world.destination_bucket(pair.destination.bucket_name, version=version)
    rule_id = steps.step_3_create_rule(source, destination.bucket_name, world.location(DESTINATION_REGION), pair.role)
    source.put_object("folder/a b.txt", b"signed with " + version.encode())
    eventually("the replica", lambda: destination.object_exists("folder/a b.txt"))
    assert facts(destination, "folder/a b.txt") == facts(source, "folder/a b.txt")
    rule = source.get_bucket_replication().rule_list[0]
    assert (rule.rule_id, rule.sync_role_name, rule.target_bucket_name) == (rule_id, pair.role, destination.bucket_name)
    assert source.get_bucket_replication_progress(rule_id).progress.status in ("starting", "doing")


def tell_with_oss_v2(world, signature):
    """Step 3 by the second-generation Python client, a replica, and all that it reads of a rule."""
    pair = world.pair()
    name = pair.source.bucket_name
    source = client_v2(world.realm, SOURCE_REGION, world.source_account, signature)
    destination = client_v2(world.realm, DESTINATION_REGION, world.destination_account, signature)
    rule = oss_v2.ReplicationRule(
        rtc=oss_v2.ReplicationTimeControl(status="disabled"), sync_role=pair.role, action="ALL", historical_object_replication="enabled",
        destination=oss_v2.ReplicationDestination(bucket=pair.destination.bucket_name, location=world.location(DESTINATION_REGION), transfer_type="internal"))
    result = source.put_bucket_replication(oss_v2.PutBucketReplicationRequest(
        bucket=name, replication_configuration=oss_v2.ReplicationConfiguration(rules=[rule])))
    rule_id = result.headers["x-oss-replication-rule-id"]
    assert len(result.request_id) == 24

    source.put_object(oss_v2.PutObjectRequest(bucket=name, key="dir/ü.txt", body=b"second generation", metadata={"colour": "blue"}))
    eventually("the replica", lambda: destination.is_object_exist(pair.destination.bucket_name, "dir/ü.txt"))
    got = destination.get_object(oss_v2.GetObjectRequest(bucket=pair.destination.bucket_name, key="dir/ü.txt"))
    assert got.body.content == b"second generation"
    assert got.metadata["colour"] == "blue"
    assert got.last_modified == source.head_object(oss_v2.HeadObjectRequest(bucket=name, key="dir/ü.txt")).last_modified

    read = source.get_bucket_replication(oss_v2.GetBucketReplicationRequest(bucket=name)).replication_configuration.rules[0]
    assert (read.id, read.action, read.sync_role, read.destination.bucket) == (rule_id, "ALL", pair.role, pair.destination.bucket_name)
    progress = source.get_bucket_replication_progress(oss_v2.GetBucketReplicationProgressRequest(bucket=name, rule_id=rule_id))
    assert progress.replication_progress.rules[0].id == rule_id
    assert source.get_bucket_replication_location(oss_v2.GetBucketReplicationLocationRequest(bucket=name)).replication_location.locations


def tell_with_node(world, **environment):
    """ali-oss has no replication calls: the rule is made here, the objects are written and compared by node/story.js with V1 and V4."""
    assert (HERE / "node/node_modules/ali-oss").exists(), "tools/clients/prepare node has not run"
    pair = world.pair()
    pair.replicate()
    told = _tell(["node", str(NODE_STORY)], {
        "source": side(world, world.source_account, SOURCE_REGION, pair.source.bucket_name),
        "destination": side(world, world.destination_account, DESTINATION_REGION, pair.destination.bucket_name)}, environment)
    assert told == {"v1": 5, "v4": 5}


def tell_with_go(world, signature, **environment):
    """go/main.go does steps 2 and 3, writes, compares and waits for progress; it has no RAM, so step 1 is done here."""
    assert GO_STORY.exists(), "tools/clients/prepare go has not run"
    role = "Go" + world.name.replace("-", "")
    source, destination = world.name + "-src", world.name + "-dst"
    steps.step_1_create_and_authorize_role(world.realm, world.source_account, role, role + "Policy", source)
    told = _tell([str(GO_STORY)], {
        "signature": signature, "role": role, "principal": steps.role_principal(world.source_account.uid, role),
        "source": side(world, world.source_account, SOURCE_REGION, source),
        "destination": side(world, world.destination_account, DESTINATION_REGION, destination)}, environment)
    assert told["objects"] == 5
    assert steps.rule_xml(world.source_bucket(source), told["rule"]).findtext("SyncRole") == role


def side(world, account, region_id, bucket_name):
    """One end of a story, as the programs in other languages read it."""
    region = world.realm.region(region_id)
    return {"access_key_id": account.access_key_id, "access_key_secret": account.access_key_secret, "uid": account.uid,
            "region": region.id, "location": region.location, "endpoint": region.endpoint, "bucket": bucket_name}


def _tell(program, document, environment):
    done = subprocess.run([*program, json.dumps(document)], capture_output=True, text=True, timeout=300, env=os.environ | environment)
    assert done.returncode == 0, done.stderr or done.stdout
    return json.loads(done.stdout.splitlines()[-1])
