# SPDX-License-Identifier: Apache-2.0
"""Farshore under the same names as a peer: two `farshore serve` processes over TLS, clients included."""
import os

import oss2

import realm as wan


class Pair:
    name = "Farshore"

    def __init__(self, realm):
        self.realm = realm
        os.environ["REQUESTS_CA_BUNDLE"] = str(realm.ca)  # what published clients read

    @property
    def pids(self):
        return [region.pid for region in self.realm.regions]

    @property
    def environment(self):
        one, two = self.realm.accounts
        return {"FARSHORE_BENCH_SECRET": one["access_key_secret"], "FARSHORE_BENCH_DESTINATION_SECRET": two["access_key_secret"]}

    def ends(self, pair=True):
        one, two = self.realm.accounts
        source, destination = self.realm.regions
        words = ["--ca-file", self.realm.ca, "--endpoint", source.endpoint, "--region", source.id, "--access-key", one["access_key_id"]]
        return words + (["--destination", destination.endpoint, "--destination-region", destination.id, "--destination-access-key", two["access_key_id"]] if pair else [])

    def prepare(self, bucket):
        """Buckets of two accounts with the three steps done, and the words that name them to `farshore bench`."""
        names = ["--bucket", bucket, "--destination-bucket", bucket + "-replica"]
        self.realm.bench("replicate", "--setup", *names, "--count", 1)
        return names

    def counter(self, bucket, prefix):
        account, region = self.realm.accounts[1], self.realm.destination
        auth = oss2.make_auth(account["access_key_id"], account["access_key_secret"], "v4")
        replica = oss2.Bucket(auth, region.endpoint, bucket + "-replica", region=region.id, is_verify_object_strict=False, connect_timeout=10)

        def count():
            try:
                return sum(1 for _ in oss2.ObjectIteratorV2(replica, prefix=prefix, max_keys=1000, max_retries=0))
            except oss2.exceptions.OssError:
                return None
        return count

    def says(self):
        return ""

    @staticmethod
    def _kill(region):
        region.process.kill()
        region.process.wait()

    def kill_destination(self):
        self._kill(self.realm.destination)

    def kill_source(self):
        self._kill(self.realm.source)

    def launch(self):
        for region in self.realm.regions:
            region.launch()

    def close(self):
        self.realm.close()


def version():
    return "Farshore of this commit"


def across_the_line():
    return Pair(wan.across_the_line())


def on_loopback():
    return Pair(wan.on_loopback())
