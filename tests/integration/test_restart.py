# SPDX-License-Identifier: Apache-2.0
"""kill -9 and start again on the same directory: what was acknowledged is there, and the queue goes on."""
import threading

import oss2
import pytest

from farshore_clients import steps
from farshore_clients.compare import exists, listing
from farshore_clients.wait import eventually
from world import ARRIVAL_SECONDS


class Writer(threading.Thread):
    """Writes numbered objects until the server goes away, and remembers which were acknowledged."""

    def __init__(self, bucket, prefix, size):
        super().__init__(daemon=True)
        self.bucket, self.prefix, self.size = bucket, prefix, size
        self.acknowledged = []
        self.unexpected = None

    def content(self, number):
        return (b"%s %d " % (self.prefix.encode(), number)).ljust(self.size, b".")

    def run(self):
        try:
            for number in range(1_000_000):
                self.bucket.put_object(f"{self.prefix}/{number:06}", self.content(number))
                self.acknowledged.append(number)
        except oss2.exceptions.RequestError:
            pass  # The server is gone.
        except Exception as error:  # noqa: BLE001 anything else fails the story
            self.unexpected = error


def restart(world, *pairs):
    world.server.start()
    for pair in pairs:
        pair.reconnect()


@pytest.mark.parametrize("size", [100, 200_000, 3_000_000])
def test_acknowledged_objects_survive_kill_9_and_their_replicas_arrive(world, size):
    pair = world.pair()
    pair.replicate()
    wanted = 150 if size < 1_000_000 else 12
    writers = []
    for round_number in range(3):
        crew = [Writer(pair.source, f"r{round_number}-{n}", size) for n in range(3)]
        for writer in crew:
            writer.start()
        eventually("enough acknowledged writes", lambda: sum(len(writer.acknowledged) for writer in crew) >= wanted or any(w.unexpected for w in crew))
        world.server.kill()
        for writer in crew:
            writer.join(ARRIVAL_SECONDS)
            assert writer.unexpected is None, writer.unexpected
        writers += crew
        restart(world, pair)
    for writer in writers:
        for number in writer.acknowledged:
            assert pair.source.get_object(f"{writer.prefix}/{number:06}").read() == writer.content(number)
    pair.wait_until_equal()
    last = writers[-1]
    for number in last.acknowledged[-3:]:
        assert pair.destination.get_object(f"{last.prefix}/{number:06}").read() == last.content(number)


def test_everything_about_a_realm_survives_kill_9(world):
    pair = world.pair(versioned=True)
    pair.replicate()
    user = world.ram.create_user("keeps-" + pair.source.bucket_name)
    world.ram.attach_to_user("AliyunOSSFullAccess", user.name, kind="System")
    pair.source.put_object("k", b"1", headers={"x-oss-meta-a": "b", "x-oss-tagging": "c=d"})
    pair.source.put_object("k", b"2")
    pair.source.delete_object("k")
    pair.wait_until_stacks_equal()
    rule_id, accounts = pair.rule_id, world.realm.accounts
    policy = pair.destination.get_bucket_policy().policy

    world.server.kill()
    restart(world, pair)

    assert world.realm.accounts == accounts
    assert pair.source.get_bucket_replication().rule_list[0].rule_id == rule_id
    assert pair.destination.get_bucket_policy().policy == policy
    assert pair.source.get_bucket_versioning().status == "Enabled"
    assert world.source_bucket(pair.source.bucket_name, user).list_object_versions().versions
    pair.wait_until_stacks_equal()
    pair.source.put_object("after", b"3")
    pair.wait_until_stacks_equal()
    pair.assert_same("after")


def test_an_upload_that_was_cut_by_kill_9_can_be_completed_afterwards(world):
    pair = world.pair()
    pair.replicate()
    upload = pair.source.init_multipart_upload("film").upload_id
    parts = []
    for number in range(1, 5):
        if number == 3:
            world.server.kill()
            restart(world, pair)
        content = bytes([number]) * (5 << 20)
        done = pair.source.upload_part("film", upload, number, content)
        parts.append(oss2.models.PartInfo(number, done.etag, size=len(content), part_crc=done.crc))
    assert [part.part_number for part in pair.source.list_parts("film", upload).parts] == [1, 2, 3, 4]
    pair.source.complete_multipart_upload("film", upload, parts)
    pair.wait_for("film")
    pair.assert_same("film")


def test_a_stalled_queue_survives_kill_9_and_goes_on_when_the_right_is_back(world):
    pair = world.pair()
    pair.replicate()
    pair.source.put_object("before", b"1")
    pair.wait_for("before")
    pair.destination.delete_bucket_policy()
    for number in range(30):
        pair.source.put_object(f"queued/{number:02}", b"%d" % number)
    pair.source.delete_object("before")
    world.server.kill()
    restart(world, pair)
    assert not exists(pair.destination, "queued/00")
    pair.allow()
    pair.wait_until_equal()
    assert len(listing(pair.destination)) == 30


def test_a_rule_that_was_closing_at_kill_9_still_goes(world):
    pair = world.pair()
    rule_id = pair.replicate()
    pair.source.delete_bucket_replication(rule_id)
    world.server.kill()
    restart(world, pair)
    steps.wait_until_gone(pair.source, rule_id)
    pair.replicate()
    pair.source.put_object("k", b"1")
    pair.wait_for("k")


def test_a_polite_stop_ends_with_status_0_and_loses_nothing(world):
    pair = world.pair()
    pair.replicate()
    for number in range(50):
        pair.source.put_object(f"k{number:02}", b"%d" % number)
    assert world.server.stop() == 0
    restart(world, pair)
    pair.wait_until_equal()
    assert len(listing(pair.destination)) == 50
