# SPDX-License-Identifier: Apache-2.0
"""Three network namespaces: two ends of a line, and the clients, who reach both ends without crossing it."""
import ctypes
import fcntl
import os
import pathlib
import signal
import socket
import subprocess
import time

A, B, CLIENTS = "farshore-wan-a", "farshore-wan-b", "farshore-wan-c"
ADDRESS = {A: "10.77.0.1", B: "10.77.0.2"}
DEVICE = "wan0"
# What the operations guide asks for on long links, and what keeps one run from teaching the next.
SYSCTLS = {
    "net.ipv4.tcp_rmem": "4096 131072 67108864",
    "net.ipv4.tcp_wmem": "4096 65536 67108864",
    "net.ipv4.tcp_slow_start_after_idle": "0",
    "net.ipv4.tcp_no_metrics_save": "1",
    "net.ipv4.conf.all.rp_filter": "0",
    "net.ipv6.conf.all.disable_ipv6": "1",
}
_CLONE_NEWNET = 0x40000000


def ip(*words, check=True):
    return subprocess.run(["ip", *words], check=check, capture_output=True, text=True).stdout


def inside(space, *command):
    """The command line that runs `command` in the namespace."""
    return ["ip", "netns", "exec", space, *map(str, command)]


def enter(space):
    """Moves the calling thread, and what it starts from now on, into the namespace."""
    with open(f"/run/netns/{space}", "rb") as handle:
        if ctypes.CDLL(None, use_errno=True).setns(handle.fileno(), _CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"cannot enter {space}")


def socket_in(space):
    """A TCP socket of another namespace."""
    with open("/proc/self/ns/net", "rb") as home:
        enter(space)
        try:
            return socket.socket()
        finally:
            if ctypes.CDLL(None).setns(home.fileno(), _CLONE_NEWNET) != 0:
                os.abort()


def alone():
    """Waits until no other run uses the namespaces; they are ours as long as the caller keeps what it gets."""
    lock = open("/run/farshore-wan.lock", "w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def remove():
    """Ends whatever runs inside and removes the namespaces, those that an earlier run left as well."""
    existing = {line.split()[0] for line in ip("netns", "list").splitlines() if line}
    for space in {A, B, CLIENTS} & existing:
        pids = [int(pid) for pid in ip("netns", "pids", space, check=False).split() if int(pid) != os.getpid()]
        for number in (signal.SIGTERM, signal.SIGKILL):
            for pid in pids:
                try:
                    os.kill(pid, number)
                except ProcessLookupError:
                    pass
            pids = _gone_after(pids, 5.0)
        ip("netns", "del", space, check=False)


def _gone_after(pids, seconds):
    end = time.monotonic() + seconds
    while pids and time.monotonic() < end:
        pids = [pid for pid in pids if pathlib.Path(f"/proc/{pid}").exists()]
        time.sleep(0.02)
    return pids


def make():
    remove()
    for space in (A, B, CLIENTS):
        ip("netns", "add", space)
        ip("-n", space, "link", "set", "lo", "up")
        for name, value in SYSCTLS.items():
            subprocess.run(inside(space, "sysctl", "-qw", f"{name}={value}"), check=True, capture_output=True)
    for number, space in enumerate((A, B), 1):
        ip("-n", CLIENTS, "link", "add", f"end{number}", "type", "veth", "peer", "name", "clients", "netns", space)
        for where, device, address in ((CLIENTS, f"end{number}", f"10.78.{number}.1/30"), (space, "clients", f"10.78.{number}.2/30")):
            ip("-n", where, "address", "add", address, "dev", device)
            ip("-n", where, "link", "set", device, "up")
        # The address of the end itself, so that certificates and endpoints are what they would be on two hosts.
        ip("-n", CLIENTS, "route", "add", ADDRESS[space] + "/32", "via", f"10.78.{number}.2")


def connect():
    """Gives the devices of a line that has just been started their addresses."""
    for space, other in ((A, B), (B, A)):
        ip("-n", space, "link", "set", DEVICE, "txqueuelen", "10000")
        ip("-n", space, "address", "add", ADDRESS[space], "peer", ADDRESS[other], "dev", DEVICE)
        ip("-n", space, "link", "set", DEVICE, "up")
