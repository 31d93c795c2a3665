# SPDX-License-Identifier: Apache-2.0
"""Calls that must be refused: by name, with the right code, and without changing anything. And bytes that are no requests at all."""
import json

from oss_calls import KEYS, some_body, some_bucket, some_key
from session import DESTINATION_REGION, SOURCE_REGION, demand
from signing import quote, sign_oss

UNKNOWN_MARKERS = ["append", "symlink", "restore", "stat", "metaQuery", "live", "accessPoint", "cname", "vod", "x", "objectLock", "Acl", "x-oss-process"]


def unknown_marker(s):
    """An unknown sub-resource is named in the refusal, on whatever it is asked of."""
    bucket = some_bucket(s)
    if not bucket:
        return
    marker = s.random.choice(UNKNOWN_MARKERS)
    key = s.random.choice(["", some_key(s)])
    method = s.random.choice(["PUT", "POST", "DELETE"] + ([] if key else ["GET"]))
    reply = s.refused(bucket, lambda: s.oss("UnknownMarker", method, bucket.region, bucket.name, key, query=[(marker, None)], keys=s.owner(bucket)),
                      "NotImplemented", "MethodNotAllowed")
    demand(marker.encode() in reply.body or reply.code == "MethodNotAllowed", f"{marker} is not named: {reply.body[:300]!r}")


def wrong_signature(s):
    """Nobody gets in with a wrong signature, a foreign key, an old date or none at all."""
    bucket = some_bucket(s)
    if not bucket:
        return
    key = some_key(s)
    how = s.random.choice(["signature", "key", "skew", "header", "nobody", "query", "path", "region"])
    options = {"signing": s.random.choice(["v4", "v1", "url4", "url1"]), "keys": s.owner(bucket)}

    def spoil(headers, query):
        if "Authorization" in headers:
            text = headers["Authorization"]
            last = "A" if text[-1] != "A" else "B"
            headers["Authorization"] = text[:-1] + last if not text.endswith("=") else text[:-3] + ("x=" if text[-3] != "x" else "y=")
        else:
            for at, (name, value) in enumerate(query):
                if name.lower().endswith("signature"):
                    query[at] = (name, ("B" if value[0] == "A" else "A") + value[1:])

    if how == "signature":
        options["change"] = spoil
    elif how == "key":
        options["keys"] = s.stranger
    elif how == "skew":
        options["shift"] = s.random.choice([-7200, 7200])
        if options["signing"].startswith("url"):
            options["shift"] = -7200  # a URL that is good from later on is another matter
    elif how == "header":
        options["change"] = lambda headers, query: headers.update({"x-oss-meta-late": "1"})
    elif how == "nobody":
        options["signing"] = None
    elif how == "query":
        options["change"] = lambda headers, query: query.append(("versionId", "null"))
    elif how == "path":
        signed = next(one for one in KEYS if one != key)

        def sign_another(headers, query):
            headers.clear()
            sign_oss(s.owner(bucket), bucket.region, "PUT", bucket.name, signed, [], headers)

        options |= {"signing": None, "change": sign_another}
    elif how == "region":
        if not options["signing"].endswith("4"):
            return
        wrong = DESTINATION_REGION if bucket.region == SOURCE_REGION else SOURCE_REGION

        def sign_elsewhere(headers, query):
            headers.clear()
            sign_oss(s.owner(bucket), wrong, "PUT", bucket.name, key, [], headers)

        options |= {"signing": None, "change": sign_elsewhere}
    s.refused(bucket, lambda: s.oss("WrongSignature:" + how, "PUT", bucket.region, bucket.name, key, body=some_body(s), **options))


