# SPDX-License-Identifier: Apache-2.0
"""Why is one object not there? The tenant's own signed call says where a version is under each rule, and why."""
import json

from farshore_clients.buckets import call
from farshore_clients.wait import eventually
from world import ARRIVAL_SECONDS


def explain(bucket, key):
    """The answer for the bucket's only rule."""
    (rule,) = json.loads(call(bucket, "GET", {"x-farshore-explain": key}).read())["rules"]
    return rule


def test_explain_names_the_cause_the_remedy_and_the_arrival(world):
    pair = world.pair()
    pair.replicate()
    pair.source.put_object("arrives", b"1")
    pair.wait_for("arrives")
    there = explain(pair.source, "arrives")
    assert (there["reason"], there["at_source"], there["at_destination"]) == ("delivered", True, True)
    assert explain(pair.source, "never written")["reason"] == "not_at_source"

    pair.destination.delete_bucket_policy()
    pair.source.put_object("waits", b"2")
    eventually("the stall to be explained", lambda: explain(pair.source, "waits")["reason"] == "destination_denied", ARRIVAL_SECONDS)
    waits = explain(pair.source, "waits")
    assert waits["at_destination"] is False
    assert "oss:ReplicatePut" in waits["remedy"]
    pair.allow()
    eventually("the arrival to be explained", lambda: explain(pair.source, "waits")["reason"] == "delivered", ARRIVAL_SECONDS)
