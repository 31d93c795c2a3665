# SPDX-License-Identifier: Apache-2.0
"""Rows as text."""
import pathlib
import platform

import spaces

_MET = {True: "yes", False: "NO", None: ""}


def line_of(row):
    return f"{row['profile']:<16} {row['title'][:48]:<48} {row['measured']:<34} wanted {row['wanted']:<30} {_MET[row['met']]}"


def _machine():
    models = [line.split(":")[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return f"{len(models)} cores, {models[0] if models else 'unknown model'}, Linux {platform.release()}"


def _cpu(row):
    if "bench" not in row:
        return ""
    if row["bench"]["benchmark"] == "replicate" and row["bench"]["size_bytes"] < 1 << 20:
        return f"{row['servers_cpu_micros_per_operation']:.0f} us each"
    if "servers_cpu_seconds_per_gb" in row:
        return f"{row['servers_cpu_seconds_per_gb']:.2f} s/GB"
    return f"{row['source_cpu_seconds'] + row['destination_cpu_seconds']:.1f} s"


def table(rows):
    """Markdown."""
    out = [f"{_machine()}. Kernel settings of the namespaces: " + ", ".join(f"{name.removeprefix('net.ipv4.')} {value}" for name, value in spaces.SYSCTLS.items() if "tcp" in name) + ".",
           "Peer links are TLS 1.3 with AES-GCM in OpenSSL, inside the servers' CPU. `line`: what the emulator took of one core; `others`: cores busy with what is no part of the run.", "",
           "| line | what | measured | wanted | met | both servers' CPU | line | others |", "|---|---|---|---|---|---|---|---|"]
    for row in rows:
        line = f"{row['line']['cpu_share_of_a_core']:.0%}" if "line" in row else ""
        others = f"{row['noise']['cores_busy_with_others']:.1f}" if "noise" in row else ""
        out.append(f"| {row['profile']} | {row['title']} | {' '.join(str(row['measured']).split())[:200]} | {row['wanted']} | {_MET[row['met']]} | {_cpu(row)} | {line} | {others} |")
    return "\n".join(out) + "\n"
