# SPDX-License-Identifier: Apache-2.0
"""Rules in both directions, clients that write the same keys at both ends, and kill -9 of either end: the two version stacks become one."""
import collections
import json
import os
import random

from farshore_clients import steps
from farshore_clients.compare import exists, version_stacks
from farshore_clients.wait import eventually
from load import Crew
from realms import TwoProcesses, running
from world import ARRIVAL_SECONDS, SOURCE_REGION, World

ROUNDS = max(1, int(os.environ.get("FARSHORE_CRASH_ROUNDS", "12")) // 5)


def replicate_back(pair):
    """The three steps with the roles of the two accounts exchanged."""
    world, role = pair.world, pair.role + "Back"
    steps.step_1_create_and_authorize_role(world.realm, world.destination_account, role, role + "Policy", pair.destination.bucket_name)
    principal = steps.role_principal(world.destination_account.uid, role)
    pair.source.put_bucket_policy(json.dumps(steps.destination_policy(principal, world.source_account.uid, pair.source.bucket_name)))
    steps.step_3_create_rule(pair.destination, pair.source.bucket_name, world.location(SOURCE_REGION), role)


def test_both_ends_write_the_same_keys_while_either_dies_and_become_equal(tmp_path):
    seed = os.environ.get("FARSHORE_CRASH_SEED", str(random.randrange(1 << 32)))
    print(f"\ntwo-way: seed {seed}")
    chance = random.Random(seed)
    with running(TwoProcesses(tmp_path)) as realm:
        world = World(realm, "two-way")
        pair = world.pair(versioned=True)
        pair.replicate()
        replicate_back(pair)
        # A kill is a broken connection only for the clients of the end that dies; the others go on.
        crews = {"source": Crew(lambda: world.source_bucket(pair.source.bucket_name), 2, f"{seed}/here"),
                 "destination": Crew(lambda: world.destination_bucket(pair.destination.bucket_name), 2, f"{seed}/there")}
        for number in range(ROUNDS):
            for crew in crews.values():
                crew.wait_for_more(chance.randrange(30, 100))
            sides = chance.choice((("source",), ("destination",), ("source", "destination")))
            for side in sides:
                crews[side].hold()
            realm.kill(sides)
            for side in crews.keys() - set(sides):
                crews[side].wait_for_more(20)
            realm.start()
            for crew in crews.values():
                crew.go_on()
            for bucket, other in ((pair.source, pair.destination), (pair.destination, pair.source)):
                key = f"probe/{bucket.bucket_name}/{number}"
                bucket.put_object(key, b"x")
                eventually(key, lambda: exists(other, key), ARRIVAL_SECONDS)  # noqa: B023 used at once
        for crew in crews.values():
            crew.end()
        pair.wait_until_stacks_equal()
        stack = version_stacks(pair.source)
        assert max(collections.Counter((row[0], row[1]) for row in stack).values()) == 1, "a version is listed twice"
        there = {(row[0], row[1]) for row in stack}
        for crew in crews.values():
            for writer in crew.writers:
                lost = {(key, version) for key, writes in writer.acknowledged.items() for version, _, _ in writes} - there
                assert not lost, f"lost: {sorted(lost)[:5]}"
                assert not writer.deleted.intersection(row[1] for row in stack), "a version that was deleted for good is back"
        print(f"two-way: {ROUNDS} rounds, {sum(crew.acknowledgements for crew in crews.values())} writes acknowledged, {len(stack)} versions at either end")
        assert set(realm.stop()) == {0}
