# SPDX-License-Identifier: Apache-2.0
"""An episode: one realm, clients that write, and deaths at random and at named points, again and again; then the verdict."""
import collections
import dataclasses
import random
import time

from deaths import FRAMES, SERVING, STARTING, arm
from farshore_clients.compare import exists
from farshore_clients.server import ServerEnded
from farshore_clients.wait import eventually
from faults import POWER_STAYS, Faults, wait_for_death
from frames import Trigger, through
from load import Crew
from realms import SMALL_STORE, OneProcess, TwoProcesses, running
from verdict import Verdict, judge
from world import ARRIVAL_SECONDS, World

WRITERS = 4
# A point that the load does not reach within this time is given up; the server dies where it stands.
POINT_SECONDS = 3.0
AT_RANDOM = "at random"
DAMAGE = ("damaged", "log_ended", "kCorrupt")  # in a log that has seen nothing but deaths


@dataclasses.dataclass(frozen=True)
class Shape:
    """What kind of realm an episode has and how its servers die."""

    name: str
    processes: int = 2
    small_store: bool = True
    victims: tuple = (("source",), ("destination",), ("source", "destination"))
    power: int = POWER_STAYS
    at_points: float = 0.75  # the share of deaths at named points
    in_recovery: float = 0.3  # the share of restarts that die on the way
    at_frames: bool = False  # the named points are frames of the peer link


@dataclasses.dataclass
class Tally:
    """What episodes have added up to."""

    kills: int = 0
    points: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    missed: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    unclear: int = 0
    lost_writes: int = 0
    recoveries: list = dataclasses.field(default_factory=list)  # from the restart's end to a new object at the destination
    verdict: Verdict = dataclasses.field(default_factory=Verdict)
    steps: set = dataclasses.field(default_factory=set)

    def add(self, other):
        for name in ("kills", "unclear", "lost_writes"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.points.update(other.points)
        self.missed.update(other.missed)
        self.recoveries += other.recoveries
        self.steps |= other.steps
        self.verdict.acknowledged += other.verdict.acknowledged
        for name in ("lost", "wrong", "doubled", "risen"):
            getattr(self.verdict, name).extend(getattr(other.verdict, name))


class Episode:
    """Runs once. `points`: the named points to draw from, in their order if they are few."""

    def __init__(self, directory, shape, seed, points=SERVING):
        self.directory, self.shape, self.seed = directory, shape, seed
        self.points = list(points)
        self.chance = random.Random(f"{seed}/{shape.name}")
        self.tally = Tally()
        self.trigger, self.proxies = Trigger(), []
        names = ("source", "destination") if shape.processes == 2 else ("source",)
        self.faults = {side: Faults(directory / f"faults-{side}") for side in names}
        for faults in self.faults.values():
            faults.power(shape.power, self.chance.randrange(1 << 32))

    def run(self, kills):
        if self.shape.processes == 2:
            prepare = through(self.proxies, self.trigger) if self.shape.at_frames else None
            realm = TwoProcesses(self.directory, prepare, self.faults, SMALL_STORE if self.shape.small_store else None)
        else:
            realm = OneProcess(self.directory, faults=self.faults)
        with running(realm):
            world = World(realm, "crash")
            pair = world.pair(versioned=True)
            crew = Crew(lambda: world.source_bucket(pair.source.bucket_name), WRITERS, f"{self.seed}/{self.shape.name}")
            crew.wait_for_more(60)
            pair.replicate()  # What was there before is history, and the first server dies while that is on its way.
            while self.tally.kills < kills:
                self.one_death(realm, pair, crew)
            crew.end()
            self.tally.verdict = judge(pair, crew)
            self.tally.unclear = sum(writer.unclear for writer in crew.writers)
            for faults in self.faults.values():
                self.tally.lost_writes += faults.lost_writes
                self.tally.steps |= faults.reached
            text = realm.log_text()
            assert not any(word in text for word in DAMAGE), f"a log speaks of damage\n{realm.log_tail()}"
            assert set(realm.stop()) == {0}
        for proxy in self.proxies:
            proxy.close()
        return self.tally

    def one_death(self, realm, pair, crew):
        crew.wait_for_more(self.chance.randrange(3, 30))
        sides = self.chance.choice(self.shape.victims) if self.shape.processes == 2 else ("source",)
        if "source" in sides:
            crew.hold()
        for side, point in [(side, self.arm(realm, side)) for side in sides]:
            self.await_death(realm, side, point)
        if "source" not in sides:
            crew.wait_for_more(self.chance.randrange(3, 20))  # a queue for the time after
        for side in sides:
            self.restart(realm, side)
        pair.reconnect()
        begin = time.monotonic()
        probe = f"probe/{self.tally.kills}"
        pair.source.put_object(probe, b"x")
        crew.go_on()
        eventually(f"the replica of {probe}", lambda: exists(pair.destination, probe), ARRIVAL_SECONDS, every=0.01)
        self.tally.recoveries.append(time.monotonic() - begin)

    def arm(self, realm, side):
        """Lets a server die soon, or now; gives the name of the point."""
        if self.chance.random() < self.shape.at_points and self.shape.at_frames:
            direction, kind, spread, before = self.chance.choice(FRAMES)
            process = realm.process(side)
            self.trigger.arm(direction, kind, self.chance.randrange(spread) + 1, before, process.kill)
            return f"{side} {'before' if before else 'after'} a frame of {kind}"
        if self.chance.random() < self.shape.at_points and not self.shape.at_frames:
            point = self.chance.choice(self.points)
            arm(self.faults[side], point, self.chance)
            return point.name
        if self.shape.power != POWER_STAYS:
            self.faults[side].kill(self.chance.choice(("segment.write", "socket.send")), self.chance.randrange(1, 40), self.chance.randrange(1, 3))  # Only by its own hand does the power go with it.
        else:
            time.sleep(self.chance.random() * 0.05)  # Chance decides between which steps of a write the server dies.
            realm.kill((side,))
        return AT_RANDOM

    def await_death(self, realm, side, point):
        if not wait_for_death(realm.process(side), POINT_SECONDS):
            self.faults[side].heal()
            self.trigger.disarm()
            realm.kill((side,))
            self.tally.missed[point] += 1
            point = AT_RANDOM
        self.tally.points[point] += 1
        self.tally.kills += 1

    def restart(self, realm, side):
        """Starts the server; it may die on the way and is started again then."""
        faults = self.faults[side]
        faults.heal()
        if self.chance.random() < self.shape.in_recovery:
            point = self.chance.choice(STARTING)
            arm(faults, point, self.chance)
            try:
                realm.start_side(side)
                dead = faults.fired(point.step) and wait_for_death(realm.process(side), POINT_SECONDS)
            except ServerEnded:
                dead = True
            faults.heal()
            if not dead:
                return
            assert realm.process(side).returncode == -9, realm.log_tail()
            self.tally.kills += 1
            self.tally.points["recovery: " + point.name] += 1
        realm.start_side(side)
