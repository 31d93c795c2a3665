# SPDX-License-Identifier: Apache-2.0
"""A realm of two `farshore serve` regions over TLS, in namespaces of one's choice, and `farshore bench` against it."""
import json
import os
import pathlib
import re
import shutil
import ssl
import subprocess
import tempfile
import time
import urllib.request

import spaces

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = ROOT / "build/release/farshore"
SOURCE, DESTINATION = "cn-hangzhou", "cn-beijing"
READY_SECONDS = 60.0


class Region:
    """One process. `space`: the namespace it runs in."""

    def __init__(self, region_id, space, host, port, peer_port, folder):
        self.id, self.space, self.host, self.port, self.peer_port, self.folder = region_id, space, host, port, peer_port, folder
        self.endpoint = f"https://{host}:{port}"
        self.process = None

    def start(self):
        self.launch()
        self.wait_for_log(b"server.ready")

    def launch(self):
        self.log = self.folder / "log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(spaces.inside(self.space, BINARY, "serve", "--config", self.folder / "farshore.toml"),
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def wait_for_log(self, event):
        end = time.monotonic() + READY_SECONDS
        while event not in self.log.read_bytes():
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"region {self.id} did not say {event.decode()}:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.02)

    @property
    def pid(self):
        return self.process.pid  # `ip netns exec` becomes the command it runs

    def memory_max_bytes(self):
        return 1024 * int(re.search(r"VmHWM:\s+(\d+)", pathlib.Path(f"/proc/{self.pid}/status").read_text()).group(1))

    def stop(self):
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Realm:
    """Fresh in a temporary folder, which close() removes. `places`: namespace, host, port and peer port of source and destination."""

    def __init__(self, places):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="farshore-wan-", dir=os.environ.get("FARSHORE_WAN_DATA")))
        realm = self.directory / "realm"
        self.source, self.destination = (Region(name, *place, realm / name) for name, place in zip((SOURCE, DESTINATION), places))
        self.regions = (self.source, self.destination)
        try:
            named = [word for r in self.regions for word in ("--region", f"{r.id}={r.host}:{r.port},{r.peer_port}")]
            self._admin("realm", "init", "--directory", realm, *named)
            self.ca = realm / SOURCE / "ca.pem"
            for region in self.regions:
                region.start()
            # From then on the home answers only when the other region knows what was made.
            self.source.wait_for_log(b"event=directory.follower ")
            self.accounts = [self._account(name) for name in ("source", "destination")]
        except BaseException:
            self.close()
            raise

    def _admin(self, *words):
        done = subprocess.run([BINARY, "admin", *map(str, words)], capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            raise RuntimeError(f"farshore admin {' '.join(map(str, words))}: {done.stderr}")
        return done.stdout

    def _account(self, name):
        home = self.source
        return json.loads(self._admin("--endpoint", home.endpoint, "--operator-key", home.folder / "data/operator.key", "--ca", self.ca, "--json", "account-create", name))

    def start_bench(self, *words):
        """`farshore bench …` on the pair, or on the source alone for the benchmarks that know no other; ends in finish_bench()."""
        command = [BINARY, "bench", words[0], "--json", "--ca-file", self.ca, "--endpoint", self.source.endpoint, "--region", SOURCE,
                   "--access-key", self.accounts[0]["access_key_id"], "--destination", self.destination.endpoint, "--destination-region", DESTINATION,
                   "--destination-access-key", self.accounts[1]["access_key_id"], *words[1:]]
        for region in self.regions:
            command += ["--pid", region.pid]
        secrets = {"FARSHORE_BENCH_SECRET": self.accounts[0]["access_key_secret"], "FARSHORE_BENCH_DESTINATION_SECRET": self.accounts[1]["access_key_secret"]}
        return subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | secrets)

    def finish_bench(self, process, seconds=1200):
        try:
            output, notices = process.communicate(timeout=seconds)
        finally:
            process.kill()
        if process.returncode != 0:
            logs = "\n".join(f"{region.id}:\n{region.log.read_text()[-1500:]}" for region in self.regions)
            raise RuntimeError(f"farshore bench ended with {process.returncode}:\n{notices[-1500:]}\n{output[-1500:]}\n{logs}")
        return json.loads(output)

    def bench(self, *words):
        return self.finish_bench(self.start_bench(*words))

    def metric(self, region, name):
        """The sum over its labels."""
        context = ssl.create_default_context(cafile=str(self.ca))
        with urllib.request.urlopen(f"{region.endpoint}/metrics", context=context, timeout=20) as reply:
            text = reply.read().decode()
        return sum(map(float, re.findall(rf"^{name}(?:{{[^}}]*}})? ([0-9.eE+-]+)$", text, re.M)))

    def close(self):
        for region in self.regions:
            region.stop()
        shutil.rmtree(self.directory, ignore_errors=True)


def across_the_line():
    return Realm([(spaces.A, spaces.ADDRESS[spaces.A], 8080, 8443), (spaces.B, spaces.ADDRESS[spaces.B], 8080, 8443)])


def on_loopback():
    return Realm([(spaces.CLIENTS, "127.0.0.1", 8080, 8443), (spaces.CLIENTS, "127.0.0.1", 8081, 8444)])
