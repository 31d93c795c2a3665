# SPDX-License-Identifier: Apache-2.0
"""Calls that run beside each other, and restarts. Which of two writers comes last is open; that each did all or nothing is not."""
import concurrent.futures

from model import Version, digest
from oss_calls import VERSIONS_MAX, some_bucket, some_key
from session import demand
from signing import quote, sign_oss
from wire import Wire

WRITERS = 6


def _request(s, bucket, method, key, body):
    headers = {}
    sign_oss(s.owner(bucket), bucket.region, method, bucket.name, key, [], headers)
    return method, f"/{bucket.name}/{quote(key, '/')}", headers, body


def burst(s):
    """Several writers of one key at once: every reply is a plain one, and what stands there afterwards is what some of them said."""
    bucket = some_bucket(s, lambda b: b.count + WRITERS < VERSIONS_MAX and not b.receives)
    if not bucket:
        return
    key = some_key(s)
    before = {one.id for one in bucket.versions.get(key, [])}
    requests = []
    for at in range(WRITERS):
        method = s.random.choice(["PUT", "PUT", "DELETE"])
        requests.append(_request(s, bucket, method, key, b"%d" % at * s.random.randrange(1, 2000) if method == "PUT" else b""))

    def send(request):
        wire = Wire("http://" + s.wires[bucket.region].host)
        try:
            return wire.send(*request)
        finally:
            wire.close()

    with concurrent.futures.ThreadPoolExecutor(WRITERS) as pool:
        replies = list(pool.map(send, requests))
    written, markers = {}, set()
    for (method, target, _, body), reply in zip(requests, replies):
        s.last = f"burst {method} {target} {len(body)} bytes"
        s.note("burst:" + method, reply)
        demand(reply.ok, f"one of several writers is refused: {reply.body[:300]!r}")
        version_id = reply.headers.get("x-oss-version-id", "null")
        if method == "PUT":
            written.setdefault(version_id, {})[reply.headers["etag"].strip('"')] = body
        elif bucket.versioning:
            markers.add(version_id)
    demand(not before & (set(written) | markers) - {"null"}, f"a version id was given twice: {s.last}")
    stack = []
    old = {one.id: one for one in bucket.versions.get(key, [])}
    for name, version_id, marker, _, etag in s.versions(bucket):
        if name != key:
            continue
        if marker:
            demand(version_id in markers or version_id in old, f"a marker that nobody made: {version_id}")
            stack.append(Version(version_id, marker=True))
        elif version_id in written and etag in written[version_id]:
            body = written[version_id][etag]
            stack.append(Version(version_id, False, etag, len(body), digest(body)))
        else:
            demand(version_id in old and old[version_id].etag == etag, f"a version that nobody wrote: {version_id} {etag}")
            stack.append(old[version_id])
    if bucket.versioning == "Enabled":
        missing = (before | set(written) | markers) - {one.id for one in stack}
        demand(not missing, f"versions that were acknowledged are missing: {sorted(missing)}")
    if stack:
        bucket.versions[key] = stack
    else:
        bucket.versions.pop(key, None)


def restart(s):
    if s.random.random() < 0.1:
        s.restart()


CALLS = [(burst, 5), (restart, 4)]
