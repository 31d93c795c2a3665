# SPDX-License-Identifier: Apache-2.0
"""A link that is cut or reset at every edge of its first frames and inside them, and one that lets nothing pass one way: all arrives, once, by itself."""
import os
import random

import pytest

from farshore_clients.wait import eventually
from frames import BACK, FORWARD, Cut, through
from load import Crew
from realms import LONG, TwoProcesses, running
from verdict import judge
from world import ARRIVAL_SECONDS, World

FRAMES = 24 if LONG else 8
# How much of the frame passes before the end: nothing, a part of its head, its head, a part of its body, all but a byte, all.
PLACES = {"before": lambda frame: 0, "in its head": lambda frame: 7, "behind its head": lambda frame: frame.header_bytes, "in its body": lambda frame: (frame.header_bytes + len(frame.raw)) // 2,
          "before its last byte": lambda frame: len(frame.raw) - 1, "after": lambda frame: len(frame.raw)}


class Plan:
    """Ends one connection after the other, each at another place; then lets everything pass."""

    def __init__(self, cuts):
        self.cuts = cuts
        self.begun = False  # until then everything passes
        self.done = []
        self._own = {}

    def __call__(self, connection, frame):
        if self.begun and connection not in self._own and self.cuts:
            self._own[connection] = self.cuts.pop()
        direction, number, place, reset = self._own.get(connection, (None,) * 4)
        if (direction, number) == (frame.direction, frame.number):
            self.done.append((direction, number, place, reset))
            raise Cut(PLACES[place](frame), reset)


def test_a_link_that_ends_at_every_edge_of_its_frames_loses_and_doubles_nothing(tmp_path):
    chance = random.Random(os.environ.get("FARSHORE_CRASH_SEED"))
    cuts = [(direction, number, place, chance.random() < 0.5) for direction in (FORWARD, BACK) for number in range(FRAMES) for place in PLACES]
    if not LONG:
        cuts = chance.sample(cuts, 10)  # A rule whose link fails again and again knocks ever more rarely, at least every 3 s.
    chance.shuffle(cuts)
    wanted, plan, proxies = len(cuts), Plan(cuts), []
    with running(TwoProcesses(tmp_path, through(proxies, plan))) as realm:
        world = World(realm, "frames")
        pair = world.pair(versioned=True)
        pair.replicate()
        crew = Crew(lambda: world.source_bucket(pair.source.bucket_name), 2, "frames")
        plan.begun = True
        proxies[0].cut()

        def all_cut():
            for writer in crew.writers:
                assert writer.unexpected is None, writer.unexpected
            return not plan.cuts

        eventually("every cut of the plan", all_cut, 600.0 if LONG else 90.0)
        crew.end()
        judge(pair, crew).check()
        print(f"\n{proxies[0].cuts} cuts, {sum(reset for *_, reset in plan.done)} of them resets, {crew.acknowledgements} writes acknowledged")
        assert len(plan.done) >= wanted * 0.8, "most connections ended before their turn"
        assert set(realm.stop()) == {0}
    proxies[0].close()


@pytest.mark.parametrize("direction", [FORWARD, BACK])
def test_a_link_that_lets_nothing_pass_one_way_goes_on_when_it_does(direction, tmp_path):
    proxies = []
    with running(TwoProcesses(tmp_path, through(proxies))) as realm:
        world = World(realm, "one-way")
        pair = world.pair(versioned=True)
        pair.replicate()
        crew = Crew(lambda: world.source_bucket(pair.source.bucket_name), 2, direction)
        crew.wait_for_more(50)
        proxies[0].hold(direction)
        crew.wait_for_more(200)  # The source's own clients notice nothing.
        if LONG:  # Both ends give the link up after 15 s, and every new one stands still as well.
            eventually("the stall to be named", lambda: "unreachable" in realm.served.admin(realm.source, "health"), ARRIVAL_SECONDS)
        proxies[0].hold()
        crew.wait_for_more(20)
        crew.end()
        judge(pair, crew).check()
        assert set(realm.stop()) == {0}
    proxies[0].close()