def wrong_content(s):
    """A body that is not what its headers say leaves nothing behind."""
    bucket = some_bucket(s, lambda b: not b.receives)
    if not bucket:
        return
    body = some_body(s) + b"!"
    name, value, codes = s.random.choice([
        ("Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg==", ("InvalidDigest", "BadDigest")), ("Content-MD5", "nonsense", ("InvalidDigest",)),
        ("x-oss-hash-crc64ecma", "1", ("InvalidCRC64",)), ("x-oss-object-acl", "public", ("InvalidArgument",)), ("x-oss-storage-class", "Cold", ("InvalidArgument",)),
        ("x-oss-server-side-encryption", "KMS", ("NotImplemented",)), ("x-oss-server-side-encryption", "ROT13", ("InvalidEncryptionAlgorithmError", "InvalidArgument")),
        ("x-oss-tagging", "a=b&a=c", ("InvalidTag",)), ("x-oss-tagging", "%", ("InvalidTag",)), ("x-oss-tagging", "&".join(f"{i}=x" for i in range(11)), ("TooManyTags",)),
        ("x-oss-meta-a", "y" * 9000, ("InvalidArgument", "RequestHeaderTooLarge"))])
    s.refused(bucket, lambda: s.oss("WrongContent:" + name, "PUT", bucket.region, bucket.name, some_key(s), headers={name: value}, body=body, keys=s.owner(bucket)), *codes)


def wrong_names(s):
    """Keys, versions, uploads and buckets that are not there, or cannot be."""
    bucket = some_bucket(s)
    if not bucket:
        return
    owner = s.owner(bucket)
    choice = s.random.randrange(8)
    if choice == 0:
        s.refused(bucket, lambda: s.oss("NoSuchKey", "GET", bucket.region, bucket.name, "nobody/put/this", keys=owner), "NoSuchKey")
    elif choice == 1:
        s.refused(bucket, lambda: s.oss("BadVersion", "GET", bucket.region, bucket.name, some_key(s), query=[("versionId", "nonsense")], keys=owner), "InvalidArgument", "NoSuchVersion")
    elif choice == 2:
        s.refused(bucket, lambda: s.oss("NoSuchUpload", "PUT", bucket.region, bucket.name, some_key(s), query=[("partNumber", "1"), ("uploadId", "F" * 32)], body=b"x", keys=owner), "NoSuchUpload")
    elif choice == 3:
        s.refused(None, lambda: s.oss("NoSuchBucket", "GET", bucket.region, "nobody-made-this", keys=owner), "NoSuchBucket")
    elif choice == 4:
        s.refused(None, lambda: s.oss("BadBucketName", "PUT", bucket.region, s.random.choice(["A", "ab", "-abc", "abc_", "x" * 64, "a..b", "Ü"]), keys=owner), "InvalidBucketName")
    elif choice == 5:
        s.refused(bucket, lambda: s.oss("BadKey", "PUT", bucket.region, bucket.name, s.random.choice(["/a", "\\a", "x" * 1024]), body=b"x", keys=owner), "InvalidObjectName")
    elif choice == 6:
        number = s.random.choice(["0", "10001", "-1", "x", "", "99999999999999999999"])
        s.refused(bucket, lambda: s.oss("BadPart", "PUT", bucket.region, bucket.name, some_key(s), query=[("partNumber", number), ("uploadId", "F" * 32)], body=b"x", keys=owner), "InvalidArgument", "NoSuchUpload")
    else:
        name, value = s.random.choice([("max-keys", "0"), ("max-keys", "1001"), ("max-keys", "x"), ("encoding-type", "base64"), ("prefix", "x" * 1100), ("list-type", "7")])
        s.refused(bucket, lambda: s.oss("BadListing", "GET", bucket.region, bucket.name, query=[(name, value)], keys=owner), "InvalidArgument")


