# SPDX-License-Identifier: Apache-2.0
"""Ceph RGW multisite as two regions: a monitor, an OSD on a sparse file and a gateway at each end, all processes of ours in one directory.

What of it is tuned: nothing of the gateways. The clusters keep one copy, as Farshore does, and ask for no authentication between their own daemons."""
import json
import os
import pathlib
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
import uuid

import spaces

PACKAGES = "ceph-mon ceph-osd radosgw ceph-common"
PROGRAMS = ("ceph", "ceph-mon", "ceph-osd", "monmaptool", "radosgw", "radosgw-admin")
DISK_BYTES = 20 << 30  # sparse
READY_SECONDS = 120
_CONFIG = """[global]
fsid = {fsid}
mon_host = [v2:127.0.0.1:{port}/0]
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
ms_bind_msgr1 = false
ms_bind_ipv6 = false
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
auth_allow_insecure_global_id_reclaim = false
ms_mon_client_mode = crc
keyring = {directory}/keyring
run_dir = {directory}
crash_dir = {directory}
log_file = {directory}/$name.log
log_to_stderr = false
err_to_stderr = true
admin_socket =
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 8
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_warn_on_pool_no_redundancy = false
mon_max_pg_per_osd = 1000
[mon]
mon_data = {directory}/mon
mon_initial_members = a
mon_data_avail_warn = 2
mon_data_avail_crit = 1
paxos_propose_interval = 0.05
[osd]
osd_data = {directory}/osd
osd_objectstore = bluestore
bluestore_block_size = {disk}
bluestore_fsck_on_mkfs = false
"""


def missing():
    return [name for name in PROGRAMS if shutil.which(name) is None]


def version():
    return subprocess.run(["radosgw", "--version"], capture_output=True, text=True).stdout.split(" (")[0].strip()


class Site:
    """One zone. `space`: the namespace it runs in; `host`: where its gateway is reached."""

    def __init__(self, name, space, host, port, directory):
        self.name, self.space, self.directory = name, space, directory
        self.endpoint, self.port = f"http://{host}:{port}", port
        self.conf = directory / "ceph.conf"
        self.processes = {}

    def run(self, program, *words):
        done = subprocess.run(spaces.inside(self.space, program, "-c", self.conf, *words), capture_output=True, text=True, timeout=READY_SECONDS)
        if done.returncode != 0:
            shown = " ".join(word for word in map(str, words) if not word.startswith(("--secret=", "--access-key=")))
            raise RuntimeError(f"{program} {shown}: {done.stderr.strip()[-500:]}")
        return done.stdout

    def admin(self, *words):
        return self.run("radosgw-admin", *words)

    def make_cluster(self):
        self.directory.mkdir()
        for folder in ("mon", "osd"):
            (self.directory / folder).mkdir()
        (self.directory / "keyring").touch()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        fsid, osd = uuid.uuid4(), uuid.uuid4()
        self.conf.write_text(_CONFIG.format(fsid=fsid, port=port, directory=self.directory, disk=DISK_BYTES))
        monmap = self.directory / "monmap"
        subprocess.run(["monmaptool", "--create", "--fsid", str(fsid), "--addv", "a", f"[v2:127.0.0.1:{port}]", "--set-min-mon-release", "pacific", monmap], check=True, capture_output=True)
        self.run("ceph-mon", "-i", "a", "--mkfs", "--monmap", monmap, "--keyring", self.directory / "keyring")
        self.run("ceph-osd", "-i", "0", "--no-mon-config", "--mkfs", "--osd-uuid", osd)
        self.launch("ceph-mon", "-i", "a")
        self.run("ceph", "osd", "new", osd, "0")
        self.launch("ceph-osd", "-i", "0")
        self.run("ceph", "osd", "require-osd-release", "pacific")
        end = time.monotonic() + READY_SECONDS
        while json.loads(self.run("ceph", "osd", "stat", "-f", "json"))["num_up_osds"] < 1:
            if time.monotonic() > end:
                raise RuntimeError(f"the OSD of {self.name} did not come up; see {self.directory}")
            time.sleep(0.1)

    def launch(self, program, *words):
        with (self.directory / f"{program}.out").open("ab") as out:
            self.processes[program] = subprocess.Popen(spaces.inside(self.space, program, "-c", self.conf, *words, "-f"), stdin=subprocess.DEVNULL, stdout=out, stderr=out)

    def launch_gateway(self):
        self.launch("radosgw", "-n", "client.rgw." + self.name, "--rgw-zone=" + self.name, f"--rgw-frontends=beast port={self.port}")

    def launch_all(self):
        self.launch("ceph-mon", "-i", "a")
        self.launch("ceph-osd", "-i", "0")
        self.launch_gateway()

    @property
    def pids(self):
        return [process.pid for process in self.processes.values()]  # `ip netns exec` becomes the command it runs

    def kill(self):
        for process in self.processes.values():
            process.kill()
        for process in self.processes.values():
            process.wait()
        self.processes = {}


