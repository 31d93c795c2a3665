# SPDX-License-Identifier: Apache-2.0
"""Hunt: asks a simulator with a planted bug, seed after seed, until it breaks a promise that the sound one keeps."""
import re
import signal
import subprocess

SLICE = 40              # seeds asked of one process; a process that dies tells no seed, so its slice is walked again
SECONDS_A_RUN = 20      # of processor time, and half a second for each seed: far more than any needs; what takes longer does not end
MEMORY = 6 << 30        # a bug may eat without end


def run(binary, scenario, first, seeds=1):
    """(found, text). Past its limit of processor time a run is ended, which counts as found."""
    limit = SECONDS_A_RUN + seeds // 2
    limits = ["prlimit", f"--cpu={limit}:{limit + 5}", f"--as={MEMORY}", "--core=0"]
    command = ["nice", "-n", "10", *limits, str(binary), "--first", str(first), "--seeds", str(seeds), "--scenario", scenario]
    process = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    text = process.stdout
    if process.returncode == -signal.SIGXCPU:
        text = "it does not end"
    elif process.returncode < 0 and not text.strip():
        text = signal.strsignal(-process.returncode)
    return process.returncode != 0, text


def told(text):
    """Scenario, seed and first violation, as farshore-sim prints them; seed 0 if it died before."""
    match = re.search(r"^scenario (\S+) seed (\d+):\n\s*(.+)$", text, re.M)
    if match:
        return match[1], int(match[2]), match[3].strip()
    lines = [line for line in text.strip().splitlines() if line and not re.match(r"\d+ seeds,", line)]
    return "", 0, lines[-1].strip() if lines else "died without a word"


class Sound:
    """The simulator without a bug, and what is known of it: what it says as well proves nothing."""

    def __init__(self, binary, known):
        self.binary = binary
        self.known = known  # "scenario seed" -> whether it fails

    def fails(self, scenario, seed):
        name = f"{scenario} {seed}"
        if name not in self.known:
            self.known[name] = run(self.binary, scenario, seed)[0]
            if self.known[name]:
                print(f"the sound tree fails, too: {name}", flush=True)
        return self.known[name]


def seek(binary, sound, scenario, first, last):
    """(seed, "scenario: what it said") of the first finding among these seeds, or None."""
    at = first
    while at <= last:
        count = min(SLICE, last - at + 1)
        found, text = run(binary, scenario, at, count)
        if not found:
            at += count
            continue
        name, seed, said = told(text)
        if not seed:
            for seed in range(at, at + count):
                found, text = run(binary, scenario, seed)
                if found:
                    name, _, said = told(text)
                    break
            else:
                at += count
                continue  # alone each of them passes: what one process carries over from seed to seed is no finding
        if not sound.fails(scenario, seed):
            return seed, f"{name or scenario}: {said}"
        at = seed + 1
    return None
