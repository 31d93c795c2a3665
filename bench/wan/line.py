# SPDX-License-Identifier: Apache-2.0
"""The emulated line as an object: starts farshore-wan between the two namespaces, tells it what to do, reads its counters."""
import json
import pathlib
import subprocess

import spaces

BINARY = pathlib.Path(__file__).resolve().parents[2] / "build/release/farshore-wan"


class Line:
    """`rtt_ms` is shared evenly by both ways. The queue holds one product of bandwidth and round trip unless said otherwise."""

    def __init__(self, rtt_ms, rate_mbit, loss=0.0, queue_bytes=None, seed=1):
        self.rtt_ms, self.rate_mbit = rtt_ms, rate_mbit
        queue = queue_bytes or max(64 << 10, int(rate_mbit * 1e6 / 8 * rtt_ms / 1e3))
        words = [BINARY, "--a", spaces.A, "--b", spaces.B, "--device", spaces.DEVICE, "--delay-ms", rtt_ms / 2,
                 "--rate-mbit", rate_mbit, "--queue-bytes", queue, "--loss", loss, "--seed", seed]
        self.process = subprocess.Popen(list(map(str, words)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        if self.process.stdout.readline() != "ready\n":
            raise RuntimeError("farshore-wan did not start")
        spaces.connect()

    def tell(self, command):
        self.process.stdin.write(command + "\n")
        answer = self.process.stdout.readline().rstrip("\n")
        if not answer or answer.startswith("error"):
            raise RuntimeError(f"farshore-wan, {command}: {answer or 'it has ended'}")
        return answer

    def set(self, field, value, way="both"):
        self.tell(f"set {way} {field} {value}")

    def cut(self):
        self.tell("cut both")

    def heal(self):
        self.tell("heal both")

    def stats(self):
        return json.loads(self.tell("stats"))

    def close(self):
        self.process.stdin.close()  # which ends it
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


def difference(after, before):
    """What a line has counted between two stats()."""
    counted = {way: {name: after[way][name] - before[way][name] for name in after[way] if not name.startswith("queue")} for way in ("ab", "ba")}
    for way in counted:
        counted[way]["queue_bytes_max"] = after[way]["queue_bytes_max"]
    seconds = after["monotonic_seconds"] - before["monotonic_seconds"]
    counted["seconds"] = round(seconds, 3)
    counted["cpu_seconds"] = round(after["cpu_seconds"] - before["cpu_seconds"], 3)
    counted["cpu_share_of_a_core"] = round(counted["cpu_seconds"] / seconds, 3) if seconds > 0 else 0.0
    return counted
