# SPDX-License-Identifier: Apache-2.0
"""A realm of real regions: one `farshore serve` process each, over TLS, from `farshore admin realm init` on. Ends each of them politely or with kill -9."""
import contextlib
import json
import os
import pathlib
import re
import signal
import socket
import subprocess

import requests

from .realm import Account, Realm, Region
from .server import ServerEnded, die_with_parent
from .wait import PATIENCE, eventually


def free_ports(count):
    """Ports that nobody listens on now, all different."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def _prepare():
    die_with_parent()
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # With a limit on file sizes, a write fails as on a broken disk.


class ServedRegion:
    """One region's folder, as `realm init` made it, and its process."""

    def __init__(self, binary, region_id, folder, port, peer_port):
        self.binary, self.id, self.folder, self.port, self.peer_port = binary, region_id, folder, port, peer_port
        self.endpoint = f"https://127.0.0.1:{port}"
        self.log = folder / "log"
        self.environment = {}  # what its process has beside ours
        self.process = None
        self.log_begin = 0  # where the log of this run begins

    @property
    def operator_key(self):
        return self.folder / "data/operator.key"

    @property
    def alive(self):
        return self.process is not None and self.process.poll() is None

    def start(self, seconds=60.0):
        """Starts the process; returns once the region accepts connections."""
        self.launch()
        self.wait_until_ready(seconds)

    def launch(self):
        """Starts the process and returns at once. It dies with the thread that calls this."""
        self.log_begin = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.process = subprocess.Popen([self.binary, "serve", "--config", self.folder / "farshore.toml"], stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, start_new_session=True, preexec_fn=_prepare, env=os.environ | self.environment)

    def wait_until_ready(self, seconds=60.0):
        """Returns once the region that was launched accepts connections."""

        def ready():
            self.check_alive()
            return b"server.ready" in self.log.read_bytes()[self.log_begin:]

        eventually(f"region {self.id} to be ready", ready, seconds, every=0.02)

    def check_alive(self):
        if not self.alive:
            raise ServerEnded(f"region {self.id} ended with status {self.process.returncode}; its log ends:\n{self.log_tail()}")

    def log_tail(self, lines=30):
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]) if self.log.exists() else ""

    def stop(self, seconds=30.0):
        """SIGTERM, then waits for the drain; returns the exit status."""
        if self.alive:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(seconds * PATIENCE)
            except subprocess.TimeoutExpired:
                self.kill()
                raise ServerEnded(f"region {self.id} did not end within {seconds:.0f} s of SIGTERM; its log ends:\n{self.log_tail()}") from None
        return self.process.returncode if self.process else 0

    def kill(self):
        """kill -9."""
        if self.alive:
            self.process.kill()
            self.process.wait()


class ServedRealm:
    """`farshore admin realm init` in `directory` for the region ids given, all on this machine; the first is the home."""

    def __init__(self, binary, directory, region_ids):
        self.binary = pathlib.Path(binary)
        self.directory = pathlib.Path(directory)
        self.regions = {}
        self.accounts = []
        self._set_up("init", region_ids)
        self.home = self.regions[region_ids[0]]

    def join(self, region_id):
        """Adds a region to the realm's files; returns it. Those that were there have to be restarted."""
        self._set_up("join", [region_id])
        return self.regions[region_id]

    def _set_up(self, step, region_ids):
        ports = iter(free_ports(2 * len(region_ids)))
        arguments = []
        for region_id in region_ids:
            region = ServedRegion(self.binary, region_id, self.directory / region_id, next(ports), next(ports))
            self.regions[region_id] = region
            arguments += ["--region", f"{region_id}=127.0.0.1:{region.port},{region.peer_port}"]
        self.command("realm", step, "--directory", str(self.directory), *arguments)

    @property
    def ca(self):
        """What clients have to trust; published clients read REQUESTS_CA_BUNDLE."""
        return self.home.folder / "ca.pem"

    @property
    def realm(self):
        """As the other helpers of this package want it. RAM calls go to the home region."""
        regions = tuple(Region(r.id, "oss-" + r.id, r.endpoint) for r in self.regions.values())
        return Realm(self.home.endpoint, None, regions, tuple(self.accounts))

    def command(self, *arguments, status=0):
        """`farshore admin …`; returns its standard output, or the error text if another status than 0 is expected."""
        done = subprocess.run([self.binary, "admin", *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)
        assert done.returncode == status, f"admin {' '.join(arguments)}: status {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stderr if status else done.stdout

    def serve(self, config):
        """`farshore serve` with a configuration that it has to refuse; returns its status and what it said."""
        done = subprocess.run([self.binary, "serve", "--config", config], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)
        return done.returncode, done.stdout + done.stderr

    def admin(self, region, *arguments, status=0):
        """A question to one region, signed with its operator key."""
        return self.command("--endpoint", region.endpoint, "--operator-key", str(region.operator_key), "--ca", str(self.ca), *arguments, status=status)

    def create_account(self, name, region=None):
        made = json.loads(self.admin(region or self.home, "--json", "account-create", name))
        account = Account(name, made["account"]["uid"], made["access_key_id"], made["access_key_secret"])
        self.accounts.append(account)
        return account

    def start(self):
        for region in self.regions.values():
            region.start()

    def revive(self):
        """Starts the regions that do not run."""
        for region in self.regions.values():
            if not region.alive:
                region.start()

    def log_tail(self):
        return "\n".join(f"region {region.id}:\n{region.log_tail()}" for region in self.regions.values())

    def stop(self):
        """Stops what still runs; returns the exit statuses."""
        return [region.stop() for region in self.regions.values() if region.alive]

    def kill(self):
        for region in self.regions.values():
            region.kill()

    def metric(self, region, name, default=0.0):
        """The sum of a metric over its labels, from /metrics."""
        text = requests.get(f"{region.endpoint}/metrics", verify=str(self.ca), timeout=10).text
        found = re.findall(rf"^{name}(?:{{[^}}]*}})? ([0-9.eE+-]+)$", text, re.M)
        return sum(map(float, found)) if found else default