class Pair:
    """Two zones of one zone group, fresh in a temporary folder, which close() removes; every bucket of the first is replicated to the second under its name."""
    name = "Ceph RGW"

    def __init__(self, places):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="farshore-ceph-", dir=os.environ.get("FARSHORE_WAN_DATA")))
        self.source, self.destination = (Site(name, space, host, port, self.directory / name) for name, (space, host, port) in zip(("za", "zb"), places))
        self.sites = (self.source, self.destination)
        self.key, self.secret = secrets.token_hex(10), secrets.token_hex(20)
        try:
            for site in self.sites:
                site.make_cluster()
            self._join()
            for site in self.sites:
                self._answers(site)
        except BaseException:
            self.close()
            raise

    def _join(self):
        a, b = self.source, self.destination
        system = ("--access-key=" + secrets.token_hex(10), "--secret=" + secrets.token_hex(20))
        a.admin("realm", "create", "--rgw-realm=r", "--default")
        a.admin("zonegroup", "create", "--rgw-zonegroup=zg", "--endpoints=" + a.endpoint, "--master", "--default")
        a.admin("zone", "create", "--rgw-zonegroup=zg", "--rgw-zone=za", "--master", "--default", "--endpoints=" + a.endpoint, *system)
        a.admin("user", "create", "--uid=sync", "--display-name=sync", "--system", *system)
        a.admin("user", "create", "--uid=u", "--display-name=u", "--access-key=" + self.key, "--secret=" + self.secret)
        a.admin("period", "update", "--commit")
        a.launch_gateway()
        self._answers(a)
        b.admin("realm", "pull", "--url=" + a.endpoint, *system)
        b.admin("realm", "default", "--rgw-realm=r")
        b.admin("zone", "create", "--rgw-zonegroup=zg", "--rgw-zone=zb", "--default", "--endpoints=" + b.endpoint, *system)
        b.admin("period", "update", "--commit")
        b.launch_gateway()

    def _answers(self, site):
        host, _, port = site.endpoint.removeprefix("http://").partition(":")
        end = time.monotonic() + READY_SECONDS
        while True:
            if site.processes["radosgw"].poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"the gateway of {site.name} does not answer; see {site.directory}")
            try:
                socket.create_connection((host, int(port)), timeout=2).close()
                return
            except OSError:
                time.sleep(0.1)

    @property
    def pids(self):
        return self.source.pids + self.destination.pids

    @property
    def environment(self):
        return {"FARSHORE_BENCH_SECRET": self.secret, "FARSHORE_BENCH_DESTINATION_SECRET": self.secret}

    def client(self, site):
        import boto3
        import botocore.config
        config = botocore.config.Config(signature_version="s3v4", s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}, read_timeout=10)
        return boto3.client("s3", endpoint_url=site.endpoint, aws_access_key_id=self.key, aws_secret_access_key=self.secret, region_name="zg", config=config)

    def prepare(self, bucket):
        """A bucket that exists at both ends, and the words that name it to `farshore bench`."""
        self.client(self.source).create_bucket(Bucket=bucket)
        known, end = self.counter(bucket, ""), time.monotonic() + READY_SECONDS
        while known() is None:  # neither the user nor the bucket is there at first
            if time.monotonic() > end:
                raise RuntimeError(f"bucket {bucket} did not come to the second zone")
            time.sleep(0.2)
        return ["--bucket", bucket, "--destination-bucket", bucket]

    def ends(self, pair=True):
        words = ["--dialect", "s3", "--endpoint", self.source.endpoint, "--region", "zg", "--access-key", self.key]
        return words + (["--destination", self.destination.endpoint, "--destination-region", "zg"] if pair else [])

    def counter(self, bucket, prefix):
        """A function that counts the replicas, or gives nothing while the destination does not answer."""
        import botocore.exceptions
        client = self.client(self.destination)

        def count():
            try:
                pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
                return sum(len(page.get("Contents", ())) for page in pages)
            except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError):
                return None
        return count

    def says(self):
        """What the destination tells of its own state."""
        data = self.destination.admin("--rgw-zone=zb", "sync", "status").partition("data sync source")[2]
        return "; sync status: " + data.strip().splitlines()[-1].strip() if data else ""

    def kill_destination(self):
        self.destination.kill()

    def kill_source(self):
        self.source.kill()

    def launch(self):
        for site in self.sites:
            site.launch_all()

    def close(self):
        for site in self.sites:
            site.kill()
        shutil.rmtree(self.directory, ignore_errors=True)


def across_the_line():
    return Pair([(spaces.A, spaces.ADDRESS[spaces.A], 8001), (spaces.B, spaces.ADDRESS[spaces.B], 8002)])


def on_loopback():
    return Pair([(spaces.CLIENTS, "127.0.0.1", 8001), (spaces.CLIENTS, "127.0.0.1", 8002)])
