# SPDX-License-Identifier: Apache-2.0
"""The two kinds of realm that benchmarks run: one `farshore dev`, and one `farshore serve` process for each of two regions over TLS."""
import dataclasses
import json
import time
import tomllib

from farshore_clients.realm import Account
from farshore_clients.served import ServedRealm, ServedRegion
from farshore_clients.server import DevServer
from farshore_clients.wait import eventually

import harness

SOURCE, DESTINATION = "cn-hangzhou", "cn-shanghai"


class Dev:
    """One process with two regions in `directory`; plain HTTP. The same directory may be used again."""

    def __init__(self, directory):
        self.directory = directory
        self.server = DevServer(harness.BINARY, directory / "data", ["--log", "warn"])
        self.server.start()

    @property
    def pids(self):
        return [self.server.process.pid]

    def bench(self, kind, *arguments):
        """`farshore bench` on the first region, or from the first to the second."""
        return harness.bench(kind, "--data", self.server.data, *arguments, pids=self.pids)

    def restart(self):
        """SIGTERM and a new start."""
        self.server.stop()
        self.server.start()

    def close(self):
        self.server.kill()


class _Realm(ServedRealm):
    """Makes its files, or finds those of an earlier run and keeps their ports."""

    def _set_up(self, step, region_ids):
        if not self.directory.exists():
            super()._set_up(step, region_ids)
            return
        for region_id in region_ids:
            folder = self.directory / region_id
            settings = tomllib.loads((folder / "farshore.toml").read_text())
            self.regions[region_id] = ServedRegion(self.binary, region_id, folder, *(int(settings[table]["address"].rpartition(":")[2]) for table in ("listen", "peer")))


class Served:
    """Two processes in `directory`, with an account in each role; an earlier run's directory is used again. `plain`: clients speak HTTP, as with `farshore dev`; regions
    speak TLS to each other either way."""

    def __init__(self, directory, plain=False):
        self.directory, self.plain = directory, plain
        self.realm = _Realm(harness.BINARY, directory / "realm", [SOURCE, DESTINATION])
        self.source, self.destination = self.realm.regions[SOURCE], self.realm.regions[DESTINATION]
        known = directory / "accounts.json"
        try:
            if plain and not known.exists():
                for region in self.realm.regions.values():
                    settings = region.folder / "farshore.toml"
                    settings.write_text(settings.read_text().replace("plain_too = false", "plain_too = true"))
            self.realm.start()
            if known.exists():
                self.realm.accounts = [Account(**account) for account in json.loads(known.read_text())]
            else:
                for name in ("source", "destination"):
                    self.realm.create_account(name)
                known.touch(0o600)
                known.write_text(json.dumps([dataclasses.asdict(account) for account in self.realm.accounts]))
            self.accounts = self.realm.accounts
        except BaseException:
            self.realm.kill()
            raise

    @property
    def pids(self):
        return [region.process.pid for region in self.realm.regions.values() if region.alive]

    def bench(self, kind, *arguments):
        """`farshore bench` on the source, or from it to the destination."""
        one, two = self.accounts
        pair = []
        if kind in ("replicate", "lag"):
            pair = ["--destination", self._endpoint(self.destination), "--destination-region", DESTINATION, "--destination-access-key", two.access_key_id]
        return harness.bench(kind, *self._end(self.source, one), *pair, *arguments, pids=self.pids,
                             environment={"FARSHORE_BENCH_SECRET": one.access_key_secret, "FARSHORE_BENCH_DESTINATION_SECRET": two.access_key_secret})

    def bench_destination(self, kind, *arguments):
        """`farshore bench` on the destination, as the account that owns the replicas."""
        account = self.accounts[1]
        return harness.bench(kind, *self._end(self.destination, account), *arguments, pids=self.pids, environment={"FARSHORE_BENCH_SECRET": account.access_key_secret})

    def _endpoint(self, region):
        return region.endpoint.replace("https:", "http:") if self.plain else region.endpoint

    def _end(self, region, account):
        return ["--ca-file", self.realm.ca, "--endpoint", self._endpoint(region), "--region", region.id, "--access-key", account.access_key_id]

    def restart(self):
        """SIGTERM and a new start of the source."""
        self.source.stop()
        self.source.start()

    def restart_seconds(self):
        """Of both at once, from kill -9 until both serve again."""
        self.realm.kill()
        begin = time.monotonic()
        for region in self.realm.regions.values():
            region.launch()

        def ready():
            for region in self.realm.regions.values():
                region.check_alive()
            return all(b"server.ready" in region.log.read_bytes()[region.log_begin:] for region in self.realm.regions.values())

        eventually("both regions to be ready", ready, 600, every=0.002)
        return round(time.monotonic() - begin, 3)

    def close(self):
        self.realm.kill()
