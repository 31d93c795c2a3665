# SPDX-License-Identifier: Apache-2.0
"""What the long benchmarks share: `farshore bench` as a function, figures of processes, folders of results, calm and disk space."""
import contextlib
import datetime
import json
import os
import pathlib
import platform
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
BINARY = pathlib.Path(os.environ.get("FARSHORE_BINARY", ROOT / "build/release/farshore"))
sys.path.append(str(ROOT / "bench/wan"))

from noise import Noise  # noqa: E402 the same account of other people's load as over the emulated line

GIB = 1 << 30
_TICK = os.sysconf("SC_CLK_TCK")


class Failed(Exception):
    """A sentence that says what did not work."""


# What measuring may end in, beside failures of the disk: Failed, a server that ended or did not come up, a wait that was too long.
TROUBLES = (Failed, RuntimeError, AssertionError)


def bench(kind, *arguments, pids=(), environment=None):
    """Runs `farshore bench KIND …`; returns its report. Raises Failed with the command's own sentence."""
    command = [str(BINARY), "bench", kind, *map(str, arguments), "--json"]
    for pid in pids:
        command += ["--pid", str(pid)]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, env=os.environ | (environment or {}))
    if done.returncode == 0:
        return json.loads(done.stdout)
    if done.stdout.startswith("{"):
        report = json.loads(done.stdout)
        raise Failed(f"farshore bench {kind}: {report['errors']} of {report['errors'] + report['operations']} requests failed, the first with {report['first_error']}")
    said = done.stderr.strip().splitlines()
    raise Failed(said[-1] if said else f"farshore bench {kind} ended with status {done.returncode}")


def cpu_micros(report):
    """Server CPU per operation over all processes named."""
    return round(sum(process["cpu_micros_per_operation"] or 0 for process in report["processes"]), 1)


def _of_process(pid, name):
    try:
        return pathlib.Path(f"/proc/{pid}/{name}").read_text()
    except (FileNotFoundError, ProcessLookupError):
        raise Failed(f"server process {pid} has ended by itself") from None


def cpu_seconds(pid):
    fields = _of_process(pid, "stat").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def status_mib(pid, field):
    """VmRSS or VmHWM of a process in MiB."""
    for line in _of_process(pid, "status").splitlines():
        if line.startswith(field + ":"):
            return round(int(line.split()[1]) / 1024, 1)
    return None


def forget_peak(pid):
    """VmHWM counts anew from here."""
    pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")


def settle(pids, seconds_max=180, quiet_share=0.05):
    """Waits until the processes have done next to nothing for two seconds, so that what one step left behind is not counted in the next; returns how long."""
    begin = time.monotonic()
    while time.monotonic() - begin < seconds_max:
        before = sum(map(cpu_seconds, pids))
        time.sleep(2)
        if sum(map(cpu_seconds, pids)) - before < 2 * quiet_share:
            break
    return round(time.monotonic() - begin, 1)


class Calm:
    """How much of the machine something else than this benchmark, its clients and `pids` took; the processes have to live on until others()."""

    def __init__(self, pids):
        self._pids, self._noise, self._begin = list(pids), Noise(), self._ours(pids)

    @staticmethod
    def _ours(pids):
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(map(cpu_seconds, pids)) + sum(one.ru_utime + one.ru_stime for one in used)

    def others(self):
        return self._noise.others(self._ours(self._pids) - self._begin)


def disk_mib(directory):
    """Blocks that the files below a directory take, in MiB."""
    total = 0
    for folder, _, files in os.walk(directory):
        for name in files:
            try:
                total += os.lstat(os.path.join(folder, name)).st_blocks * 512
            except FileNotFoundError:
                pass  # A segment or table that compaction has just removed.
    return round(total / (1 << 20), 1)


def file_system(directory):
    """Its type, from the longest mount point that holds the directory."""
    path, found = os.path.realpath(directory), ("", "unknown")
    for line in pathlib.Path("/proc/mounts").read_text().splitlines():
        _, point, kind = line.split()[:3]
        if (path + "/").startswith(point.rstrip("/") + "/") and len(point) >= len(found[0]):
            found = (point, kind)
    return found[1]


def data_parent():
    """Where realms are made: FARSHORE_BENCH_DATA, or /var/tmp, which is on a disk where /tmp often is not."""
    return pathlib.Path(os.environ.get("FARSHORE_BENCH_DATA", "/var/tmp"))


def need_space(directory, gib):
    """Raises Failed if the disk has less; a disk that fills up half-way measures nothing."""
    free = shutil.disk_usage(directory).free / GIB
    if free < gib:
        raise Failed(f"{directory} has {free:.0f} GiB free and this needs about {gib:.0f}: choose another disk with FARSHORE_BENCH_DATA, or a smaller size")
    say(f"disk: about {gib:.0f} GiB of {free:.0f} free in {directory} ({file_system(directory)})")


@contextlib.contextmanager
def scratch(name):
    """A directory for realms, removed afterwards."""
    directory = pathlib.Path(tempfile.mkdtemp(prefix=f"farshore-{name}-", dir=data_parent()))
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def end_with_signals():
    """SIGTERM and SIGHUP unwind like ^C, so that servers end, directories go and what was measured is kept."""
    for one in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, lambda number, _: sys.exit(128 + number))


def machine():
    model = next((line.split(":", 1)[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "unknown")
    commit = ""
    if shutil.which("git"):
        commit = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"], capture_output=True, text=True).stdout.strip()
    return {"cores": os.cpu_count(), "model": model, "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIB),
            "kernel": platform.release(), "file_system": file_system(data_parent()), "day": datetime.date.today().isoformat(),
            "load_before": round(os.getloadavg()[0], 2), "commit": commit or "unknown"}


def machine_text(machine):
    return (f"{machine['cores']} cores, {machine['model']}, {machine['memory_gib']} GiB, Linux {machine['kernel']}, {machine['file_system']}; "
            f"{machine['day']}, commit {machine['commit']}, load {machine['load_before']} before")


def write(folder, name, document):
    """Whole or not at all: what a killed run leaves is readable."""
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / (name + ".new")
    beside.write_text(json.dumps(document, indent=1) + "\n")
    beside.replace(folder / name)


def say(words):
    print(words, flush=True)


def clock_text(seconds):
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} minutes"


def run(main):
    """A benchmark's main, with its failure as one sentence."""
    end_with_signals()
    try:
        sys.exit(main())
    except (*TROUBLES, OSError) as failure:
        sys.exit(f"{pathlib.Path(sys.argv[0]).stem}: {failure}")
    except KeyboardInterrupt:
        sys.exit(130)
