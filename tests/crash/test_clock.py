# SPDX-License-Identifier: Apache-2.0
"""Wall clocks that jump by hours, forward and back: the order of writes, what was acknowledged, and replication do not depend on them."""
import datetime
import types

import oss2
import pytest

from faults import Faults
from load import Writer
from realms import TwoProcesses, running
from verdict import judge
from world import World, refused

HOURS = 3600


@pytest.fixture
def set_clients_clock(monkeypatch):
    """Moves the clock that oss2 signs with."""
    offset = datetime.timedelta()

    class Moved(datetime.datetime):
        @classmethod
        def utcnow(cls):
            return datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None) + offset

    def move(seconds):
        nonlocal offset
        offset = datetime.timedelta(seconds=seconds)

    monkeypatch.setattr(oss2.auth, "datetime", Moved)
    return move


@pytest.mark.parametrize("sides", [("source",), ("destination",), ("source", "destination")], ids=" and ".join)
def test_a_clock_that_jumps_by_hours_changes_no_order_and_stops_no_rule(sides, tmp_path, set_clients_clock):
    faults = {side: Faults(tmp_path / f"faults-{side}") for side in ("source", "destination")}
    with running(TwoProcesses(tmp_path, faults=faults)) as realm:
        pair = World(realm, "clock").pair(versioned=True)
        pair.replicate()
        writer = Writer(None, "w", "clock")
        for number, hours in enumerate((0, 3, 0, -3, 0)):
            for side in sides:
                faults[side].set_clock(hours * HOURS)
            if "source" in sides and hours:
                refused(lambda: pair.source.put_object("refused", b"x"), 403, "RequestTimeTooSkewed")
            if "source" in sides:
                set_clients_clock(hours * HOURS)
            for _ in range(40):
                writer.write(pair.source)
            if number % 2:
                delivered = delivered_by(realm)
                assert delivered() > 0
        pair.wait_until_stacks_equal()
        judge(pair, types.SimpleNamespace(writers=[writer], acknowledgements=writer.acknowledgements)).check()
        assert set(realm.stop()) == {0}


def delivered_by(realm):
    return lambda: realm.served.metric(realm.source, "farshore_replication_delivered_total")
