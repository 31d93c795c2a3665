# SPDX-License-Identifier: Apache-2.0
"""Disks that are full or fail: said in a sentence, and nothing acknowledged is lost."""
import resource
import subprocess

import oss2
import pytest

from farshore_clients.wait import eventually
from load import content
from realms import OneProcess, TwoProcesses, running
from world import World

MEBIBYTE = 1 << 20


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 512 MiB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512m", "tmpfs", str(place)], capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"mounting a small file system needs rights that are not here: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def put_until_refused(bucket, stem, size, count_max):
    """Puts numbered objects; returns those acknowledged and the refusal."""
    acknowledged = []
    for number in range(count_max):
        key = f"{stem}/{number:04}"
        try:
            bucket.put_object(key, content(key, number, size))
        except oss2.exceptions.ServerError as error:
            return acknowledged, error
        acknowledged.append((key, number, size))
    raise AssertionError(f"{count_max} objects of {size} bytes were taken by a disk of 512 MiB")


def assert_all_there(bucket, acknowledged):
    for key, number, size in acknowledged:
        assert bucket.get_object(key).read() == content(key, number, size), key


def test_a_full_disk_refuses_writes_with_a_sentence_while_reads_and_deletions_go_on(small_disk):
    with running(OneProcess(small_disk)) as realm:
        bucket = World(realm, "").source_bucket("full-disk")
        bucket.create_bucket()
        acknowledged, error = put_until_refused(bucket, "large", 8 * MEBIBYTE, 128)
        assert (error.status, error.code, error.message) == (503, "ServiceBusy", "The region has no space left."), error
        assert acknowledged
        assert_all_there(bucket, acknowledged)
        for key, _, _ in acknowledged[:6]:
            bucket.delete_object(key)

        def taken():
            try:
                bucket.put_object("again", b"1")
                bucket.put_object("again-large", content("again-large", 0, 8 * MEBIBYTE))
                return True
            except oss2.exceptions.ServerError as error:
                assert "no space" in error.message, error
                return False

        eventually("room after deletions", taken)
        realm.kill(("source",))
        realm.start()
        bucket = World(realm, "").source_bucket("full-disk")
        assert_all_there(bucket, acknowledged[6:] + [("again-large", 0, 8 * MEBIBYTE)])
        assert realm.stop() == [0]


def test_a_disk_that_others_fill_to_the_last_byte_loses_nothing(small_disk):
    with running(OneProcess(small_disk)) as realm:
        bucket = World(realm, "").source_bucket("no-byte-left")
        bucket.create_bucket()
        first = content("first", 0, 100_000)
        bucket.put_object("first", first)
        filler = small_disk / "filler"
        with filler.open("wb", buffering=0) as file, pytest.raises(OSError):
            while True:
                file.write(b"\0" * MEBIBYTE)
        acknowledged, error = put_until_refused(bucket, "small", 60_000, 10_000)
        assert (error.status, error.message) == (503, "The region has no space left."), error
        assert bucket.get_object("first").read() == first
        filler.unlink()
        if realm.server.process.poll() is not None:  # Stopping is right if the log could not be kept whole.
            assert realm.server.process.returncode == 1
            assert "start again to recover" in realm.log_tail()
            realm.start()
            bucket = World(realm, "").source_bucket("no-byte-left")

        def taken():
            try:
                bucket.put_object("after", b"1")
                return True
            except oss2.exceptions.OssError:
                return False

        eventually("writes to go on", taken)
        assert_all_there(bucket, acknowledged)
        assert realm.stop() == [0]


def test_a_full_destination_stalls_the_rule_by_name_until_there_is_room(tmp_path, small_disk):
    def on_the_small_disk(served):
        (list(served.regions.values())[1].folder / "data").symlink_to(small_disk)

    with running(TwoProcesses(tmp_path, on_the_small_disk)) as realm:
        pair = World(realm, "no-room").pair()
        pair.replicate()
        pair.source.put_object("first", b"1")
        pair.wait_for("first")
        with (small_disk / "filler").open("wb", buffering=0) as file, pytest.raises(OSError):
            while True:
                file.write(b"\0" * MEBIBYTE)
        for number in range(200):
            pair.source.put_object(f"queued/{number:03}", content("queued", number, 60_000))
        home = realm.source
        eventually("the stall with its reason", lambda: "full" in realm.served.admin(home, "progress", pair.source.bucket_name).lower() or "full" in realm.served.admin(home, "health").lower())
        (small_disk / "filler").unlink()
        if not realm.destination.alive:  # Stopping is right if the log could not be kept whole.
            assert "start again to recover" in realm.destination.log_tail()
            realm.start()
        pair.wait_until_equal()
        assert set(realm.stop()) == {0}


def test_a_store_that_cannot_write_any_more_stops_the_process_with_a_sentence(tmp_path):
    with running(TwoProcesses(tmp_path)) as realm:
        bucket = World(realm, "").source_bucket("failing-disk")
        bucket.create_bucket()
        acknowledged = []
        for number in range(40):
            bucket.put_object(f"k{number}", content(f"k{number}", number, 50_000))
            acknowledged.append((f"k{number}", number, 50_000))
        # No file may be written behind its first MiB from now on, and the log is there already: its next write fails.
        resource.prlimit(realm.source.process.pid, resource.RLIMIT_FSIZE, (MEBIBYTE, resource.RLIM_INFINITY))
        with pytest.raises(oss2.exceptions.OssError):
            for number in range(40, 4000):
                bucket.put_object(f"k{number}", content(f"k{number}", number, 50_000))
                acknowledged.append((f"k{number}", number, 50_000))
        status = realm.source.process.wait(60)
        assert status == 1, f"{status}\n{realm.source.log_tail()}"
        assert "farshore serve: the store has stopped writing after a disk error; start again to recover" in realm.source.log_tail()
        realm.start()
        assert_all_there(World(realm, "").source_bucket("failing-disk"), acknowledged)
        assert set(realm.stop()) == {0}
