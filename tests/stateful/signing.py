# SPDX-License-Identifier: Apache-2.0
"""Signs requests by hand, so that every part of them can be wrong: OSS versions 4 and 1 in headers and URLs, RPC version 3."""
import base64
import datetime
import hashlib
import hmac
import time
import urllib.parse

V1_SUBRESOURCES = {"acl", "comp", "delete", "encryption", "location", "partNumber", "policy", "policyStatus", "replication", "replicationLocation",
                   "replicationProgress", "tagging", "uploadId", "uploads", "versionId", "versioning", "versions", "cors", "bucketInfo", "symlink",
                   "append", "restore", "live", "website", "lifecycle", "logging", "referer", "rtc", "worm", "style", "objectMeta"}


def quote(text, keep=""):
    return urllib.parse.quote(text, safe="-_.~" + keep)


def query_text(query):
    return "&".join(quote(name) + ("=" + quote(value) if value is not None else "") for name, value in query)


def _hmac(key, text, digest=hashlib.sha256):
    return hmac.new(key, text.encode() if isinstance(text, str) else text, digest)


def _v4_signature(keys, region, stamp, canonical):
    day = stamp[:8]
    key = ("aliyun_v4" + keys.access_key_secret).encode()
    for part in (day, region, "oss", "aliyun_v4_request"):
        key = _hmac(key, part).digest()
    scope = f"{day}/{region}/oss/aliyun_v4_request"
    text = f"OSS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    return scope, _hmac(key, text).hexdigest()


def _v4_canonical(method, bucket, key, query, headers):
    path = "/" + (f"{bucket}/{quote(key, '/')}" if bucket else "")
    pairs = sorted((quote(name), quote(value or "")) for name, value in query if name != "x-oss-signature")
    text = "&".join(name + ("=" + value if value else "") for name, value in pairs)
    signed = {name.lower(): value.strip() for name, value in headers.items()}
    signed = {name: value for name, value in signed.items() if name.startswith("x-oss-") or name in ("content-type", "content-md5")}
    lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
    return f"{method}\n{path}\n{text}\n{lines}\n\n{signed.get('x-oss-content-sha256', 'UNSIGNED-PAYLOAD')}"


def _v1_signature(keys, method, bucket, key, query, headers, date):
    folded = {name.lower(): value.strip() for name, value in headers.items()}
    lines = "".join(f"{name}:{folded[name]}\n" for name in sorted(folded) if name.startswith("x-oss-"))
    covered = sorted((name, value) for name, value in query if name in V1_SUBRESOURCES or name == "security-token")
    resource = "/" + (f"{bucket}/{key}" if bucket else "")
    if covered:
        resource += "?" + "&".join(name + (f"={value}" if value else "") for name, value in covered)
    text = f"{method}\n{folded.get('content-md5', '')}\n{folded.get('content-type', '')}\n{date}\n{lines}{resource}"
    return base64.b64encode(_hmac(keys.access_key_secret.encode(), text, hashlib.sha1).digest()).decode()


def sign_oss(keys, region, method, bucket, key, query, headers, version="v4", shift=0):
    """Adds Authorization and what belongs to it to `headers`. shift: seconds that the clock is wrong by."""
    now = datetime.datetime.fromtimestamp(time.time() + shift, datetime.timezone.utc)
    if keys.security_token:
        headers["x-oss-security-token"] = keys.security_token
    if version == "v1":
        date = now.strftime("%a, %d %b %Y %H:%M:%S GMT")
        headers["Date"] = date
        headers["Authorization"] = f"OSS {keys.access_key_id}:{_v1_signature(keys, method, bucket, key, query, headers, date)}"
        return
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    headers["x-oss-date"] = stamp
    headers["x-oss-content-sha256"] = "UNSIGNED-PAYLOAD"
    scope, signature = _v4_signature(keys, region, stamp, _v4_canonical(method, bucket, key, query, headers))
    headers["Authorization"] = f"OSS4-HMAC-SHA256 Credential={keys.access_key_id}/{scope},Signature={signature}"


def presign_oss(keys, region, method, bucket, key, query, headers, version="v4", seconds=600, shift=0):
    """Adds the parameters of a presigned URL to `query`."""
    if version == "v1":
        expires = str(int(time.time() + shift) + seconds)
        if keys.security_token:
            query.append(("security-token", keys.security_token))
        signature = _v1_signature(keys, method, bucket, key, query, headers, expires)
        query += [("OSSAccessKeyId", keys.access_key_id), ("Expires", expires), ("Signature", signature)]
        return
    stamp = datetime.datetime.fromtimestamp(time.time() + shift, datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    query += [("x-oss-signature-version", "OSS4-HMAC-SHA256"), ("x-oss-credential", f"{keys.access_key_id}/{stamp[:8]}/{region}/oss/aliyun_v4_request"),
              ("x-oss-date", stamp), ("x-oss-expires", str(seconds))]
    if keys.security_token:
        query.append(("x-oss-security-token", keys.security_token))
    _, signature = _v4_signature(keys, region, stamp, _v4_canonical(method, bucket, key, query, headers))
    query.append(("x-oss-signature", signature))


def sign_rpc(keys, host, version, action, parameters, nonce):
    """The query and headers of a POST to "/" under an RPC signature of version 3."""
    query = query_text(parameters)
    headers = {"host": host, "x-acs-action": action, "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
               "x-acs-date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
               "x-acs-signature-nonce": nonce, "x-acs-version": version}
    if keys.security_token:
        headers |= {"x-acs-accesskey-id": keys.access_key_id, "x-acs-security-token": keys.security_token}
    names = sorted(headers)
    pairs = "&".join(sorted(quote(name) + "=" + quote(value or "") for name, value in parameters))
    canonical = (f"POST\n/\n{pairs}\n" + "".join(f"{name}:{headers[name]}\n" for name in names) + f"\n{';'.join(names)}\n" + headers["x-acs-content-sha256"])
    text = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
    signature = _hmac(keys.access_key_secret.encode(), text).hexdigest()
    headers["Authorization"] = f"ACS3-HMAC-SHA256 Credential={keys.access_key_id},SignedHeaders={';'.join(names)},Signature={signature}"
    headers["accept"] = "application/json"
    return query, headers
