# SPDX-License-Identifier: Apache-2.0
"""SIGTERM under load: the process drains, ends with status 0 in time, and keeps what it acknowledged."""
import contextlib
import socket
import threading
import time

import oss2
import pytest

from farshore_clients.compare import version_stacks
from load import Crew
from realms import OneProcess, TwoProcesses, running
from world import World

# The drain gives up after 12 s and promises 15; the rest is for a busy machine.
DRAIN_SECONDS = 20.0


@pytest.mark.parametrize("make", [OneProcess, TwoProcesses])
def test_sigterm_under_load_drains_and_ends_with_status_0(make, tmp_path):
    with running(make(tmp_path)) as realm:
        pair = World(realm, "stop").pair(versioned=True)
        pair.replicate()
        crew = Crew(lambda: World(realm, "stop").source_bucket(pair.source.bucket_name), 3, "stop")
        crew.wait_for_more(100)
        crew.hold()
        port = int(pair.source.endpoint.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as silent:  # A client that connects and says nothing must not hold it up.
            begin = time.monotonic()
            assert set(realm.stop()) == {0}
            seconds = time.monotonic() - begin
            del silent
        print(f"\n{make.__name__}: drained within {seconds:.1f} s")
        assert seconds < DRAIN_SECONDS * (2 if make is TwoProcesses else 1)
        for writer in crew.writers:
            writer.ended.set()
        realm.start()
        crew.end()
        pair.reconnect()
        pair.wait_until_stacks_equal()
        there = {(row[0], row[1]) for row in version_stacks(pair.source)}
        wanted = {(key, version) for writer in crew.writers for key, writes in writer.acknowledged.items() for version, _, _ in writes}
        assert wanted <= there
        assert set(realm.stop()) == {0}


def test_an_upload_under_way_is_finished_before_the_end(tmp_path):
    with running(OneProcess(tmp_path)) as realm:
        bucket = World(realm, "").source_bucket("under-way")
        bucket.create_bucket()

        class Slow:
            """Sends half of a megabyte, asks the server to stop, and sends the rest."""

            def __init__(self):
                self.pieces = [b"a" * (1 << 19), b"b" * (1 << 19)]

            def read(self, _count=-1):
                if len(self.pieces) == 1:
                    realm.server.process.terminate()
                    time.sleep(0.5)  # The signal has to arrive before the rest does.
                return self.pieces.pop(0) if self.pieces else b""

            def __len__(self):
                return 1 << 20

        bucket.put_object("slow", Slow())
        assert realm.server.process.wait(DRAIN_SECONDS) == 0
        realm.start()
        assert World(realm, "").source_bucket("under-way").get_object("slow").read() == b"a" * (1 << 19) + b"b" * (1 << 19)
        assert realm.stop() == [0]


def test_uploads_that_never_end_do_not_hold_up_the_end(tmp_path):
    class Stuck:
        """Sends a piece and then nothing, until the story is over."""

        def __init__(self):
            self.sent, self.over = threading.Event(), threading.Event()

        def read(self, _count=-1):
            if not self.sent.is_set():
                self.sent.set()
                return b"a" * 1000
            self.over.wait(120)
            return b""

        def __len__(self):
            return 1 << 20

    def put(bucket, stuck):
        with contextlib.suppress(oss2.exceptions.OssError):
            bucket.put_object("stuck", stuck)

    with running(OneProcess(tmp_path)) as realm:
        world = World(realm, "")
        uploads = [(world.source_bucket("never-ends"), Stuck()), (world.destination_bucket("never-ends-either"), Stuck())]
        clients = [threading.Thread(target=put, args=upload, daemon=True) for upload in uploads]
        for (bucket, stuck), client in zip(uploads, clients):
            bucket.create_bucket()
            client.start()
            assert stuck.sent.wait(60)
            bucket.put_object("other", b"x")  # By now the first piece is in the server's hands.
        begin = time.monotonic()
        assert realm.stop() == [0]
        seconds = time.monotonic() - begin
        print(f"\nwith uploads that never end in both regions: ended within {seconds:.1f} s")
        assert seconds < DRAIN_SECONDS
        for (_, stuck), client in zip(uploads, clients):
            stuck.over.set()
            client.join(60)
        realm.start()
        bucket = World(realm, "").source_bucket("never-ends")
        assert (bucket.object_exists("other"), bucket.object_exists("stuck")) == (True, False)
        assert realm.stop() == [0]
