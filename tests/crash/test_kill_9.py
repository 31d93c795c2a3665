# SPDX-License-Identifier: Apache-2.0
"""kill -9 of either side, or of both, again and again while published clients write: nothing acknowledged is lost, both ends become equal.

The short form, 8 rounds in all, belongs to ./check. A longer form, 200 rounds (tests/crash/campaign kills at named points as well):

    FARSHORE_CRASH_ROUNDS=200 build/venv/bin/pytest -s tests/crash/test_kill_9.py

Every story prints its seed; FARSHORE_CRASH_SEED=<seed> repeats its choices (what the machine does in between stays its own).
"""
import os
import random
import time

import pytest

from farshore_clients.compare import exists
from farshore_clients.wait import eventually
from load import Crew
from realms import OneProcess, TwoProcesses, running
from verdict import judge
from world import ARRIVAL_SECONDS, World

ROUNDS = int(os.environ.get("FARSHORE_CRASH_ROUNDS", "8"))
STORIES = {  # what is started, who dies, its share of the rounds
    "one process": (OneProcess, (("source", "destination"),), 0.25),
    "destination": (TwoProcesses, (("destination",),), 0.25),
    "source": (TwoProcesses, (("source",),), 0.25),
    "either or both": (TwoProcesses, (("source",), ("destination",), ("source", "destination")), 0.25),
}
WRITERS = 4


@pytest.mark.parametrize("story", STORIES)
def test_nothing_acknowledged_is_lost_and_both_ends_become_equal(story, tmp_path, record_property):
    make, victims, share = STORIES[story]
    seed = os.environ.get("FARSHORE_CRASH_SEED", str(random.randrange(1 << 32)))
    print(f"\n{story}: seed {seed}")
    chance = random.Random(f"{seed}/{story}")
    rounds = max(1, round(ROUNDS * share))
    with running(make(tmp_path)) as realm:
        pair = World(realm, "crash").pair(versioned=True)
        crew = Crew(lambda: World(realm, "crash").source_bucket(pair.source.bucket_name), WRITERS, f"{seed}/{story}")
        crew.wait_for_more(200)
        pair.replicate()  # What was there before is history, and the first server dies while that is on its way.
        recoveries = []
        for number in range(rounds):
            crew.wait_for_more(chance.randrange(40, 160))
            sides = chance.choice(victims)
            if "source" in sides:
                crew.hold()
            time.sleep(chance.random() * 0.05)  # Chance decides between which steps of a write the server dies.
            realm.kill(sides)
            if "source" not in sides:
                crew.wait_for_more(chance.randrange(20, 80))  # a queue for the time after
            realm.start()
            pair.reconnect()
            begin = time.monotonic()
            pair.source.put_object(f"probe/{number}", b"x")
            crew.go_on()
            eventually(f"the replica of probe/{number}", lambda: exists(pair.destination, f"probe/{number}"), ARRIVAL_SECONDS, every=0.01)
            recoveries.append(time.monotonic() - begin)
        crew.end()
        verdict = judge(pair, crew)
        print(f"{story}: {rounds} rounds, {crew.acknowledgements} writes acknowledged, {sum(w.unclear for w in crew.writers)} cut; from restart to a new "
              f"object at the destination: median {sorted(recoveries)[rounds // 2]:.2f} s, longest {max(recoveries):.2f} s")
        record_property("recovery_seconds", " ".join(f"{seconds:.3f}" for seconds in recoveries))
        verdict.check()
        assert set(realm.stop()) == {0}