def wrong_documents(s):
    """Bodies of settings that cannot be read or are not allowed."""
    bucket = some_bucket(s)
    if not bucket:
        return
    marker, body, codes = s.random.choice([
        ("versioning", b"<VersioningConfiguration><Status>On</Status></VersioningConfiguration>", ("MalformedXML",)), ("versioning", b"", ("MalformedXML",)),
        ("versioning", b"<a><b></a>", ("MalformedXML",)), ("versioning", b"<!DOCTYPE x [<!ENTITY a 'b'>]><VersioningConfiguration/>", ("MalformedXML",)),
        ("encryption", b"<ServerSideEncryptionRule/>", ("MalformedXML",)), ("policy", b"{", ("InvalidPolicyDocument",)), ("policy", b"{}", ("InvalidPolicyDocument",)),
        ("policy", json.dumps({"Version": "1", "Statement": [{"Effect": "Allow", "Action": "oss:*", "Principal": "*", "Resource": "acs:oss:*:*:another-bucket/*"}]}).encode(), ("InvalidPolicyDocument",)),
        ("policy", json.dumps({"Version": "2", "Statement": []}).encode(), ("InvalidPolicyDocument",)), ("policy", b"x" * 20000, ("InvalidPolicyDocument", "EntityTooLarge")),
        ("acl", b"", ("InvalidArgument", "MissingArgument")), ("rtc", b"<ReplicationRule><RTC><Status>enabled</Status></RTC><ID>x</ID></ReplicationRule>", ())])
    headers = {"x-oss-acl": "everybody"} if marker == "acl" else {}
    s.refused(bucket, lambda: s.oss("WrongDocument:" + marker, "PUT", bucket.region, bucket.name, query=[(marker, None)], headers=headers, body=body, keys=s.owner(bucket)), *codes)


def wrong_deletion(s):
    bucket = some_bucket(s)
    if not bucket:
        return
    body, codes = s.random.choice([
        (b"<Delete></Delete>", ("MalformedXML",)), (b"<Delete><Object><Key></Key></Object></Delete>", ("UserKeyMustBeSpecified",)),
        (b"<Delete><Object><Key>a</Key><VersionId>x</VersionId></Object></Delete>", ("InvalidArgument",)),
        (b"<Delete><Object><Key>/a</Key></Object></Delete>", ("InvalidObjectName",)), (b"<Delete><Quiet>maybe</Quiet><Object><Key>a</Key></Object></Delete>", ("MalformedXML",)),
        (b"<Delete>" + b"<Object><Key>a</Key></Object>" * 1001 + b"</Delete>", ("MalformedXML",))])
    s.refused(bucket, lambda: s.oss("WrongDeletion", "POST", bucket.region, bucket.name, query=[("delete", None)], body=body, keys=s.owner(bucket)), *codes)


def another_account(s):
    """What belongs to one account is closed to the other, unless a policy or an ACL opens it; writing is never opened here."""
    bucket = some_bucket(s, lambda b: not b.receives)
    if not bucket:
        return
    other = s.destination if bucket.owner == "source" else s.source
    method, query, body = s.random.choice([("PUT", [], b"x"), ("DELETE", [], b""), ("PUT", [("acl", None)], b""), ("PUT", [("tagging", None)], b"<Tagging/>"), ("POST", [("uploads", None)], b"")])
    s.refused(bucket, lambda: s.oss("AnotherAccount", method, bucket.region, bucket.name, some_key(s), query=query, body=body, keys=other), "AccessDenied")


def wrong_region(s):
    bucket = some_bucket(s)
    if not bucket:
        return
    elsewhere = next(region.id for region in s.realm.regions if region.id != bucket.region)
    reply = s.refused(bucket, lambda: s.oss("WrongRegion", "GET", elsewhere, bucket.name, keys=s.owner(bucket)), "AccessDenied")
    demand(b"Endpoint" in reply.body, f"the refusal does not name the endpoint: {reply.body[:300]!r}")


# Bytes that are no requests.

