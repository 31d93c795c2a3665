# SPDX-License-Identifier: Apache-2.0
"""What became of everything that clients were told: nothing lost, nothing else in its place, nothing twice, both ends the same."""
import collections
import concurrent.futures
import dataclasses

import oss2

from farshore_clients.compare import version_stacks
from load import content

READERS = 6


@dataclasses.dataclass
class Verdict:
    """Of one pair of buckets and the crew that wrote to its source. Every list must be empty."""

    acknowledged: int = 0
    lost: list = dataclasses.field(default_factory=list)     # acknowledged and not there, or not in the order of the answers
    wrong: list = dataclasses.field(default_factory=list)    # other bytes, or none, at either end
    doubled: list = dataclasses.field(default_factory=list)  # there twice, or written by nobody
    risen: list = dataclasses.field(default_factory=list)    # back after their permanent deletion was acknowledged

    @property
    def clean(self):
        return not (self.lost or self.wrong or self.doubled or self.risen)

    def check(self):
        assert self.clean, "\n".join(f"{name}: {len(found)}, such as {found[:3]}" for name, found in vars(self).items() if isinstance(found, list) and found)


def judge(pair, crew):
    """Waits until both version stacks are the same; the crew must have ended."""
    pair.wait_until_stacks_equal()
    stack = version_stacks(pair.source)
    verdict = Verdict(crew.acknowledgements)
    verdict.doubled += [row for row, count in collections.Counter((row[0], row[1]) for row in stack).items() if count > 1]
    here = collections.defaultdict(list)
    for row in stack:
        here[row[0]].append(row[1])
    wanted = []
    for writer in crew.writers:
        present = {version for key in here if key.startswith(writer.name_ + "/") for version in here[key]}
        verdict.risen += sorted(writer.deleted & present)
        known = {version for writes in writer.acknowledged.values() for version, _, _ in writes}
        strangers = present - known - writer.maybe_deleted
        if len(strangers) > writer.unclear:  # Each call without an answer may have written one.
            verdict.doubled += sorted(strangers)
        for key, writes in writer.acknowledged.items():
            ids = [version for version, _, _ in writes]
            if [version for version in reversed(here[key]) if version in set(ids)] != ids:
                verdict.lost.append((key, [version for version in ids if version not in here[key]] or "in another order"))
            wanted += [(key, version, number, size) for version, number, size in writes if number is not None and version in here[key]]

    def read(one):
        key, version, number, size = one
        for bucket in (pair.source, pair.destination):
            try:
                if bucket.get_object(key, params={"versionId": version}).read() != content(key, number, size):
                    yield (bucket.bucket_name, key, version, "other bytes")
            except oss2.exceptions.OssError as error:
                yield (bucket.bucket_name, key, version, str(error))

    with concurrent.futures.ThreadPoolExecutor(READERS) as pool:
        for found in pool.map(lambda one: list(read(one)), wanted):
            verdict.wrong += found
    return verdict
