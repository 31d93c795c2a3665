# SPDX-License-Identifier: Apache-2.0
"""Where a server is killed: the named points, and how a death is drawn among them."""
import dataclasses

from faults import KILL_AFTER, KILL_BEFORE, KILL_WITHIN


@dataclasses.dataclass(frozen=True)
class Point:
    """Before, within or after one call of a step."""

    step: str
    action: int
    spread: int  # the call is drawn from the next so many

    @property
    def name(self):
        return f"{self.step} {({KILL_BEFORE: 'before', KILL_AFTER: 'after', KILL_WITHIN: 'within'})[self.action]}"


def _points(spread, steps, actions=(KILL_BEFORE, KILL_AFTER)):
    return [Point(step, action, spread) for step in steps.split() for action in actions]


_ALL = (KILL_BEFORE, KILL_WITHIN, KILL_AFTER)

# While it serves. The store of SMALL_STORE does each of them every few seconds under load.
SERVING = (
    _points(25, "segment.write", _ALL) + _points(25, "segment.sync socket.send")
    + _points(4, "segment.move", _ALL)                                        # compaction copies
    + _points(2, "segment.create segment.resize segment.rename segment.remove spare.rename log.sync")  # new, reused, recycled, removed segments
    + _points(2, "spare.write", _ALL) + _points(2, "spare.create spare.sync")
    + _points(4, "extent.write", _ALL) + _points(4, "extent.create extent.resize extent.sync extents.sync extent.remove")
    + _points(2, "table.write manifest.write", _ALL) + _points(2, "table.create table.sync manifest.sync table.remove")  # flush and compaction of the index
)
# While it recovers.
STARTING = (
    _points(1, "superblock.write", _ALL) + _points(1, "superblock.create superblock.sync superblock.rename meta.sync")
    + _points(2, "segment.write", _ALL) + _points(1, "segment.create segment.resize segment.sync log.sync segment.remove spare.rename segment.rename")
    + _points(2, "table.write manifest.write", _ALL) + _points(2, "table.create table.sync manifest.create manifest.sync")
    + _points(1, "current.create current.sync current.rename index.sync manifest.remove table.remove")
)
# Of the very first start alone.
KEYS = _points(1, "key.write", _ALL) + _points(1, "key.create key.sync key.rename")


# While a frame of the peer link passes (frames.py): direction, kind, spread, before it is sent on.
FRAMES = tuple((direction, kind, spread, before)
               for direction, kind, spread in (("forward", "call", 40), ("forward", "data", 3), ("back", "reply", 4), ("back", "acks", 20))
               for before in (True, False))


def arm(faults, point, chance):
    faults.kill(point.step, chance.randrange(point.spread) + 1, point.action, part=chance.randrange(1, 256))