def _request(s, bucket):
    key = "anonymous"
    body = s.random.choice([b"", b"5\r\nhello\r\n0\r\n\r\n", b"hello"])
    framing = s.random.choice([b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n", b"Content-Length: 5\r\nContent-Length: 5\r\n", b"",
                               b"Content-Length: 99999999999999999999\r\n", b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", b"Transfer-Encoding: gzip\r\n"])
    expect = s.random.choice([b"", b"", b"Expect: 100-continue\r\n", b"Expect: rain\r\n"])
    line = s.random.choice([b"PUT /%s/%s HTTP/1.1", b"GET /%s?x=%s HTTP/1.1", b"POST /?Action=%s%s HTTP/1.1", b"PUT http://h/%s/%s HTTP/1.1", b"GET /%s/%s HTTP/9.9", b"PUT /%s/%s HTTP/1.0"])
    head = line % (bucket.encode(), key.encode())
    authorization = s.random.choice([b"", b"Authorization: OSS a:b\r\n", b"Authorization: OSS4-HMAC-SHA256 Credential=a/b/c/oss/aliyun_v4_request,Signature=x\r\n",
                                     b"Authorization: ACS3-HMAC-SHA256 Credential=a,SignedHeaders=host,Signature=b\r\n", b"Upgrade: farshore-peer/1\r\nConnection: Upgrade\r\n"])
    return head + b"\r\nHost: h\r\n" + framing + expect + authorization + b"\r\n" + body


def malformed(s):
    """Spoiled requests of nobody: every answer is a whole one with a request id, and nothing happens."""
    bucket = some_bucket(s)
    region = bucket.region if bucket else s.realm.regions[0].id
    data = bytearray(b"".join(_request(s, bucket.name if bucket else "none") for _ in range(s.random.randrange(1, 4))))
    for _ in range(s.random.randrange(6)):
        at = s.random.randrange(len(data) + 1)
        kind = s.random.randrange(5)
        if kind == 0 and at < len(data):
            data[at] = s.random.randrange(256)
        elif kind == 1:
            del data[at:at + s.random.randrange(1, 20)]
        elif kind == 2:
            data[at:at] = s.random.choice([b"\r\n", b"\n", b"\0", b" ", b"\t", b":", b"\xff" * 3, b"A" * s.random.choice([10, 40_000])])
        elif kind == 3:
            data[at:at] = data[max(0, at - 30):at]
        else:
            del data[at:]
    s.last = f"malformed {bytes(data[:300])!r}"
    for reply in s.wires[region].throw(bytes(data)):
        if b"farshore-peer" in data and reply.status in (101, 403, 426):
            return  # the peer link speaks another protocol from here on
        s.note("malformed", reply) if reply.status != 101 else None
    s.check_log()


def slow_end(s):
    """A body that never comes to its end: the connection is simply gone, and nothing stays of it."""
    bucket = some_bucket(s, lambda b: not b.receives)
    if not bucket:
        return
    key, headers = some_key(s), {}
    sign_oss(s.owner(bucket), bucket.region, "PUT", bucket.name, key, [], headers)
    framing = s.random.choice(["Content-Length: 100000", "Transfer-Encoding: chunked"])
    head = f"PUT /{bucket.name}/{quote(key, '/')} HTTP/1.1\r\nHost: {s.wires[bucket.region].host}\r\n{framing}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"
    tail = b"x" * 5000 if "Length" in framing else b"1388\r\n" + b"x" * 5000 + s.random.choice([b"", b"\r\n", b"\r\n5\r\nab", b"junk"])
    before = s.state(bucket)
    s.last = f"slow_end {key} {framing}"
    for reply in s.wires[bucket.region].throw(head.encode() + tail):
        s.note("slow_end", reply)
        demand(not reply.ok, "half a body was taken for a whole one")
    demand(s.state(bucket) == before, f"half a body left something: {s.last}")


CALLS = [(unknown_marker, 6), (wrong_signature, 10), (wrong_content, 8), (wrong_names, 8), (wrong_documents, 8), (wrong_deletion, 3), (another_account, 5),
         (wrong_region, 2), (malformed, 25), (slow_end, 3)]
