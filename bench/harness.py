# SPDX-License-Identifier: Apache-2.0
"""What the long benchmarks share: `farshore bench` as a function, figures of processes, folders of results, plots."""
import datetime
import json
import os
import pathlib
import platform
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
BINARY = pathlib.Path(os.environ.get("FARSHORE_BINARY", ROOT / "build/release/farshore"))


def bench(kind, *arguments, pids=()):
    """Runs `farshore bench KIND …`; returns its report. Ends the program with the command's own sentence if it failed."""
    command = [str(BINARY), "bench", kind, *map(str, arguments), "--json"]
    for pid in pids:
        command += ["--pid", str(pid)]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def cpu_micros(report):
    """Server CPU per operation over all processes named."""
    return round(sum(process["cpu_micros_per_operation"] or 0 for process in report["processes"]), 1)


def status_mib(pid, field):
    """VmRSS or VmHWM of a process in MiB."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return round(int(line.split()[1]) / 1024, 1)
    return None


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


def machine():
    model = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "unknown")
    return {"cores": os.cpu_count(), "model": model, "kernel": platform.release(), "day": datetime.date.today().isoformat(),
            "load_before": os.getloadavg()[0]}


def write(folder, name, document):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(document, indent=1) + "\n")


def say(words):
    print(words, flush=True)


def plots(folder, name, title, panels, x_label):
    """One SVG with a small plot for each panel: (title, unit, [(line's name, xs, ys)])."""
    try:
        import matplotlib
    except ImportError:
        say(f"no plot of {name}: install what bench/requirements.txt lists into this Python")
        return
    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "farshore", "font.size": 8, "axes.grid": True, "grid.alpha": 0.3})
    import matplotlib.pyplot as pyplot
    columns = min(3, len(panels))
    rows = (len(panels) + columns - 1) // columns
    figure, axes = pyplot.subplots(rows, columns, figsize=(3.6 * columns, 2.6 * rows), squeeze=False, layout="constrained")
    for axis in axes.flat[len(panels):]:
        axis.axis("off")
    for axis, (panel, unit, lines) in zip(axes.flat, panels):
        for line, xs, ys in lines:
            axis.plot(xs, ys, marker="o", markersize=3, label=line)
        axis.set_title(panel)
        axis.set_ylabel(unit)
        axis.set_xlabel(x_label)
        axis.set_ylim(bottom=0)
        if len({x for _, xs, _ in lines for x in xs}) > 1 and min(x for _, xs, _ in lines for x in xs) >= 100:
            axis.set_xscale("log")
        if len(lines) > 1:
            axis.legend()
    figure.suptitle(title)
    folder.mkdir(parents=True, exist_ok=True)
    figure.savefig(folder / name, metadata={"Date": None})
