# SPDX-License-Identifier: Apache-2.0
"""The realms that the crash suite kills: `farshore dev`, one process, and two `farshore serve` processes, with the same few words for both."""
import contextlib
import os
import pathlib

from farshore_clients.served import ServedRealm
from farshore_clients.server import DevServer
from world import DESTINATION_REGION, SOURCE_REGION

BINARY = pathlib.Path(os.environ.get("FARSHORE_BINARY", pathlib.Path(__file__).resolve().parents[2] / "build/release/farshore"))


class OneProcess:
    """Both regions in one process: whoever dies, everything dies."""

    def __init__(self, directory):
        self.server = DevServer(BINARY, directory / "data", ("--regions", f"{SOURCE_REGION},{DESTINATION_REGION}", "--accounts", "source,destination"))
        self.server.start()

    @property
    def realm(self):
        return self.server.realm

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


class TwoProcesses:
    """A process for each region, linked by TLS; one side can die alone. The realm's home is the source region."""

    def __init__(self, directory, prepare=None):
        self.served = ServedRealm(BINARY, directory / "realm", [SOURCE_REGION, DESTINATION_REGION])
        os.environ["REQUESTS_CA_BUNDLE"] = str(self.served.ca)
        if prepare:
            prepare(self.served)
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
