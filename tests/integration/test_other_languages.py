# SPDX-License-Identifier: Apache-2.0
"""The same story told by the published Node.js and Go clients, each a program of its own."""
import json
import pathlib
import subprocess

import pytest

from farshore_clients import steps
from world import DESTINATION_REGION, SOURCE_REGION

HERE = pathlib.Path(__file__).resolve().parent
GO_STORY = HERE.parents[1] / "build/go-story"


def side(world, account, region_id, bucket_name):
    region = world.realm.region(region_id)
    return {"access_key_id": account.access_key_id, "access_key_secret": account.access_key_secret, "uid": account.uid,
            "region": region.id, "location": region.location, "endpoint": region.endpoint, "bucket": bucket_name}


def tell(program, document):
    done = subprocess.run([*program, json.dumps(document)], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr or done.stdout
    return json.loads(done.stdout.splitlines()[-1])


def test_the_node_client_writes_and_reads_both_sides(world):
    assert (HERE / "node/node_modules/ali-oss").exists(), "tools/clients/prepare node has not run"
    pair = world.pair()
    pair.replicate()
    told = tell(["node", str(HERE / "node/story.js")], {
        "source": side(world, world.source_account, SOURCE_REGION, pair.source.bucket_name),
        "destination": side(world, world.destination_account, DESTINATION_REGION, pair.destination.bucket_name)})
    assert told == {"v1": 5, "v4": 5}


@pytest.mark.parametrize("signature", ["v4", "v1"])
def test_the_go_client_makes_the_rule_and_its_objects_arrive(world, signature):
    assert GO_STORY.exists(), "tools/clients/prepare go has not run"
    role = "Go" + world.name.replace("-", "")
    source, destination = world.name + "-src", world.name + "-dst"
    steps.step_1_create_and_authorize_role(world.realm, world.source_account, role, role + "Policy", source)
    told = tell([str(GO_STORY)], {
        "signature": signature, "role": role, "principal": steps.role_principal(world.source_account.uid, role),
        "source": side(world, world.source_account, SOURCE_REGION, source),
        "destination": side(world, world.destination_account, DESTINATION_REGION, destination)})
    assert told["objects"] == 5 and len(told["rule"]) == 36
