# SPDX-License-Identifier: Apache-2.0
"""Runs `farshore dev`, a whole realm in one process on loopback, and ends it again: politely or with kill -9."""
import ctypes
import os
import pathlib
import signal
import subprocess

from .realm import read_realm
from .wait import PATIENCE, eventually

_PR_SET_PDEATHSIG = 1


def die_with_parent():
    """For preexec_fn: a test that is ended must not leave servers behind."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class ServerEnded(RuntimeError):
    """The server process ended by itself; the text holds the end of its log."""


class DevServer:
    """One `farshore dev` on a data directory. The same directory may be started again and again: it keeps everything but the ports."""

    def __init__(self, binary, data, arguments=()):
        self.binary = pathlib.Path(binary)
        self.data = pathlib.Path(data)
        self.arguments = list(arguments)
        self.log = self.data.parent / (self.data.name + ".log")
        self.environment = {}  # what its process has beside ours
        self.process = None
        self.realm = None

    def start(self, seconds=60.0):
        """Starts the process and waits for its realm.json; returns the Realm."""
        self.data.mkdir(parents=True, exist_ok=True)
        realm_file = self.data / "realm.json"
        realm_file.unlink(missing_ok=True)  # It is output only; an old one names ports of the past.
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [self.binary, "dev", "--data", self.data, "--port", "0", *self.arguments],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, preexec_fn=die_with_parent,
                env=os.environ | self.environment)

        def written():
            self.check_alive()
            return realm_file.exists()

        eventually(f"{realm_file}", written, seconds)
        self.realm = read_realm(realm_file)
        return self.realm

    def revive(self):
        """Starts the process again if it has ended."""
        if self.process.poll() is not None:
            self.start()

    def check_alive(self):
        if self.process.poll() is not None:
            raise ServerEnded(f"{self.binary} dev ended with status {self.process.returncode}; its log {self.log} ends:\n{self.log_tail()}")

    def log_tail(self, lines=30):
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])

    def stop(self, seconds=30.0):
        """SIGTERM, then waits for the drain; returns the exit status. A server that does not end in time is killed and reported."""
        if self.process is None or self.process.poll() is not None:
            return self.process.returncode if self.process else 0
        self.process.terminate()
        try:
            return self.process.wait(seconds * PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            raise ServerEnded(f"{self.binary} dev did not end within {seconds:.0f} s of SIGTERM; its log {self.log} ends:\n{self.log_tail()}") from None

    def kill(self):
        """kill -9: what a power cut looks like to the process."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
