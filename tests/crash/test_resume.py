# SPDX-License-Identifier: Apache-2.0
"""A large object whose way is cut goes on where it was: what had arrived is not sent again."""
import hashlib
import os

from farshore_clients.wait import eventually
from proxy import Proxy
from realms import TwoProcesses, running
from world import World

PIECE = os.urandom(1 << 20)
PEER_BYTES = "farshore_peer_sent_bytes_total"
WINDOW = 32 << 20  # What may be on its way, in all buffers from end to end: a cut loses as much of it as had not arrived.
RANGES_UNDER_WAY = 12 * (8 << 20)  # What a killed destination may not have stored yet.


class Content:
    """A file of random megabytes, each of them different, that needs no memory."""

    def __init__(self, mebibytes):
        self.size, self.at = mebibytes << 20, 0

    def read(self, count=-1):
        count = min(1 << 20 if count < 0 else count, self.size - self.at, (1 << 20) - self.at % (1 << 20))
        begin = self.at % (1 << 20)
        piece = PIECE[begin:begin + count]
        if begin == 0 and count >= 8:
            piece = self.at.to_bytes(8, "big") + piece[8:]
        self.at += count
        return piece

    def __len__(self):
        return self.size

    def digest(self):
        one, digest = Content(self.size >> 20), hashlib.sha256()
        while piece := one.read(1 << 20):
            digest.update(piece)
        return digest.hexdigest()


def through_a_proxy(proxies):
    """For TwoProcesses: the source region dials the destination through a Proxy."""

    def prepare(served):
        source, destination = served.regions.values()
        proxies.append(Proxy(destination.peer_port))
        file = source.folder / "farshore.toml"
        file.write_text(file.read_text().replace(f'peer = "127.0.0.1:{destination.peer_port}"', f'peer = "127.0.0.1:{proxies[0].port}"'))

    return prepare


def counted_by(realm):
    """What the source region says it has sent to other regions."""
    return lambda: realm.served.metric(realm.source, PEER_BYTES)


def replicate_large(realm, mebibytes, sent, disturb):
    """Puts an object, calls disturb(bytes sent so far) until it gives False, waits for the replica; gives the bytes sent in all."""
    pair = World(realm, "resume").pair(versioned=True)
    pair.replicate()
    pair.source.put_object("first", b"x")
    pair.wait_for("first")
    before = sent()
    pair.source.put_object("large", Content(mebibytes))
    eventually("the disturbances", lambda: not disturb(sent() - before), 120.0, every=0.005)
    eventually("the replica", lambda: pair.destination.object_exists("large"), 180.0)
    total = sent() - before
    got, digest = pair.destination.get_object("large"), hashlib.sha256()
    while piece := got.read(1 << 20):
        digest.update(piece)
    assert digest.hexdigest() == Content(mebibytes).digest()
    return total


def test_a_link_cut_twice_in_a_large_object_sends_hardly_anything_again(tmp_path):
    proxies, size, cuts = [], 200, [50 << 20, 120 << 20]
    with running(TwoProcesses(tmp_path, through_a_proxy(proxies))) as realm:

        def cut(sent):
            if cuts and sent >= cuts[0]:
                cuts.pop(0)
                proxies[0].cut()
            return bool(cuts)

        total = replicate_large(realm, size, counted_by(realm), cut)
        print(f"\n{size} MiB, link cut twice: {total / (size << 20):.4f} of its size sent in all")
        assert (size << 20) <= total <= 1.01 * (size << 20) + 2 * WINDOW
        assert set(realm.stop()) == {0}
    proxies[0].close()


def test_a_destination_killed_in_a_large_object_is_not_sent_what_it_has(tmp_path):
    size = 400
    with running(TwoProcesses(tmp_path)) as realm:
        killed = []

        def kill(sent):
            if sent >= (size << 20) // 2:
                killed.append(sent)
                realm.kill(["destination"])
                realm.start()
            return not killed

        total = replicate_large(realm, size, counted_by(realm), kill)
        print(f"\n{size} MiB, destination killed after {killed[0] / (size << 20):.2f} of it: {total / (size << 20):.4f} of its size sent in all")
        assert killed[0] < (size << 20), "it was killed too late to prove anything"
        assert (size << 20) <= total <= 1.01 * (size << 20) + RANGES_UNDER_WAY
        assert set(realm.stop()) == {0}


def test_a_source_killed_in_a_large_object_goes_on_where_it_was(tmp_path):
    proxies, size, killed = [], 200, []
    with running(TwoProcesses(tmp_path, through_a_proxy(proxies))) as realm:

        def kill(sent):
            if sent >= (size << 20) // 2:
                killed.append(sent)
                realm.kill(["source"])
                realm.start()
            return not killed

        total = replicate_large(realm, size, lambda: proxies[0].forward_bytes, kill)  # Its own count dies with it.
        print(f"\n{size} MiB, source killed after {killed[0] / (size << 20):.2f} of it: {total / (size << 20):.4f} of its size sent in all")
        assert killed[0] < (size << 20), "it was killed too late to prove anything"
        assert (size << 20) <= total <= 1.01 * (size << 20) + WINDOW
        assert set(realm.stop()) == {0}
    proxies[0].close()
