# SPDX-License-Identifier: Apache-2.0
"""Random calls to OSS. Each updates the model by what the reply says, and asserts what the model says the reply must be."""
import base64
import hashlib
import json
import urllib.parse

from model import Bucket, Upload, Version, digest
from session import DESTINATION_REGION, SOURCE_REGION, demand
from signing import quote

KEYS = ["a", "b/c", "b/d", "photos/cat.jpg", "é/ü 1", "x+y&z=?", "deep/er/and/deeper", "%2F", "a b", "ключ", "~", "k\x01l"]
BUCKETS_MAX = 6
VERSIONS_MAX = 60
UPLOADS_MAX = 8
CODES_OF_RIGHTS = ("AccessDenied", "SignatureDoesNotMatch", "InvalidAccessKeyId", "RequestTimeTooSkewed", "InvalidArgument")


def some_key(s):
    return s.random.choice(KEYS)


def some_bucket(s, wanted=lambda bucket: True):
    names = [name for name, bucket in sorted(s.model.buckets.items()) if wanted(bucket)]
    return s.model.buckets[s.random.choice(names)] if names else None


def some_body(s):
    size = s.random.choice([0, 1, 10, 1000, 5000, 70_000 if s.random.random() < 0.1 else 300, 400_000 if s.random.random() < 0.05 else 20])
    return s.random.randbytes(min(size, 64)) * (size // 64 + 1) if size > 64 else s.random.randbytes(size)


def signing(s):
    return s.random.choice(["v4", "v4", "v4", "v1", "url4", "url1"])


def put_bucket(s):
    if len(s.model.buckets) >= BUCKETS_MAX:
        return delete_bucket(s)
    region, owner = s.random.choice([(SOURCE_REGION, "source"), (DESTINATION_REGION, "destination"), (SOURCE_REGION, "destination")])
    name = f"bucket-{s.random.randrange(10)}"
    taken = s.model.buckets.get(name)
    keys = s.source if owner == "source" else s.destination
    body = s.random.choice([b"", b"<CreateBucketConfiguration><StorageClass>IA</StorageClass></CreateBucketConfiguration>"])
    reply = s.oss("PutBucket", "PUT", region, name, body=body, keys=keys, signing=s.random.choice(["v4", "v1"]))
    if taken:
        demand(reply.ok or reply.code == "BucketAlreadyExists", f"PutBucket of a name that is taken: {s.last}")
        demand(not reply.ok or (taken.owner == owner and taken.region == region), f"two owners of one name: {s.last}")
    else:
        demand(reply.ok, f"PutBucket of a free name: {s.last} {reply.body[:300]!r}")
        s.model.buckets[name] = Bucket(name, region, owner)
    return None


def delete_bucket(s):
    bucket = some_bucket(s)
    if not bucket:
        return
    reply = s.oss("DeleteBucket", "DELETE", bucket.region, bucket.name, keys=s.owner(bucket))
    if reply.ok:
        demand(bucket.receives or bucket.count == 0, f"a bucket with {bucket.count} versions was deleted: {s.last}")
        demand(not bucket.rules, f"a bucket with rules was deleted: {s.last}")
        del s.model.buckets[bucket.name]
        gone = s.oss("ListObjects", "GET", bucket.region, bucket.name, keys=s.owner(bucket))
        demand(gone.code == "NoSuchBucket", f"a deleted bucket answers {gone.status}")
    else:
        demand(bucket.count or bucket.uploads or bucket.rules or bucket.receives, f"an empty bucket is not deleted: {s.last} {reply.body[:300]!r}")


def put_object(s):
    bucket = some_bucket(s, lambda b: b.count < VERSIONS_MAX and not b.receives)
    if not bucket:
        return
    key, body = some_key(s), some_body(s)
    headers = {}
    if s.random.random() < 0.4:
        headers["Content-MD5"] = base64.b64encode(hashlib.md5(body).digest()).decode()
    if s.random.random() < 0.3:
        headers["Content-Type"] = s.random.choice(["text/plain", "application/x; q=1", "é"])
    if s.random.random() < 0.3:
        headers["x-oss-meta-colour"] = s.random.choice(["blue", "", "a,b", "x" * 500])
    if s.random.random() < 0.2:
        headers["x-oss-tagging"] = s.random.choice(["a=b", "a=b&c", "k%20=v%2B"])
    if s.random.random() < 0.2:
        headers["x-oss-server-side-encryption"] = "AES256"
    if s.random.random() < 0.2:
        headers["x-oss-storage-class"] = s.random.choice(["Standard", "IA", "Archive"])
    if s.random.random() < 0.2:
        headers["x-oss-object-acl"] = s.random.choice(["private", "default", "public-read"])
    forbids = s.random.random() < 0.1
    if forbids:
        headers["x-oss-forbid-overwrite"] = "true"
    reply = s.oss("PutObject", "PUT", bucket.region, bucket.name, key, headers=headers, body=body, keys=s.owner(bucket), signing=signing(s))
    if not reply.ok:
        demand(forbids and bucket.current(key) and reply.code == "FileAlreadyExists", f"PutObject: {s.last} {reply.body[:300]!r}")
        return
    demand(not (forbids and bucket.current(key) and bucket.versioning == ""), f"an object was overwritten against x-oss-forbid-overwrite: {s.last}")
    etag = reply.headers["etag"].strip('"')
    demand(etag.lower() == digest(body), f"the ETag is not the digest: {etag}")
    bucket.put(key, Version(reply.headers.get("x-oss-version-id", "null"), False, etag, len(body), digest(body)))


def get_object(s):
    bucket = some_bucket(s, lambda b: b.current_keys and not b.receives)
    if not bucket:
        return
    key = s.random.choice(bucket.current_keys)
    version = s.random.choice([one for one in bucket.versions[key] if not one.marker])
    query = [] if version is bucket.current(key) and s.random.random() < 0.5 else [("versionId", version.id)]
    headers = {}
    if version.size > 3 and s.random.random() < 0.3:
        first = s.random.randrange(version.size)
        headers["Range"] = f"bytes={first}-{s.random.randrange(first, version.size)}"
    method = s.random.choice(["GET", "GET", "HEAD"])
    reply = s.oss("GetObject", method, bucket.region, bucket.name, key, query=query, headers=headers, keys=s.owner(bucket), signing=signing(s))
    demand(reply.ok, f"an object that exists is not read: {s.last} {reply.body[:300]!r}")
    demand(reply.headers["etag"].strip('"') == version.etag, f"another version was read: {s.last}")
    if method == "GET" and "Range" in headers:
        first, last = map(int, headers["Range"][6:].split("-"))
        demand(reply.status == 206 and len(reply.body) == last - first + 1, f"a range of {len(reply.body)} bytes: {headers['Range']}")
    elif method == "GET":
        demand(len(reply.body) == version.size and (not version.md5 or digest(reply.body) == version.md5), f"another content was read: {s.last}")
    else:
        demand(int(reply.headers["content-length"]) == version.size, f"HEAD tells another size: {s.last}")


def conditional_get(s):
    bucket = some_bucket(s, lambda b: b.current_keys and not b.receives)
    if not bucket:
        return
    key = s.random.choice(bucket.current_keys)
    etag = bucket.current(key).etag
    header, value, status = s.random.choice([
        ("If-Match", f'"{etag}"', 200), ("If-Match", '"x"', 412), ("If-None-Match", etag, 304), ("If-None-Match", "*", 304), ("If-None-Match", "x, y", 200),
        ("If-Modified-Since", "Thu, 01 Jan 2099 00:00:00 GMT", 304), ("If-Unmodified-Since", "Thu, 01 Jan 1998 00:00:00 GMT", 412), ("If-Modified-Since", "x", 200)])
    reply = s.oss("GetObject", "GET", bucket.region, bucket.name, key, headers={header: value}, keys=s.owner(bucket))
    demand(reply.status == status, f"{header}: {value} gives {reply.status}")


def delete_object(s):
    bucket = some_bucket(s, lambda b: not b.receives)
    if not bucket:
        return
    key = s.random.choice(sorted(bucket.versions)) if bucket.versions and s.random.random() < 0.8 else some_key(s)
    stack = bucket.versions.get(key, [])
    query = []
    if stack and s.random.random() < 0.6:
        query = [("versionId", s.random.choice(stack).id)]
    reply = s.oss("DeleteObject", "DELETE", bucket.region, bucket.name, key, query=query, keys=s.owner(bucket), signing=signing(s))
    demand(reply.status == 204, f"DeleteObject: {s.last} {reply.body[:300]!r}")
    deleted(bucket, key, query[0][1] if query else None, reply.headers.get("x-oss-version-id", "null"))


def deleted(bucket, key, version_id, answered):
    if version_id:
        bucket.remove(key, version_id)
    elif bucket.versioning == "":
        bucket.remove(key, "null")
    else:
        bucket.insert_marker(key, answered)


def delete_many(s):
    bucket = some_bucket(s, lambda b: not b.receives)
    if not bucket:
        return
    wanted = []
    for key in s.random.sample(KEYS, s.random.randrange(1, 5)):
        if "\x01" in key:
            continue
        stack = bucket.versions.get(key, [])
        wanted.append((key, s.random.choice(stack).id if stack and s.random.random() < 0.6 else None))
    if not wanted:
        return
    escaped = [(key.replace("&", "&amp;"), version) for key, version in wanted]
    body = "<Delete><Quiet>false</Quiet>" + "".join(f"<Object><Key>{key}</Key>" + (f"<VersionId>{version}</VersionId>" if version else "") + "</Object>"
                                                   for key, version in escaped) + "</Delete>"
    reply = s.oss("DeleteMultipleObjects", "POST", bucket.region, bucket.name, query=[("delete", None)], body=body.encode(), keys=s.owner(bucket))
    demand(reply.ok, f"DeleteMultipleObjects: {reply.body[:300]!r}")
    answers = reply.xml().findall("Deleted")
    demand([node.findtext("Key") for node in answers] == [key for key, _ in wanted], f"other keys are answered: {reply.body[:500]!r}")
    for (key, version), node in zip(wanted, answers):
        deleted(bucket, key, version, node.findtext("DeleteMarkerVersionId") or "null")


def copy_object(s):
    source = some_bucket(s, lambda b: b.current_keys and not b.receives)
    if not source:
        return
    target = some_bucket(s, lambda b: b.region == source.region and b.owner == source.owner and b.count < VERSIONS_MAX and not b.receives)
    if not target:
        return
    key, to = s.random.choice(source.current_keys), some_key(s)
    version = source.current(key)
    headers = {"x-oss-copy-source": f"/{source.name}/{quote(key, '/')}"}
    if source is target and key == to:
        headers["x-oss-metadata-directive"] = "REPLACE"
    reply = s.oss("CopyObject", "PUT", target.region, target.name, to, headers=headers, keys=s.owner(target))
    demand(reply.ok, f"CopyObject: {s.last} {reply.body[:300]!r}")
    etag = reply.xml().findtext("ETag").strip('"')
    target.put(to, Version(reply.headers.get("x-oss-version-id", "null"), False, etag, version.size, version.md5))


def versioning(s):
    bucket = some_bucket(s)
    if not bucket or s.random.random() < 0.5:
        return
    state = s.random.choice(["Enabled", "Enabled", "Suspended"])
    body = f"<VersioningConfiguration><Status>{state}</Status></VersioningConfiguration>".encode()
    reply = s.oss("PutBucketVersioning", "PUT", bucket.region, bucket.name, query=[("versioning", None)], body=body, keys=s.owner(bucket))
    if reply.ok:
        bucket.versioning = state
    else:
        demand(bucket.rules or bucket.receives, f"PutBucketVersioning: {s.last} {reply.body[:300]!r}")


def policy(s):
    bucket = some_bucket(s)
    if not bucket:
        return
    if bucket.policy and s.random.random() < 0.3 and not bucket.receives:
        reply = s.oss("DeleteBucketPolicy", "DELETE", bucket.region, bucket.name, query=[("policy", None)], keys=s.owner(bucket))
        demand(reply.ok, f"DeleteBucketPolicy: {reply.body[:300]!r}")
        bucket.policy = None
        return
    owner = s.owner(bucket).uid
    document = json.dumps({"Version": "1", "Statement": [{
        "Effect": "Allow", "Action": s.random.sample(["oss:GetObject", "oss:ListObjects", "oss:ReplicatePut", "oss:ReplicateDelete"], 2),
        "Principal": [s.random.choice([s.source.uid, s.destination.uid, f"arn:ram::{s.source.uid}:role/role1"])],
        "Resource": [f"acs:oss:*:{owner}:{bucket.name}", f"acs:oss:*:{owner}:{bucket.name}/*"],
        **({"Condition": {"IpAddress": {"acs:SourceIp": ["127.0.0.0/8"]}}} if s.random.random() < 0.5 else {})}]}).encode()
    if bucket.receives:
        return
    reply = s.oss("PutBucketPolicy", "PUT", bucket.region, bucket.name, query=[("policy", None)], body=document, keys=s.owner(bucket))
    demand(reply.ok, f"PutBucketPolicy: {reply.body[:300]!r}")
    bucket.policy = document


def encryption(s):
    bucket = some_bucket(s)
    if not bucket:
        return
    body = (b"<ServerSideEncryptionRule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm>"
            b"</ApplyServerSideEncryptionByDefault></ServerSideEncryptionRule>")
    method = s.random.choice(["PUT", "DELETE"])
    reply = s.oss("BucketEncryption", method, bucket.region, bucket.name, query=[("encryption", None)], body=body if method == "PUT" else b"", keys=s.owner(bucket))
    demand(reply.ok, f"BucketEncryption: {reply.body[:300]!r}")


def tagging(s):
    bucket = some_bucket(s, lambda b: b.current_keys and not b.receives)
    if not bucket:
        return
    key = s.random.choice(bucket.current_keys)
    tags = {s.random.choice("abcde"): s.random.choice(["", "v", "x y", "ü"]) for _ in range(s.random.randrange(4))}
    body = "<Tagging><TagSet>" + "".join(f"<Tag><Key>{k}</Key><Value>{v}</Value></Tag>" for k, v in tags.items()) + "</TagSet></Tagging>"
    where = dict(region=bucket.region, bucket=bucket.name, key=key, query=[("tagging", None)], keys=s.owner(bucket))
    reply = s.oss("PutObjectTagging", "PUT", body=body.encode(), **where)
    demand(reply.ok, f"PutObjectTagging: {reply.body[:300]!r}")
    reply = s.oss("GetObjectTagging", "GET", **where)
    found = {node.findtext("Key"): node.findtext("Value") or "" for node in reply.xml().iter("Tag")}
    demand(found == tags, f"the tags are {found} and not {tags}")
    if s.random.random() < 0.3:
        demand(s.oss("DeleteObjectTagging", "DELETE", **where).ok, "DeleteObjectTagging is refused")


def acl(s):
    bucket = some_bucket(s)
    if not bucket:
        return
    if bucket.current_keys and not bucket.receives and s.random.random() < 0.7:
        reply = s.oss("PutObjectAcl", "PUT", bucket.region, bucket.name, s.random.choice(bucket.current_keys), query=[("acl", None)],
                      headers={"x-oss-object-acl": s.random.choice(["private", "public-read", "default"])}, keys=s.owner(bucket))
    else:
        reply = s.oss("PutBucketAcl", "PUT", bucket.region, bucket.name, query=[("acl", None)],
                      headers={"x-oss-acl": s.random.choice(["private", "public-read"])}, keys=s.owner(bucket))
    demand(reply.ok, f"an ACL: {s.last} {reply.body[:300]!r}")


def start_upload(s):
    bucket = some_bucket(s, lambda b: not b.receives)
    if not bucket:
        return
    if len(bucket.uploads) >= UPLOADS_MAX:
        return abort_upload(s)
    key = some_key(s)
    reply = s.oss("InitiateMultipartUpload", "POST", bucket.region, bucket.name, key, query=[("uploads", None)], keys=s.owner(bucket))
    demand(reply.ok, f"InitiateMultipartUpload: {reply.body[:300]!r}")
    bucket.uploads.append(Upload(key, reply.xml().findtext("UploadId")))
    return None


def _upload(s):
    bucket = some_bucket(s, lambda b: b.uploads)
    return (bucket, s.random.choice(bucket.uploads)) if bucket else (None, None)


def upload_part(s):
    bucket, upload = _upload(s)
    if not bucket:
        return
    number, body = s.random.randrange(1, 5), some_body(s)
    reply = s.oss("UploadPart", "PUT", bucket.region, bucket.name, upload.key, query=[("partNumber", str(number)), ("uploadId", upload.id)], body=body,
                  keys=s.owner(bucket), signing=signing(s))
    demand(reply.ok, f"UploadPart: {s.last} {reply.body[:300]!r}")
    upload.parts[number] = (reply.headers["etag"].strip('"'), len(body))


def list_parts(s):
    bucket, upload = _upload(s)
    if not bucket:
        return
    reply = s.oss("ListParts", "GET", bucket.region, bucket.name, upload.key, query=[("uploadId", upload.id)], keys=s.owner(bucket))
    demand(reply.ok, f"ListParts: {reply.body[:300]!r}")
    listed = {int(node.findtext("PartNumber")): (node.findtext("ETag").strip('"'), int(node.findtext("Size"))) for node in reply.xml().findall("Part")}
    demand(listed == upload.parts, f"the parts are {listed} and not {upload.parts}")


def _completion(parts):
    return ("<CompleteMultipartUpload>" + "".join(f'<Part><PartNumber>{number}</PartNumber><ETag>"{etag}"</ETag></Part>' for number, etag in parts)
            + "</CompleteMultipartUpload>").encode()


def complete_upload(s):
    bucket, upload = _upload(s)
    if not bucket:
        return
    query = [("uploadId", upload.id)]
    where = dict(region=bucket.region, bucket=bucket.name, key=upload.key, query=query, keys=s.owner(bucket))
    parts = [(number, upload.parts[number][0]) for number in sorted(upload.parts)]
    spoiled = s.random.random()
    if not parts or spoiled < 0.3:
        bad = s.random.choice([[(7, "A" * 32)], [(number, "B" * 32) for number, _ in parts] or [(1, "x")], list(reversed(parts)) + [(1, "C")], [(0, "x")]])
        s.refused(bucket, lambda: s.oss("CompleteMultipartUpload", "POST", body=_completion(bad), **where), "InvalidPart", "InvalidPartOrder", "InvalidArgument", "MalformedXML")
        return
    reply = s.oss("CompleteMultipartUpload", "POST", body=_completion(parts), **where)
    if not reply.ok:
        # Every part but the last needs 100 KiB; what is refused stays open.
        small = any(upload.parts[number][1] < 100 * 1024 for number, _ in parts[:-1])
        demand(small and reply.code == "EntityTooSmall", f"CompleteMultipartUpload: {s.last} {reply.body[:300]!r}")
        return
    bucket.uploads.remove(upload)
    size = sum(upload.parts[number][1] for number, _ in parts)
    bucket.put(upload.key, Version(reply.headers.get("x-oss-version-id", "null"), False, reply.xml().findtext("ETag").strip('"'), size))


def abort_upload(s):
    bucket, upload = _upload(s)
    if not bucket:
        return
    reply = s.oss("AbortMultipartUpload", "DELETE", bucket.region, bucket.name, upload.key, query=[("uploadId", upload.id)], keys=s.owner(bucket))
    demand(reply.status == 204, f"AbortMultipartUpload: {reply.body[:300]!r}")
    bucket.uploads.remove(upload)
    s.refused(bucket, lambda: s.oss("ListParts", "GET", bucket.region, bucket.name, upload.key, query=[("uploadId", upload.id)], keys=s.owner(bucket)), "NoSuchUpload")


def listings(s):
    bucket = some_bucket(s, lambda b: not b.receives)
    if not bucket:
        return
    prefix = s.random.choice(["", "b/", "photos/", "é", "zz"])
    delimiter = s.random.choice(["", "/", "e"])
    size = s.random.choice([1, 2, 1000])
    found, folders, marker = [], set(), ""
    for _ in range(100):
        query = [("list-type", "2"), ("prefix", prefix), ("delimiter", delimiter), ("max-keys", str(size)), ("encoding-type", "url")]
        if marker:
            query.append(("continuation-token", marker))
        reply = s.oss("ListObjectsV2", "GET", bucket.region, bucket.name, query=query, keys=s.owner(bucket))
        demand(reply.ok, f"ListObjectsV2: {s.last} {reply.body[:300]!r}")
        root = reply.xml()
        found += [urllib.parse.unquote(node.findtext("Key")) for node in root.findall("Contents")]
        folders |= {urllib.parse.unquote(node.findtext("Prefix")) for node in root.findall("CommonPrefixes")}
        if root.findtext("IsTruncated") != "true":
            break
        marker = urllib.parse.unquote(root.findtext("NextContinuationToken"))
    keys = [key for key in sorted(bucket.current_keys, key=lambda name: name.encode()) if key.startswith(prefix)]
    cut = [(key, key.find(delimiter, len(prefix)) if delimiter else -1) for key in keys]
    demand(found == [key for key, at in cut if at < 0], f"the listing of {prefix!r} by {delimiter!r}, {size} a page, is {found}")
    demand(folders == {key[:at + len(delimiter)] for key, at in cut if at >= 0}, f"the folders of {prefix!r} by {delimiter!r} are {folders}")


def list_buckets(s):
    """Each account sees its own buckets, in all regions and by name."""
    owner = s.random.choice(["source", "destination"])
    region = s.random.choice([SOURCE_REGION, DESTINATION_REGION])
    prefix = s.random.choice(["", "bucket-1", "zz"])
    reply = s.oss("ListBuckets", "GET", region, query=[("prefix", prefix), ("max-keys", "1000")], keys=s.source if owner == "source" else s.destination)
    demand(reply.ok, f"ListBuckets: {reply.body[:300]!r}")
    listed = [(node.findtext("Name"), node.findtext("Region")) for node in reply.xml().iter("Bucket")]
    wanted = sorted((name, bucket.region) for name, bucket in s.model.buckets.items() if bucket.owner == owner and name.startswith(prefix))
    demand([row[0] for row in listed] == [row[0] for row in wanted], f"the buckets of {owner} are {listed}")


def copy_part(s):
    bucket, upload = _upload(s)
    source = some_bucket(s, lambda b: b.current_keys and not b.receives and bucket and b.region == bucket.region and b.owner == bucket.owner)
    if not source:
        return
    key = s.random.choice(source.current_keys)
    size = source.current(key).size
    headers = {"x-oss-copy-source": f"/{source.name}/{quote(key, '/')}"}
    first, last = 0, size - 1
    if size > 1 and s.random.random() < 0.5:
        first = s.random.randrange(size)
        last = s.random.randrange(first, size)
        headers["x-oss-copy-source-range"] = f"bytes={first}-{last}"
    number = s.random.randrange(1, 5)
    reply = s.oss("UploadPartCopy", "PUT", bucket.region, bucket.name, upload.key, query=[("partNumber", str(number)), ("uploadId", upload.id)], headers=headers,
                  keys=s.owner(bucket))
    demand(reply.ok, f"UploadPartCopy: {s.last} {reply.body[:300]!r}")
    upload.parts[number] = (reply.xml().findtext("ETag").strip('"'), last - first + 1)


NEVER_SET = ["cors", "website", "lifecycle", "logging", "referer", "tagging", "requestPayment", "accessmonitor", "resourceGroup", "transferAcceleration",
             "publicAccessBlock", "worm", "inventory", "userDefinedLogFieldsConfig", "httpsConfig", "overwriteConfig", "responseHeader", "style", "bucketInfo",
             "location", "policyStatus", "bucketArchiveDirectRead"]


def settings(s):
    """Reading what was never set answers as OSS does, never with an error of the server."""
    bucket = some_bucket(s)
    if not bucket:
        return
    marker = s.random.choice(NEVER_SET)
    reply = s.oss("Get:" + marker, "GET", bucket.region, bucket.name, query=[(marker, None)], keys=s.owner(bucket))
    demand(reply.ok or reply.status == 404 and reply.code.startswith("NoSuch"), f"{marker}: {reply.status} {reply.body[:300]!r}")


CALLS = [(list_buckets, 3), (copy_part, 3), (settings, 3), (put_object, 30), (get_object, 14), (conditional_get, 4), (delete_object, 12), (delete_many, 5), (copy_object, 5), (put_bucket, 5), (delete_bucket, 2),
         (versioning, 3), (policy, 4), (encryption, 2), (tagging, 4), (acl, 3), (start_upload, 5), (upload_part, 8), (list_parts, 3), (complete_upload, 5),
         (abort_upload, 2), (listings, 5)]
