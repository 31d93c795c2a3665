# SPDX-License-Identifier: Apache-2.0
"""Are two buckets the same, as far as a client can see? Listings, version stacks and every property of an object."""
import hashlib
import urllib.parse
import xml.etree.ElementTree as ElementTree

import oss2

from .buckets import call

# What a replica keeps byte for byte. Expires and the like only show when they were set.
_HEADERS = ("content-length", "content-type", "content-encoding", "content-disposition", "content-language", "cache-control", "expires", "etag",
            "last-modified", "content-md5", "x-oss-hash-crc64ecma", "x-oss-object-type", "x-oss-version-id", "x-oss-next-append-position",
            "x-oss-tagging-count", "x-oss-symlink-target")


def _params(version_id):
    return {"versionId": version_id} if version_id else None


def facts(bucket, key, version_id=None):
    """Everything about one object that must be equal on its replica: headers, metadata, tags, ACL, content digest."""
    got = bucket.get_object(key, params=_params(version_id))
    digest = hashlib.sha256()
    for chunk in iter(lambda: got.read(1 << 20), b""):
        digest.update(chunk)
    headers = {name: got.headers[name] for name in _HEADERS if name in got.headers}
    metadata = {name.lower(): value for name, value in got.headers.items() if name.lower().startswith("x-oss-meta-")}
    tags = dict(bucket.get_object_tagging(key, params=_params(version_id)).tag_set.tagging_rule)
    acl = bucket.get_object_acl(key, params=_params(version_id)).acl
    return {"headers": headers, "metadata": metadata, "tags": tags, "acl": acl, "sha256": digest.hexdigest()}


def listing(bucket, prefix=""):
    """[(key, etag, size, last modified, type)] of the whole bucket, by ListObjectsV2 pages."""
    return [(o.key, o.etag, o.size, o.last_modified, o.type) for o in oss2.ObjectIteratorV2(bucket, prefix=prefix, max_keys=100)]


def version_stacks(bucket, prefix=""):
    """Versions and delete markers exactly in the order served: [(key, version id, kind, is latest, etag, size, last modified)].

    Read from the XML, because the typed call sorts versions and markers into two lists and loses their order.
    """
    rows, markers = [], {}
    while True:
        query = {"versions": "", "encoding-type": "url", "max-keys": "100", "prefix": prefix, **markers}
        root = ElementTree.fromstring(call(bucket, "GET", query).read())
        for node in root:
            if node.tag in ("Version", "DeleteMarker"):
                rows.append((urllib.parse.unquote(node.findtext("Key")), node.findtext("VersionId"), node.tag, node.findtext("IsLatest"),
                             node.findtext("ETag"), node.findtext("Size"), node.findtext("LastModified")))
        if root.findtext("IsTruncated") != "true":
            return rows
        markers = {"key-marker": urllib.parse.unquote(root.findtext("NextKeyMarker")), "version-id-marker": root.findtext("NextVersionIdMarker") or ""}


def exists(bucket, key, version_id=None):
    """HEAD; False on 404 and on a delete marker."""
    try:
        bucket.head_object(key, params=_params(version_id))
        return True
    except oss2.exceptions.ServerError as error:
        if error.status in (404, 405):
            return False
        raise
