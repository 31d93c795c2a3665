# SPDX-License-Identifier: Apache-2.0
"""The stage of every story: a realm with two accounts and two regions, and pairs of buckets with names of their own."""
import calendar
import json
import re
import time

import oss2
import pytest

from farshore_clients import steps
from farshore_clients.buckets import bucket
from farshore_clients.compare import exists, facts, listing, version_stacks
from farshore_clients.identity import Ram
from farshore_clients.wait import eventually

SOURCE_REGION, DESTINATION_REGION = "cn-hangzhou", "cn-beijing"
ARRIVAL_SECONDS = 60.0  # A deadline for a test that would otherwise hang; nothing is timed by it.


class World:
    """A running realm, the names of one test, and its two accounts."""

    def __init__(self, server, name):
        self.server = server
        self.name = name
        self._pairs = 0

    @property
    def realm(self):
        return self.server.realm

    @property
    def source_account(self):
        return self.realm.account("source")

    @property
    def destination_account(self):
        return self.realm.account("destination")

    @property
    def ram(self):
        """RAM, acting as the source account."""
        return Ram(self.realm, self.source_account)

    def source_bucket(self, name, account=None, version="v4"):
        return bucket(self.realm, SOURCE_REGION, account or self.source_account, name, version)

    def destination_bucket(self, name, account=None, version="v4"):
        return bucket(self.realm, DESTINATION_REGION, account or self.destination_account, name, version)

    def location(self, region_id):
        return self.realm.region(region_id).location

    def pair(self, versioned=False, role=True, policy=True):
        """Two empty buckets, and steps 1 and 2 of the page unless told otherwise."""
        self._pairs += 1
        pair = Pair(self, f"{self.name}-{self._pairs}")
        pair.source.create_bucket()
        pair.destination.create_bucket()
        if versioned:
            for one in (pair.source, pair.destination):
                one.put_bucket_versioning(oss2.models.BucketVersioningConfig(oss2.BUCKET_VERSIONING_ENABLE))
        if role:
            steps.step_1_create_and_authorize_role(self.realm, self.source_account, pair.role, pair.role + "Policy", pair.source.bucket_name)
        if policy:
            pair.allow()
        return pair


class Pair:
    """A source bucket, a destination bucket, a role, and what a story does with them."""

    def __init__(self, world, stem):
        self.world = world
        self.source = world.source_bucket(f"{stem}-src")
        self.destination = world.destination_bucket(f"{stem}-dst")
        self.role = "Role" + re.sub("[^0-9a-z]", "", stem)
        self.rule_id = None
        self._settled = 0

    @property
    def principal(self):
        return steps.role_principal(self.world.source_account.uid, self.role)

    def allow(self, **options):
        """Step 2; options as of steps.destination_policy."""
        self.set_policy(steps.destination_policy(self.principal, self.world.destination_account.uid, self.destination.bucket_name, **options))

    def set_policy(self, document):
        self.destination.put_bucket_policy(json.dumps(document))

    def replicate(self, **options):
        """Step 3; returns the rule id. options: arguments of oss2.models.ReplicationRule."""
        location = self.world.location(DESTINATION_REGION)
        self.rule_id = steps.step_3_create_rule(self.source, self.destination.bucket_name, location, self.role, **options)
        return self.rule_id

    def doing(self):
        return steps.wait_until_doing(self.source, self.rule_id)

    def new_object(self):
        """NewObject of the rule in whole seconds since 1970; waits for the rule to be doing."""
        return new_object(self.source, self.rule_id)

    def reconnect(self):
        """After a restart of the server, whose ports are others then."""
        self.source = self.world.source_bucket(self.source.bucket_name)
        self.destination = self.world.destination_bucket(self.destination.bucket_name)

    def settle(self):
        """Writes an object to the source and waits for NewObject to pass it: everything before is at the destination, or was rightly skipped."""
        self._settled += 1
        written = written_at(self.source, f"settled-{self._settled}")
        eventually(f"the progress of {self.rule_id} to pass what was written", lambda: self.new_object() > written, ARRIVAL_SECONDS)

    def wait_for(self, key, version_id=None):
        """Waits until the replica of the key's version (or of its current one) is there with the same ETag."""
        wanted = self.source.head_object(key, params={"versionId": version_id} if version_id else None)

        def arrived():
            try:
                there = self.destination.head_object(key, params={"versionId": version_id} if version_id else None)
            except oss2.exceptions.ServerError as error:
                assert error.status == 404, error
                return False
            assert there.headers["etag"] == wanted.headers["etag"], f"ETag {there.headers['etag']} instead of {wanted.headers['etag']}"
            assert there.headers.get("x-oss-version-id") == wanted.headers.get("x-oss-version-id")
            return True

        eventually(f"the replica of {key!r}", arrived, ARRIVAL_SECONDS)

    def wait_until_absent(self, key):
        eventually(f"{key!r} to leave the destination", lambda: not exists(self.destination, key), ARRIVAL_SECONDS)

    def wait_until_equal(self):
        """Waits until both listings are the same."""

        def equal():
            here, there = listing(self.source), listing(self.destination)
            assert there == here, f"only at the source: {set(here) - set(there)}, only at the destination: {set(there) - set(here)}"
            return True

        eventually("equal listings", equal, ARRIVAL_SECONDS)

    def wait_until_stacks_equal(self):
        """Waits until both version stacks are the same, markers included."""

        def equal():
            here, there = version_stacks(self.source), version_stacks(self.destination)
            assert there == here, f"source {here}\ndestination {there}"
            return True

        eventually("equal version stacks", equal, ARRIVAL_SECONDS)

    def assert_same(self, key, version_id=None):
        assert facts(self.destination, key, version_id) == facts(self.source, key, version_id)

    def beacon(self, actions=("oss:ReplicatePut", "oss:ReplicateDelete")):
        """A second rule of the same source, to a bucket of its own, whose rights stand: a Beacon."""
        return Beacon(self, actions)


