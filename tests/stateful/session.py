# SPDX-License-Identifier: Apache-2.0
"""One run: a server, the model of it, and the checks that follow every call. The same seed makes the same calls in the same order."""
import itertools
import json
import os
import random
import time
import urllib.parse
import xml.etree.ElementTree as ElementTree

from farshore_clients.realm import Account
from farshore_clients.server import DevServer
from model import Model
from signing import presign_oss, query_text, quote, sign_oss, sign_rpc
from wire import Wire

SOURCE_REGION, DESTINATION_REGION = "cn-hangzhou", "cn-beijing"
ARGUMENTS = ("--regions", f"{SOURCE_REGION},{DESTINATION_REGION}", "--accounts", "source,destination", "--log", "warn")
# A freed allocation stays in quarantine: kept small, so that growth is the server's own. Leaks are looked for at the end.
SANITIZER = "quarantine_size_mb=16:detect_leaks=1:malloc_context_size=12:detect_stack_use_after_return=0"
BAD_WORDS = ("AddressSanitizer", "LeakSanitizer", "runtime error:", "check failed")
RSS_GROWTH_MAX = 96 << 20
DESCRIPTORS_GROWTH_MAX = 24


class Violation(AssertionError):
    """An invariant does not hold. The text names the call; run.py adds the command that repeats it."""


def demand(holds, text):
    if not holds:
        raise Violation(text)


