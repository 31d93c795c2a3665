# SPDX-License-Identifier: Apache-2.0
"""Clients that write without pause while servers die under them, and remember what was acknowledged."""
import random
import threading
import time

import oss2

# Inline in the log, in an extent of its own, and large enough for ranges on the link.
SIZES = (0, 100, 4_096, 60_000, 250_000, 1_500_000)
PART_BYTES = 102_400  # the smallest part that another may follow
KEYS_PER_WRITER = 12


def content(key, number, size):
    """What the number-th write of a key holds; nobody has to remember it."""
    text = b"%s %d|" % (key.encode(), number)
    return (text * (size // len(text) + 1))[:size]


class Writer(threading.Thread):
    """Writes versions and delete markers, deletes some of them for good, on keys of its own, one at a time, over connections of its own.

    acknowledged  {key: [(version id, write number or None for a marker, size)]} in the order of the answers
    deleted       versions whose permanent deletion was acknowledged; maybe_deleted: those whose was not
    unclear       how many calls ended without an answer: these may have happened, each at most once
    refused       statuses and messages of 5xx answers, if they are allowed; such a call is unclear as well
    """

    def __init__(self, make_bucket, name, seed, refusals_allowed=False):
        super().__init__(daemon=True)
        self.make_bucket, self.name_ = make_bucket, name
        self.refusals_allowed, self.refused = refusals_allowed, set()
        self.random = random.Random(seed)
        self.acknowledged = {}
        self.deleted, self.maybe_deleted = set(), set()
        self.unclear = 0
        self.count = 0
        self.unexpected = None
        self.ended = threading.Event()
        self.serving = threading.Event()
        self.serving.set()

    def run(self):
        try:
            bucket = self.make_bucket()
            while not self.ended.is_set():
                try:
                    self.write(bucket)
                except oss2.exceptions.RequestError:
                    self.unclear += 1
                    self.serving.wait()
                    bucket = self.make_bucket()
                except oss2.exceptions.ServerError as error:
                    if not self.refusals_allowed or error.status not in (500, 503):
                        raise
                    self.unclear += 1
                    self.refused.add((error.status, error.code, error.message))
                    self.ended.wait(0.02)
        except Exception as error:  # noqa: BLE001 anything else fails the story
            self.unexpected = error

    def write(self, bucket):
        key = f"{self.name_}/{self.random.randrange(KEYS_PER_WRITER):02}"
        number = self.count = self.count + 1
        kind = self.random.choices(("put", "marker", "upload", "permanent deletion"), (70, 10, 4, 16))[0]
        if kind == "permanent deletion":
            return self.delete_version(bucket, key)
        if kind == "marker":
            version, written, size = bucket.delete_object(key).versionid, None, 0
        elif kind == "upload":
            size, written = PART_BYTES + 1_000, number
            version = self.upload(bucket, key, content(key, number, size))
        else:
            size, written = self.random.choices(SIZES, (1, 6, 8, 3, 2, 1))[0], number
            version = bucket.put_object(key, content(key, number, size)).versionid
        self.acknowledged.setdefault(key, []).append((version, written, size))

    @staticmethod
    def upload(bucket, key, bytes_written):
        upload = bucket.init_multipart_upload(key).upload_id
        parts = [bucket.upload_part(key, upload, number + 1, bytes_written[number * PART_BYTES:(number + 1) * PART_BYTES]) for number in range(2)]
        return bucket.complete_multipart_upload(key, upload, [oss2.models.PartInfo(n + 1, part.etag) for n, part in enumerate(parts)]).versionid

    def delete_version(self, bucket, key):
        """Deletes one of its own versions for good. An answer means it must stay away; without one, either is right."""
        writes = self.acknowledged.get(key)
        if not writes:
            return
        version = writes.pop(self.random.randrange(len(writes)))[0]
        self.maybe_deleted.add(version)
        bucket.delete_object(key, params={"versionId": version})
        self.maybe_deleted.remove(version)
        self.deleted.add(version)

    @property
    def acknowledgements(self):
        return sum(map(len, self.acknowledged.values()))


class Crew:
    """Several writers at one bucket."""

    def __init__(self, make_bucket, size, seed, refusals_allowed=False):
        self.writers = [Writer(make_bucket, f"w{n}", f"{seed}/{n}", refusals_allowed) for n in range(size)]
        for writer in self.writers:
            writer.start()

    @property
    def acknowledgements(self):
        return sum(writer.acknowledgements for writer in self.writers)

    def wait_for_more(self, wanted, seconds=60.0):
        """Until so many more writes are acknowledged."""
        end, goal = time.monotonic() + seconds, self.acknowledgements + wanted
        while self.acknowledgements < goal:
            for writer in self.writers:
                assert writer.unexpected is None, writer.unexpected
            assert time.monotonic() < end, f"{self.acknowledgements} of {goal} writes within {seconds:.0f} s"
            time.sleep(0.005)

    def hold(self):
        """Before the source dies: who gets no answer waits for go_on."""
        for writer in self.writers:
            writer.serving.clear()

    def go_on(self):
        for writer in self.writers:
            writer.serving.set()

    def end(self):
        for writer in self.writers:
            writer.ended.set()
        self.go_on()
        for writer in self.writers:
            writer.join(60.0)
            assert not writer.is_alive(), "a writer does not end"
            assert writer.unexpected is None, writer.unexpected
