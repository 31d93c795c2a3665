# SPDX-License-Identifier: Apache-2.0
"""What is in an object arrives: awkward keys, sizes from nothing to large, multipart, metadata, tags, ACL, overwrites, deletions."""
import hashlib
import os
import random

import oss2
import pytest

from farshore_clients.compare import exists, facts, listing
from farshore_clients.wait import eventually
from world import ARRIVAL_SECONDS, refused

MIB = 1 << 20
LARGE = [64 * MIB] + ([1024 * MIB] if os.environ.get("FARSHORE_LARGE_OBJECTS") else [])

KEYS = ["a b c", "100%", "100%25", "a+b", "a//b", "a///", "../up", "./here", "x/../y", "...", "folder/", "emoji-\U0001f43c\U0001f9e1", "ümlaut/日本語.txt",
        "quote'single", 'quote"double', "<tag>&amp;", "semi;colon", "q?x=1&y=2", "hash#1", "back\\slash", "tab\tkey", "tilde~", "a=b", "*", "k" * 1023]


def noise(size, seed):
    return random.Random(seed).randbytes(size)


def test_awkward_keys_arrive_byte_for_byte(world):
    pair = world.pair()
    pair.replicate()
    for number, key in enumerate(KEYS):
        pair.source.put_object(key, f"content of number {number}".encode())
    for key in KEYS:
        pair.wait_for(key)
        pair.assert_same(key)
    assert sorted(row[0] for row in listing(pair.destination)) == sorted(KEYS)
    for key in KEYS:
        pair.source.delete_object(key)
    for key in KEYS:
        pair.wait_until_absent(key)


def test_an_empty_object_arrives(world):
    pair = world.pair()
    pair.replicate()
    pair.source.put_object("empty", b"")
    pair.wait_for("empty")
    pair.assert_same("empty")


@pytest.mark.parametrize("size", [1, 4095, 4096, 4097, 256 * 1024 - 1, 256 * 1024 + 1, 8 * MIB, 8 * MIB + 1, 17 * MIB])
def test_sizes_around_every_internal_boundary_arrive(world, size):
    pair = world.pair()
    pair.replicate()
    pair.source.put_object("sized", noise(size, size))
    pair.wait_for("sized")
    pair.assert_same("sized")


