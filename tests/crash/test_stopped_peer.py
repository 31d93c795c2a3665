# SPDX-License-Identifier: Apache-2.0
"""A region whose process stands still (SIGSTOP: a frozen machine, a debugger, a hypervisor that moves it) holds up nobody and goes on by itself.

The short form stops it for some hundred writes, the long one (FARSHORE_CRASH_LONG=1) for a minute."""
import signal
import time

import oss2
import pytest

from farshore_clients.wait import eventually
from load import Crew
from realms import LONG, TwoProcesses, running
from verdict import judge
from world import World

STOPPED_SECONDS = 60.0 if LONG else 0.0


@pytest.mark.parametrize("side", ["source", "destination"])
def test_a_region_that_stands_still_holds_up_nobody_and_goes_on_by_itself(side, tmp_path):
    with running(TwoProcesses(tmp_path)) as realm:
        world = World(realm, "stopped")
        pair = world.pair(versioned=True)
        pair.replicate()
        # The clients of the side that goes on must not notice.
        other = world.destination_bucket("stopped-own")
        other.create_bucket()
        other.put_bucket_versioning(oss2.models.BucketVersioningConfig(oss2.BUCKET_VERSIONING_ENABLE))
        make = {"destination": lambda: world.source_bucket(pair.source.bucket_name), "source": lambda: world.destination_bucket(other.bucket_name)}[side]
        crew = Crew(make, 3, side)
        crew.wait_for_more(30)
        process = realm.process(side)
        process.send_signal(signal.SIGSTOP)
        end = time.monotonic() + STOPPED_SECONDS
        crew.wait_for_more(200)
        while time.monotonic() < end:
            crew.wait_for_more(20)
        process.send_signal(signal.SIGCONT)
        pair.source.put_object("after", b"x")
        pair.wait_for("after")
        crew.wait_for_more(20)
        crew.end()
        assert all(writer.unclear == 0 for writer in crew.writers), "a client of the other region was cut"
        if side == "destination":
            judge(pair, crew).check()
        assert set(realm.stop()) == {0}


@pytest.mark.skipif(not LONG, reason="takes the 15 s after which a silent link is given up")
def test_a_region_that_stands_still_is_named_as_out_of_reach(tmp_path):
    with running(TwoProcesses(tmp_path)) as realm:
        pair = World(realm, "silent").pair()
        pair.replicate()
        pair.source.put_object("first", b"x")
        pair.wait_for("first")
        realm.process("destination").send_signal(signal.SIGSTOP)
        pair.source.put_object("second", b"x")
        eventually("the stall to be named", lambda: "unreachable" in realm.served.admin(realm.source, "health"), 60.0)
        realm.process("destination").send_signal(signal.SIGCONT)
        pair.wait_for("second")
        assert set(realm.stop()) == {0}
