# SPDX-License-Identifier: Apache-2.0
"""The realms that the crash suite kills: `farshore dev`, one process, and two `farshore serve` processes, with the same few words for both.

Sides are "source" and "destination"; in one process both are the same process. `faults[side]`, if asked for, are of its server (faults.py)."""
import contextlib
import os
import pathlib

from farshore_clients.served import ServedRealm
from farshore_clients.server import DevServer
from world import DESTINATION_REGION, SOURCE_REGION

BINARY = pathlib.Path(os.environ.get("FARSHORE_BINARY", pathlib.Path(__file__).resolve().parents[2] / "build/release/farshore"))
# The long form of stories that have one; ./check runs the short one.
LONG = bool(os.environ.get("FARSHORE_CRASH_LONG"))

# A store whose files are so small that everything it ever does happens all the time.
SMALL_STORE = {"segment_bytes": 1 << 19, "segment_grow_bytes": 1 << 18, "checkpoint_bytes": 1 << 19, "compact_interval_ms": 300, "compact_below_percent": 90, "spare_segments": 2,
               "compact_bytes_per_second": 1 << 30, "inline_max_bytes": 1 << 17, "reserve_bytes": 64 << 20}


class OneProcess:
    """Both regions in one process: whoever dies, everything dies."""

    def __init__(self, directory, faults=None):
        self.server = DevServer(BINARY, directory / "data", ("--regions", f"{SOURCE_REGION},{DESTINATION_REGION}", "--accounts", "source,destination"))
        if faults:
            self.server.environment |= faults["source"].environment
        self.server.start()

    @property
    def realm(self):
        return self.server.realm

    def process(self, _side):
        return self.server.process

    def start_side(self, _side):
        self.server.start()

    def kill(self, _sides):
        self.server.kill()

    def start(self):
        self.server.start()

    def stop(self):
        return [self.server.stop()]

    def end(self):
        self.server.kill()

    def log_tail(self):
        return self.server.log_tail()

    def log_text(self):
        return self.server.log.read_text(errors="replace")


class TwoProcesses:
    """A process for each region, linked by TLS; one side can die alone. The realm's home is the source region."""

    def __init__(self, directory, prepare=None, faults=None, store=None):
        self.served = ServedRealm(BINARY, directory / "realm", [SOURCE_REGION, DESTINATION_REGION])
        os.environ["REQUESTS_CA_BUNDLE"] = str(self.served.ca)
        if prepare:
            prepare(self.served)
        if store:
            for region in self.served.regions.values():
                with (region.folder / "farshore.toml").open("a") as file:
                    file.write("\n[store]\n" + "".join(f"{name} = {value}\n" for name, value in store.items()))
        for side in faults or ():
            getattr(self, side).environment |= faults[side].environment
        self.served.start()
        for name in ("source", "destination"):
            self.served.create_account(name)

    @property
    def realm(self):
        return self.served.realm

    @property
    def source(self):
        return self.served.regions[SOURCE_REGION]

    @property
    def destination(self):
        return self.served.regions[DESTINATION_REGION]

    def process(self, side):
        return getattr(self, side).process

    def start_side(self, side):
        getattr(self, side).start()

    def kill(self, sides):
        for side in sides:
            getattr(self, side).kill()

    def start(self):
        for region in self.served.regions.values():
            if not region.alive:
                region.start()

    def stop(self):
        return self.served.stop()

    def end(self):
        self.served.kill()
        os.environ.pop("REQUESTS_CA_BUNDLE", None)

    def log_text(self):
        return "\n".join(region.log.read_text(errors="replace") for region in self.served.regions.values())

    def log_tail(self):
        return "\n\n".join(f"{region.id}:\n{region.log_tail()}" for region in self.served.regions.values())


@contextlib.contextmanager
def running(realm):
    """Ends its processes whatever happens, and shows their logs when a story fails."""
    try:
        yield realm
    except BaseException:
        print(realm.log_tail())
        raise
    finally:
        realm.end()
