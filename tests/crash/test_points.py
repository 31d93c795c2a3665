# SPDX-License-Identifier: Apache-2.0
"""Deaths at named points: before, within and behind the steps of the log, of extents, of the index and of a start, behind frames of the peer link, and with the
power. The short form of tests/crash/campaign, which says more."""
import os
import random

import oss2
import pytest

from deaths import KEYS, SERVING, STARTING, arm
from episode import Episode, Shape
from farshore_clients.compare import version_stacks
from farshore_clients.server import DevServer, ServerEnded
from faults import KILL_BEFORE, POWER_CUT, POWER_TORN, Faults, wait_for_death
from load import content
from realms import BINARY, LONG, OneProcess, running
from world import World

SEED = os.environ.get("FARSHORE_CRASH_SEED", str(random.randrange(1 << 32)))
KILLS = 60 if LONG else 6


@pytest.mark.parametrize("shape", [Shape("points"), Shape("cut power", power=POWER_CUT), Shape("torn power", power=POWER_TORN), Shape("frames", at_frames=True)], ids=lambda shape: shape.name)
def test_nothing_acknowledged_is_lost_wherever_a_server_dies(shape, tmp_path):
    print(f"\n{shape.name}: seed {SEED}")
    tally = Episode(tmp_path, shape, SEED).run(KILLS)
    print(f"{shape.name}: {tally.kills} kills, {dict(tally.points)}; {tally.verdict.acknowledged} writes acknowledged, {tally.lost_writes} unsynced writes taken back")
    tally.verdict.check()
    wanted = {"segment.sync", "table.sync", "manifest.sync", "extent.sync", "superblock.rename", "socket.send"}
    assert wanted <= tally.steps, f"the library does not stand in front of {wanted - tally.steps}"


@pytest.mark.parametrize("step", ["segment.sync", "log.sync", "extent.sync", "extents.sync"])
def test_a_disk_that_lies_about_its_syncs_is_found_out(step, tmp_path):
    """The proof of the proof: were one of the store's syncs missing, a cut of power would take what was acknowledged, and the suite would see it."""
    faults = Faults(tmp_path / "faults")
    faults.power(POWER_CUT)
    with running(OneProcess(tmp_path, faults={"source": faults})) as realm:
        bucket = World(realm, "").source_bucket("lies")
        bucket.create_bucket()
        bucket.put_object("true", b"x")
        faults.lie(step)
        keys = [f"lie/{number}" for number in range(100)]
        for key in keys:  # enough for a second segment, and for extents
            bucket.put_object(key, content(key, 1, 300_000 if key.endswith("0") else 200_000))
        faults.kill("socket.send", action=KILL_BEFORE)
        with pytest.raises(oss2.exceptions.RequestError):
            bucket.put_object("last", b"x")
        assert wait_for_death(realm.process("source"), 10.0)
        faults.heal()
        try:
            realm.start()
        except ServerEnded as refusal:  # The index, whose own syncs were true, knows of a segment that is gone.
            assert step == "log.sync" and "a segment of the log is missing" in str(refusal)
            return
        bucket = World(realm, "").source_bucket("lies")
        assert bucket.get_object("true").read() == b"x"
        assert any(not readable(bucket, key) for key in keys)
        realm.kill(("source",))


def readable(bucket, key):
    try:
        return bucket.get_object(key).read() == content(key, 1, 300_000 if key.endswith("0") else 200_000)
    except oss2.exceptions.OssError:
        return False


def test_a_realm_killed_at_any_step_of_its_first_start_starts_the_next_time(tmp_path):
    points = KEYS + STARTING
    chance = random.Random(SEED)
    reached = []
    for point in points if LONG else chance.sample(points, 8):
        folder = tmp_path / point.name.replace(" ", "-")
        folder.mkdir()
        faults = Faults(folder / "faults")
        server = DevServer(BINARY, folder / "data", ("--regions", "cn-a,cn-b", "--accounts", "one"))
        server.environment |= faults.environment
        arm(faults, point, chance)
        try:
            server.start()
        except ServerEnded:
            assert server.process.returncode == -9, server.log_tail()
            reached.append(point.name)
        server.kill()
        faults.heal()
        server.start()
        assert [account.name for account in server.realm.accounts] == ["one"]
        assert server.stop() == 0
    print(f"\nkilled in their first start: {', '.join(reached)}")
    assert reached