@pytest.mark.parametrize("size", LARGE)
def test_a_large_object_arrives_and_ranges_of_it_read_the_same(world, size, tmp_path):
    pair = world.pair()
    pair.replicate()
    path = tmp_path / "large"
    with path.open("wb") as file:
        for number in range(size // (8 * MIB)):
            file.write(noise(8 * MIB, number))
    pair.source.put_object_from_file("large", str(path))
    eventually("the large replica", lambda: exists(pair.destination, "large"), ARRIVAL_SECONDS + size / MIB)
    pair.assert_same("large")
    with path.open("rb") as file:
        for start in (0, 1, 65535, size // 2 - 7, size - 100):
            file.seek(start)
            assert pair.destination.get_object("large", byte_range=(start, start + 99)).read() == file.read(100)
    pair.destination.get_object_to_file("large", str(path) + ".back")  # The client compares the CRC64 of the whole.
    assert hashlib.file_digest(open(str(path) + ".back", "rb"), "sha256").digest() == hashlib.file_digest(path.open("rb"), "sha256").digest()


def test_a_multipart_object_arrives_as_one_with_the_same_etag(world):
    pair = world.pair()
    pair.replicate()
    headers = {"x-oss-meta-kind": "parts", "Content-Type": "video/mp4", "x-oss-tagging": "tier=gold"}
    upload = pair.source.init_multipart_upload("film", headers=headers).upload_id
    parts = []
    for number, size in ((1, 100 * 1024), (2, 3 * MIB), (5, 777)):
        done = pair.source.upload_part("film", upload, number, noise(size, number))
        parts.append(oss2.models.PartInfo(number, done.etag, size=size, part_crc=done.crc))
    assert not exists(pair.destination, "film")
    pair.source.complete_multipart_upload("film", upload, parts)
    pair.wait_for("film")
    pair.assert_same("film")
    assert pair.destination.head_object("film").etag.endswith("-3")
    assert [u.key for u in pair.destination.list_multipart_uploads().upload_list] == []


def test_a_resumable_upload_of_many_parts_arrives(world, tmp_path):
    pair = world.pair()
    pair.replicate()
    path = tmp_path / "many"
    path.write_bytes(noise(12 * MIB + 5, 1))
    oss2.resumable_upload(pair.source, "many", str(path), multipart_threshold=MIB, part_size=MIB, num_threads=4, store=oss2.ResumableStore(root=str(tmp_path)))
    pair.wait_for("many")
    pair.assert_same("many")
    assert pair.destination.get_object("many").read() == path.read_bytes()


def test_an_aborted_upload_leaves_nothing(world):
    pair = world.pair()
    pair.replicate()
    upload = pair.source.init_multipart_upload("never").upload_id
    pair.source.upload_part("never", upload, 1, noise(MIB, 1))
    pair.source.abort_multipart_upload("never", upload)
    pair.source.put_object("after", b"1")
    pair.wait_for("after")
    assert [row[0] for row in listing(pair.destination)] == ["after"]
    assert pair.destination.list_multipart_uploads().upload_list == []


def test_metadata_standard_headers_tags_and_acl_arrive(world):
    pair = world.pair()
    pair.replicate()
    pair.source.put_object("dressed", b"body", headers={
        "Content-Type": "text/html; charset=utf-8", "Cache-Control": "max-age=60", "Content-Disposition": 'attachment; filename="x.html"',
        "Content-Encoding": "identity", "Expires": "Wed, 21 Oct 2037 07:28:00 GMT", "x-oss-meta-one": "1", "x-oss-meta-Two-Words": "a b  c",
        "x-oss-object-acl": "public-read", "x-oss-tagging": "tier=gold&place=a%20b"})
    pair.wait_for("dressed")
    pair.assert_same("dressed")
    there = facts(pair.destination, "dressed")
    assert there["tags"] == {"tier": "gold", "place": "a b"}
    assert there["acl"] == "public-read"
    assert there["metadata"]["x-oss-meta-two-words"] == "a b  c"


def test_later_changes_of_tags_and_acl_arrive(world):
    pair = world.pair()
    pair.replicate()
    pair.source.put_object("changing", b"body", headers={"x-oss-tagging": "tier=gold"})
    pair.wait_for("changing")
    tags = oss2.models.TaggingRule()
    tags.add("tier", "silver")
    pair.source.put_object_tagging("changing", oss2.models.Tagging(tags))
    pair.source.put_object_acl("changing", oss2.OBJECT_ACL_PUBLIC_READ)
    eventually("the new tags and ACL", lambda: facts(pair.destination, "changing") == facts(pair.source, "changing"), ARRIVAL_SECONDS)
    pair.source.delete_object_tagging("changing")
    eventually("the tags to go", lambda: facts(pair.destination, "changing")["tags"] == {}, ARRIVAL_SECONDS)
    pair.assert_same("changing")


def test_a_copy_within_the_source_arrives(world):
    pair = world.pair()
    pair.replicate()
    pair.source.put_object("original", noise(MIB, 3), headers={"x-oss-meta-a": "1"})
    pair.source.copy_object(pair.source.bucket_name, "original", "copied")
    pair.wait_for("copied")
    pair.assert_same("copied")


def test_appends_and_symlinks_are_refused_by_name(world):
    bucket = world.pair(role=False, policy=False).source
    assert "append" in refused(lambda: bucket.append_object("log", 0, b"line"), 400, "NotImplemented").message
    assert "symlink" in refused(lambda: bucket.put_symlink("target", "link"), 400, "NotImplemented").message
    assert "symlink" in refused(lambda: bucket.get_symlink("link"), 400, "NotImplemented").message
    assert listing(bucket) == []


def test_the_last_of_many_overwrites_wins_and_order_is_kept(world):
    pair = world.pair()
    pair.replicate()
    for number in range(50):
        pair.source.put_object("counter", f"{number}".encode())
    pair.wait_for("counter")
    pair.assert_same("counter")
    assert pair.destination.get_object("counter").read() == b"49"


def test_deletions_and_batch_deletions_arrive(world):
    pair = world.pair()
    pair.replicate()
    for key in ("one", "two", "three", "kept"):
        pair.source.put_object(key, b"x")
        pair.wait_for(key)
    pair.source.delete_object("one")
    pair.source.batch_delete_objects(["two", "three"])
    for key in ("one", "two", "three"):
        pair.wait_until_absent(key)
    pair.wait_until_equal()


def test_put_only_rules_keep_what_the_source_deletes(world):
    pair = world.pair()
    pair.replicate(action_list=["PUT"])
    pair.source.put_object("precious", b"x")
    pair.wait_for("precious")
    pair.source.delete_object("precious")
    pair.settle()
    assert exists(pair.destination, "precious")


def test_only_keys_with_the_prefixes_of_the_rule_arrive(world):
    pair = world.pair()
    pair.replicate(prefix_list=["logs/", "video/x"])
    for key in ("logs/a", "video/y", "log", "video/xy", "other"):
        pair.source.put_object(key, b"x")
    pair.settle()
    assert [row[0] for row in listing(pair.destination)] == ["logs/a", "video/xy"]