class Session:
    def __init__(self, binary, directory, seed):
        self.random = random.Random(seed)
        self.server = DevServer(binary, directory, ARGUMENTS)
        self.server.environment = {"ASAN_OPTIONS": SANITIZER, "UBSAN_OPTIONS": "print_stacktrace=1"}
        self.realm = self.server.start(120)
        self.source, self.destination = self.realm.account("source"), self.realm.account("destination")
        self._dial()
        self.model = Model()
        self.calls = self.restarts = 0
        self.outcomes = {}
        self.last = ""
        self.trace = []  # the last calls, for a report
        self._nonces = itertools.count()
        self._unused = Account("stranger", "", "LTAI5tNobodyKnowsThisKey", "secret")

    def _dial(self):
        self.wires = {region.id: Wire(region.endpoint) for region in self.realm.regions}
        self.identity_wire = Wire(self.realm.identity_endpoint)

    # Calls. Every reply is checked for what all replies have in common.

    def note(self, name, reply):
        self.calls += 1
        outcome = f"{reply.status}" if reply.ok else f"{reply.status} {reply.code}"
        name = name[:40]
        self.outcomes[(name, outcome)] = self.outcomes.get((name, outcome), 0) + 1
        self.last = f"call {self.calls}: {self.last} -> {outcome}"
        self.trace.append(self.last)
        del self.trace[:-30]
        demand(reply.status != 500 and "InternalError" not in outcome, f"an internal error: {reply.body[:600]!r}")
        demand(bool(reply.request_id), f"no request id: {reply.headers}")
        if not reply.ok and reply.status != 304 and reply.body:
            demand(bool(reply.code), f"a refusal without a code: {reply.body[:600]!r}")
            if reply.body.lstrip().startswith(b"<"):
                said = reply.xml().findtext("RequestId")
                demand(said == reply.request_id, f"two request ids: {said} and {reply.request_id}")
        return reply

    def oss(self, name, method, region, bucket="", key="", query=(), headers=None, body=b"", keys=None, signing="v4", shift=0, change=None):
        """One signed request. signing: v4, v1, url4, url1 or nothing; change(headers, query) spoils it after it was signed."""
        keys = keys or self.source
        query, headers = list(query), dict(headers or {})
        if signing in ("v4", "v1"):
            sign_oss(keys, region, method, bucket, key, query, headers, signing, shift)
        elif signing:
            presign_oss(keys, region, method, bucket, key, query, headers, "v4" if signing == "url4" else "v1", shift=shift)
        if change:
            change(headers, query)
        target = "/" + (quote(bucket) + "/" + quote(key, "/") if bucket else "") + ("?" + query_text(query) if query else "")
        self.last = f"{name} {method} {target[:200]} {sum(map(len, headers))} {len(body)} bytes"
        return self.note(name, self.wires[region].send(method, target, headers, body))

    def rpc(self, action, parameters=(), version="2015-05-01", keys=None, change=None):
        keys = keys or self.source
        query, headers = sign_rpc(keys, self.identity_wire.host, version, action, list(parameters), f"{os.getpid()}-{time.time_ns()}-{next(self._nonces)}")
        if change:
            query = change(query, headers)
        self.last = f"{action} {query[:200]}"
        return self.note(action, self.identity_wire.send("POST", "/" + ("?" + query if query else ""), headers))

    @property
    def stranger(self):
        return self._unused

    # What there is, as the server says it.

    def versions(self, bucket):
        rows, more = [], []
        while True:
            query = [("versions", None), ("encoding-type", "url"), ("max-keys", "200"), *more]
            reply = self.oss("ListObjectVersions", "GET", bucket.region, bucket.name, query=query, keys=self.owner(bucket))
            demand(reply.ok, f"a listing is refused: {reply.body[:300]!r}")
            root = reply.xml()
            for node in root:
                if node.tag in ("Version", "DeleteMarker"):
                    rows.append((urllib.parse.unquote(node.findtext("Key")), node.findtext("VersionId") or "null", node.tag == "DeleteMarker",
                                 node.findtext("IsLatest") == "true", (node.findtext("ETag") or "").strip('"')))
            if root.findtext("IsTruncated") != "true":
                return rows
            more = [("key-marker", urllib.parse.unquote(root.findtext("NextKeyMarker"))), ("version-id-marker", root.findtext("NextVersionIdMarker") or "")]

    def owner(self, bucket):
        return self.source if bucket.owner == "source" else self.destination

    def state(self, bucket):
        """All that a refused call must leave alone, of one bucket. What a rule writes there by itself is left out."""
        found = {}
        for marker in ("acl", "versioning", "policy", "encryption", "uploads", "replication"):
            reply = self.oss("state", "GET", bucket.region, bucket.name, query=[(marker, None)], keys=self.owner(bucket))
            found[marker] = (reply.status, self._steady(reply))
        if not bucket.receives:
            found["versions"] = self.versions(bucket)
        return found

    @staticmethod
    def _steady(reply):
        """A reply's body without what differs each time; a rule's status moves by itself."""
        if not reply.ok:
            return reply.code
        if not reply.body.lstrip().startswith(b"<"):
            return reply.body
        root = reply.xml()
        for rule in root.findall("Rule"):
            for status in rule.findall("Status"):
                rule.remove(status)
        return ElementTree.tostring(root)

    def refused(self, bucket, call, *allowed):
        """Makes a call that must be refused with one of these codes (or any, if none is given) and must change nothing."""
        before = self.state(bucket) if bucket else None
        reply = call()
        said = self.last
        demand(400 <= reply.status < 500, f"not refused: {said}")
        if allowed and reply.code:
            demand(reply.code in allowed, f"refused as {reply.code} and not as {' or '.join(allowed)}: {said}: {reply.body[:300]!r}")
        if before is not None:
            after = self.state(bucket)
            demand(before == after, f"a refused call changed something: {said}\nbefore {before}\nafter  {after}")
        return reply

    def compare(self, bucket):
        """The bucket against the model."""
        if bucket.receives:
            return
        rows = self.versions(bucket)
        demand(rows == bucket.rows(), f"{bucket.name} is not what it should be\nlisted {rows}\nmodel  {bucket.rows()}")
        uploads = self.oss("ListMultipartUploads", "GET", bucket.region, bucket.name, query=[("uploads", None), ("max-uploads", "1000")], keys=self.owner(bucket))
        listed = sorted(node.findtext("UploadId") for node in uploads.xml().findall("Upload"))
        demand(listed == sorted(upload.id for upload in bucket.uploads), f"uploads of {bucket.name}: {listed}")
        policy = self.oss("GetBucketPolicy", "GET", bucket.region, bucket.name, query=[("policy", None)], keys=self.owner(bucket))
        demand((policy.body if policy.ok else None) == bucket.policy, f"the policy of {bucket.name}: {policy.body[:300]!r}")

    def compare_identity(self):
        identity = self.model.identity

        def names(action, path, item, field):
            reply = self.rpc(action, [("MaxItems", "1000")])
            return sorted(one[field] for one in json.loads(reply.body)[path][item])

        demand(names("ListUsers", "Users", "User", "UserName") == sorted(identity.users), "the users are not those that were made")
        demand(names("ListRoles", "Roles", "Role", "RoleName") == sorted(identity.roles), "the roles are not those that were made")
        reply = self.rpc("ListPolicies", [("PolicyType", "Custom"), ("MaxItems", "1000")])
        listed = sorted(one["PolicyName"] for one in json.loads(reply.body)["Policies"]["Policy"])
        demand(listed == sorted(identity.policies), f"the policies are not those that were made: {listed}")

    # The process.

    def rss(self):
        status = open(f"/proc/{self.server.process.pid}/status").read()
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) << 10

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.server.process.pid}/fd"))

    def metric(self, region, name):
        """The sum over all series of that name."""
        reply = self.wires[region].send("GET", "/metrics", {})
        rows = [line.rsplit(" ", 1) for line in reply.body.decode().splitlines() if line.startswith((name + "{", name + " "))]
        return sum(float(value) for _, value in rows)

    def check_log(self):
        if not self.server.log.exists():
            return
        text = self.server.log.read_text(errors="replace")
        for word in BAD_WORDS:
            at = text.find(word)
            demand(at < 0, f"the server's log says: {text[max(0, at - 200):at + 4000]}")

    def close_connections(self):
        for wire in (*self.wires.values(), self.identity_wire):
            wire.close()

    def restart(self):
        """A polite end and a new start on the same directory: everything that was is still there."""
        self.stop()
        self.realm = self.server.start(120)
        self._dial()
        self.restarts += 1
        for _, bucket in sorted(self.model.buckets.items()):
            self.compare(bucket)
        self.compare_identity()

    def stop(self):
        """The polite end: status 0, and nothing that a sanitizer has to say."""
        self.close_connections()
        status = self.server.stop(120)
        self.check_log()
        demand(status == 0, f"the server ended with status {status}:\n{self.server.log_tail(60)}")