class Beacon:
    """Tells when time enough has passed for a stalled rule to have done wrong: what was written before an object that has arrived
    here, and that the beacon's own progress has passed, could have arrived elsewhere, too. Only so can a story say "nothing came"
    without waiting for a while and hoping.
    """

    def __init__(self, pair, actions):
        world = pair.world
        self.source = pair.source
        self.bucket = world.destination_bucket(pair.destination.bucket_name + "-b")
        self.bucket.create_bucket()
        role = pair.role + "Beacon"  # A role of its own: rights that a story takes from the pair's role stay with this one.
        steps.step_1_create_and_authorize_role(world.realm, world.source_account, role, role + "Policy", pair.source.bucket_name)
        principal = steps.role_principal(world.source_account.uid, role)
        self.bucket.put_bucket_policy(json.dumps(steps.destination_policy(principal, world.destination_account.uid, self.bucket.bucket_name, actions)))
        self.rule_id = steps.step_3_create_rule(pair.source, self.bucket.bucket_name, world.location(DESTINATION_REGION), role)
        self.count = 0

    def shines(self):
        """Writes an object to the source, waits for it here and for the progress of the beacon's own rule to pass it; returns its Last-Modified second."""
        self.count += 1
        key = f"beacon-{self.count}"
        written = written_at(self.source, key)
        eventually(f"{key} at the beacon", lambda: exists(self.bucket, key), ARRIVAL_SECONDS)
        eventually(f"the beacon's progress to pass {key}", lambda: new_object(self.source, self.rule_id) > written, ARRIVAL_SECONDS)
        return written


def written_at(bucket, key):
    """Writes a small object; returns its Last-Modified second."""
    bucket.put_object(key, b"x")
    return bucket.head_object(key).last_modified


def new_object(source, rule_id):
    """NewObject of a rule in whole seconds since 1970; waits for the rule to be doing."""
    text = steps.wait_until_doing(source, rule_id).findtext("Progress/NewObject")
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ"))


def refused(call, status, code):
    """Calls and returns the oss2 error it must raise."""
    with pytest.raises(oss2.exceptions.ServerError) as caught:
        call()
    error = caught.value
    assert (error.status, error.code) == (status, code), f"{error.status} {error.code}: {error.message}"
    return error
