# SPDX-License-Identifier: Apache-2.0
"""Disks that fail, fill up or go read-only at one step while clients write: an honest answer or an honest end, nothing acknowledged lost, and all is well
once the disk is."""
import errno

import oss2
import pytest

from farshore_clients.compare import exists
from farshore_clients.server import ServerEnded
from farshore_clients.wait import eventually
from faults import CHANGES, READS, Faults
from load import Crew, content
from realms import LONG, SMALL_STORE, TwoProcesses, running
from verdict import judge
from world import ARRIVAL_SECONDS, World

STOPPED = "the store has stopped writing after a disk error; start again to recover"
LOG = ("segment.create", "segment.write", "segment.sync", "log.sync")
EXTENTS = ("extent.create", "extent.resize", "extent.write", "extent.sync", "extents.sync")
INDEX = ("table.create", "table.write", "table.sync", "manifest.write", "manifest.sync")
CARE = ("spare.create", "spare.write", "spare.sync", "spare.rename", "segment.rename", "segment.remove", "extent.remove", "table.remove")

FAULTS = [(steps, number) for number in (errno.EIO, errno.ENOSPC) for steps in (LOG, EXTENTS, INDEX, CARE)]
FAULTS = FAULTS[:4] + FAULTS[4:][::-1]  # so that every second one is of either kind


@pytest.fixture
def disk(tmp_path):
    """Two processes with small stores, and the faults of each."""
    faults = {side: Faults(tmp_path / f"faults-{side}") for side in ("source", "destination")}
    with running(TwoProcesses(tmp_path, faults=faults, store=SMALL_STORE)) as realm:
        yield realm, faults
        for one in faults.values():
            one.heal()
        assert set(realm.stop()) == {0}


def fail_for_a_while(realm, side, faults, steps, number):
    """The steps fail until the server has met one of them three times, or has ended because of it; then the disk is well again and the server runs.

    Gives whether it had ended."""
    before = {step: faults.calls(step) for step in steps}
    faults.fail(steps, number)
    process = realm.process(side)

    def met():
        return process.poll() is not None or sum(faults.calls(step) - before[step] for step in steps) >= 3

    eventually(f"{steps[0]} and the like to fail at the {side}", met, 30.0, every=0.01)
    if number == errno.EIO and steps == LOG:
        eventually("the server to end", lambda: process.poll() is not None, 30.0)
    faults.heal()
    return revive(realm, side)


def revive(realm, side):
    """Starts a server that has ended; it must have said why. A store that has stopped writing is given the time to end."""
    region, process = getattr(realm, side), realm.process(side)
    if "backend.log_ended" in region.log.read_text(errors="replace").rpartition("backend.opened")[2]:
        process.wait(30)
    if process.poll() is None:
        return False
    assert process.returncode == 1, f"the {side} ended with status {process.returncode}\n{realm.log_tail()}"
    assert STOPPED in region.log_tail(), realm.log_tail()
    realm.start_side(side)
    return True


@pytest.mark.parametrize("side", ["source", "destination"])
def test_whatever_fails_at_a_disk_under_load_nothing_acknowledged_is_lost(side, disk):
    realm, faults = disk
    world = World(realm, "faulty")
    pair = world.pair(versioned=True)
    pair.replicate()
    crew = Crew(lambda: world.source_bucket(pair.source.bucket_name), 4, side, refusals_allowed=side == "source")
    ended = []
    for steps, number in FAULTS if LONG else FAULTS[::2] if side == "source" else FAULTS[1::2]:
        crew.wait_for_more(40)
        if side == "source":
            crew.hold()
        if fail_for_a_while(realm, side, faults[side], steps, number):
            ended.append(f"{steps[0].partition('.')[0]} {errno.errorcode[number]}")
        crew.go_on()
    print(f"\n{side}: it ended itself and was started again for {', '.join(ended)}; answers {[writer.refused for writer in crew.writers]}")
    crew.wait_for_more(20)
    crew.end()
    judge(pair, crew).check()


@pytest.mark.parametrize("side", ["source", "destination"])
def test_a_disk_that_goes_read_only_serves_reads_and_comes_back(side, disk):
    realm, faults = disk
    world = World(realm, "read-only")
    pair = world.pair(versioned=True)
    pair.replicate()
    pair.source.put_object("first", content("first", 1, 300_000))
    pair.wait_for("first")
    faults[side].fail(CHANGES, errno.EROFS)
    if side == "source":
        with pytest.raises(oss2.exceptions.OssError):
            for number in range(1000):
                pair.source.put_object(f"refused/{number}", b"x")
    else:
        pair.source.put_object("later", b"x")
    process = realm.process(side)
    assert process.wait(30) == 1, realm.log_tail()  # The log cannot be written: it says so and ends, for its supervisor to start it again.
    assert STOPPED in getattr(realm, side).log_tail()
    with pytest.raises(ServerEnded, match="Read-only file system"):
        realm.start_side(side)
    assert process.returncode == 1
    faults[side].heal()
    realm.start_side(side)
    pair.source.put_object("later", b"y")
    for key in ("first", "later"):
        pair.wait_for(key)
        pair.assert_same(key)


def test_what_cannot_be_read_is_said_and_never_made_up(disk):
    realm, faults = disk
    world = World(realm, "unreadable")
    pair = world.pair(versioned=True)
    pair.source.put_object("large", content("large", 1, 3_000_000))
    pair.source.put_object("small", content("small", 1, 100_000))
    realm.kill(["source"])  # What it remembers of them goes with it.
    realm.start()
    faults["source"].fail([step for step in READS if not step.startswith("table")], errno.EIO)
    for key in ("large", "small"):
        with pytest.raises(oss2.exceptions.ServerError) as caught:
            pair.source.get_object(key).read()
        assert caught.value.status == 503, caught.value  # 500 is for bytes that were read and are damaged
    rule = pair.replicate()
    eventually("the rule to name what it cannot read", lambda: "source_unreadable" in realm.served.admin(realm.source, "parked", pair.source.bucket_name, rule), ARRIVAL_SECONDS)
    assert not exists(pair.destination, "large")
    faults["source"].heal()
    for key, size in (("large", 3_000_000), ("small", 100_000)):
        assert pair.source.get_object(key).read() == content(key, 1, size)
        pair.wait_for(key)
        pair.assert_same(key)
