// SPDX-License-Identifier: Apache-2.0
// TestRegion: a loop, a memory store and the object services of one region, for unit tests.
#pragma once

#include "backend/memory/memory_store.h"
#include "objects/objects.h"
#include "sim/world/sim_loop.h"
#include "storage/keys.h"
#include "storage/records.h"

namespace farshore::objects {

/// One region on a shared virtual loop. Tests only.
struct TestRegion {
  explicit TestRegion(sim::SimLoop& shared_loop, std::uint16_t number = 1)
      : loop(shared_loop),
        region(number),
        node(shared_loop),
        store(node.runtime, region),
        wrapper(keys::RootKey::from(Secret(std::string(32, static_cast<char>(number)))).value(), shared_loop.random()),
        objects(Stores{store, store, wrapper, node.runtime}) {}

  BucketRef bucket(std::uint64_t number, Versioning versioning = Versioning::kDisabled, bool with_rule = false) {
    BucketSettings settings;
    settings.id = BucketId(static_cast<std::uint64_t>(region.get()) << 48 | number);
    settings.name = BucketName("bucket-" + std::to_string(number));
    settings.owner = AccountUid("1000000000000001");
    settings.versioning = versioning;
    if (with_rule) settings.incoming_rules.push_back(RuleId("rule"));
    return run(objects.buckets().create(op, settings)).value();
  }

  template <class T>
  T run(Task<T> task) {
    return sim::run(loop, std::move(task));
  }

  Result<PutResult> put(BucketRef bucket, std::string key, std::string content, PutObject request = {}) {
    request.object.key = ObjectKey(std::move(key));
    return run(put_object(op, std::move(bucket), anyone, std::move(request), memory_body(std::move(content))));
  }
  Result<Version> head(BucketRef bucket, std::string key, std::optional<VersionId> id = {}) {
    return run(find_object(op, std::move(bucket), ObjectRef{ObjectKey(std::move(key)), std::move(id)}));
  }
  Result<std::string> read(BucketRef bucket, Version version, std::optional<ByteRange> range = {}) {
    return run(read_all(op, std::move(bucket), std::move(version), range));
  }
  Result<std::string> get(BucketRef bucket, std::string key, std::optional<VersionId> id = {}) {
    TRY(Version version, head(bucket, std::move(key), std::move(id)));
    return read(std::move(bucket), std::move(version));
  }
  Result<DeleteResult> remove(BucketRef bucket, std::string key, std::optional<VersionId> id = {}) {
    return run(delete_object(op, std::move(bucket), anyone, ObjectRef{ObjectKey(std::move(key)), std::move(id)}));
  }
  std::vector<ListedVersion> versions(BucketRef bucket, ListVersions list = {}) {
    list.entries_max = 1000;
    return run(list_versions(op, std::move(bucket), std::move(list))).value().versions;
  }
  /// Every journal record of the bucket in order.
  std::vector<Change> journal(BucketRef bucket) {
    std::vector<Change> changes;
    const auto page = run(bucket->partition().read_journal(op, Sequence(0), 100000)).value();
    for (const auto& entry : page.entries) changes.push_back(storage::decode_change(entry.record).value());
    return changes;
  }
  /// Blobs that some durable commit owns.
  std::size_t owned_blobs() const {
    std::size_t count = 0;
    for (const auto& [id, blob] : store.medium()->blobs) count += blob.references > 0 ? 1 : 0;
    return count;
  }
  std::size_t blobs() const { return store.medium()->blobs.size(); }

  static Task<Result<std::string>> read_all(OpContext op, BucketRef bucket, Version version, std::optional<ByteRange> range) {
    CO_TRY(std::unique_ptr<BodySource> body, co_await open_body(op, std::move(bucket), std::move(version), range));
    std::string content;
    while (true) {
      CO_TRY(const Buffer piece, co_await body->read(op));
      if (piece.empty()) break;
      content += piece.view();
    }
    co_return content;
  }

  sim::SimLoop& loop;
  RegionNumber region;
  sim::SimNode node;
  backend::MemoryStore store;
  keys::RootKeyWrapper wrapper;
  Objects objects;
  OpContext op;
  Unconditional anyone;
};

}  // namespace farshore::objects
