// SPDX-License-Identifier: Apache-2.0
#include "objects/key_stack.h"

#include <gtest/gtest.h>

#include "objects/test_region.h"

namespace farshore::objects {
namespace {

/// The versions of a key as a plain list, newest first, and the rows they must have.
struct Model {
  std::vector<Version> versions;

  void insert(const Version& version) {
    versions.push_back(version);
    std::ranges::sort(versions, std::greater<>(), &Version::order);
  }
  Version* find(const VersionId& id) {
    for (Version& version : versions) {
      if (version.id == id) return &version;
    }
    return nullptr;
  }
  void remove(const VersionId& id) {
    std::erase_if(versions, [&](const Version& version) { return version.id == id; });
  }
  std::map<Bytes, Bytes> rows(const ObjectKey& key) const {
    std::map<Bytes, Bytes> rows;
    for (std::size_t i = 0; i < versions.size(); ++i) {
      const Version& version = versions[i];
      if (i == 0) {
        rows[storage::head_row(key)] = storage::encode_version(version);
        continue;
      }
      rows[storage::version_row(key, version.order)] = storage::encode_version(version);
      const bool at_home = !version.id.is_null() && version.id.minted_order() == version.order;
      if (!at_home) rows[storage::alias_row(key, version.id)] = storage::encode_order(version.order);
    }
    return rows;
  }
};

class KeyStackRows : public testing::TestWithParam<int> {
 protected:
  std::map<Bytes, Bytes> stored_rows() {
    std::map<Bytes, Bytes> rows;
    for (const char row_class : {'h', 'v', 'i'}) {
      storage::ScanRange range{Bytes(1, row_class), storage::prefix_end(Bytes(1, row_class))};
      for (const storage::Row& row : east.run(bucket->partition().scan(east.op, range)).value().rows) rows[row.key] = row.value;
    }
    return rows;
  }
  std::uint64_t below(std::uint64_t bound) { return loop.random().below(bound); }
  /// A free Order among a few, so that versions land above, between and below each other.
  Order free_order() {
    while (true) {
      const Order order{HybridTime{100 + below(60)}, RegionNumber(static_cast<std::uint16_t>(1 + below(3))), 1 + below(2)};
      const bool used = std::ranges::any_of(model.versions, [&](const Version& version) { return version.order == order; });
      if (!used) return order;
    }
  }
  Version random_version() {
    Version version;
    version.order = free_order();
    version.kind = below(4) == 0 ? VersionKind::kDeleteMarker : VersionKind::kData;
    // A third are raised: their id names an Order they do not stand at.
    const Order minted = below(3) == 0 ? Order{HybridTime{1000 + ++serial}, RegionNumber(9), 9} : version.order;
    version.id = below(4) == 0 ? VersionId::null() : VersionId::mint(minted);
    version.size = ++serial;
    return version;
  }
  VersionId random_id() { return model.versions[below(model.versions.size())].id; }

  sim::SimLoop loop{static_cast<std::uint64_t>(GetParam())};
  TestRegion east{loop};
  BucketRef bucket = east.bucket(1, Versioning::kEnabled);
  ObjectKey key{"some/key"};
  Model model;
  std::uint64_t serial = 0;
};

TEST_P(KeyStackRows, AreExactlyThoseOfTheListOfVersions) {
  for (int step = 0; step < 150; ++step) {
    KeyStack stack = east.run(KeyStack::load(east.op, bucket->shared_partition(), key)).value();
    for (std::uint64_t changes = 1 + below(3); changes > 0; --changes) {
      const std::uint64_t choice = below(10);
      if (choice < 5 || model.versions.empty()) {
        Version version = random_version();
        if (model.find(version.id) != nullptr && !version.id.is_null()) continue;
        if (version.id.is_null()) {
          if (const auto replaced = east.run(stack.find(east.op, version.id)).value()) stack.remove(*replaced);
          model.remove(version.id);
        }
        ASSERT_TRUE(east.run(stack.insert(east.op, version)));
        model.insert(version);
      } else if (choice < 8) {
        const VersionId id = random_id();
        const auto found = east.run(stack.find(east.op, id)).value();
        ASSERT_TRUE(found) << id.text();
        stack.remove(*found);
        model.remove(id);
      } else {
        // New tags, or the null version gets an id of its own.
        const VersionId id = random_id();
        auto found = east.run(stack.find(east.op, id)).value();
        ASSERT_TRUE(found);
        found->size = ++serial;
        if (id.is_null() && model.find(VersionId::mint(found->order)) == nullptr) found->id = VersionId::mint(found->order);
        stack.update(*found);
        *model.find(id) = *found;
      }
    }
    if (below(4) == 0 && !model.versions.empty()) {
      const Order order = model.versions[below(model.versions.size())].order;
      const auto above = east.run(stack.at_or_above(east.op, order)).value();
      std::vector<Version> expected = model.versions;
      std::erase_if(expected, [&](const Version& version) { return version.order < order; });
      ASSERT_EQ(above, expected);
    }
    storage::Batch batch = east.run(stack.plan(east.op)).value();
    ASSERT_TRUE(east.run(bucket->partition().commit(east.op, batch)));
    ASSERT_EQ(stored_rows(), model.rows(key)) << "step " << step << " seed " << GetParam();

    const KeyStack fresh = east.run(KeyStack::load(east.op, bucket->shared_partition(), key)).value();
    ASSERT_EQ(fresh.current() != nullptr, !model.versions.empty());
    for (const Version& version : model.versions) {
      const auto found = east.run(find_any(east.op, bucket, ObjectRef{key, version.id})).value();
      ASSERT_TRUE(found);
      ASSERT_EQ(*found, version);
    }
    std::vector<Version> listed;
    for (const ListedVersion& entry : east.versions(bucket)) listed.push_back(entry.version);
    ASSERT_EQ(listed, model.versions);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, KeyStackRows, testing::Range(1, 13));

TEST(KeyStack, EveryChangeOfAKeyExpectsAndRewritesItsHead) {
  sim::SimLoop loop;
  TestRegion east(loop);
  const BucketRef bucket = east.bucket(1, Versioning::kEnabled);
  const auto first = east.put(bucket, "a", "1").value();
  ASSERT_TRUE(east.put(bucket, "a", "2"));
  const ObjectKey key("a");
  KeyStack slow = east.run(KeyStack::load(east.op, bucket->shared_partition(), key)).value();
  Version below = east.run(slow.find(east.op, *first.version_id)).value().value();
  below.tags = {{"k", "v"}};
  slow.update(below);
  ASSERT_TRUE(east.remove(bucket, "a", first.version_id));
  const auto late = east.run(bucket->partition().commit(east.op, east.run(slow.plan(east.op)).value()));
  EXPECT_EQ(late.error().code(), ErrorCode::kExpectationFailed);
}

TEST(KeyStack, AnOrderThatIsTakenIsAnErrorAndNotTheEndOfTheProcess) {
  sim::SimLoop loop;
  TestRegion east(loop);
  const BucketRef bucket = east.bucket(1, Versioning::kEnabled);
  const auto below = east.put(bucket, "a", "1").value();
  const auto head = east.put(bucket, "a", "2").value();
  for (const auto& taken : {below, head}) {
    KeyStack stack = east.run(KeyStack::load(east.op, bucket->shared_partition(), ObjectKey("a"))).value();
    Version forged = east.run(stack.find(east.op, *taken.version_id)).value().value();
    forged.id = VersionId::mint(Order{HybridTime::at_millis(1), RegionNumber(9), 9});
    EXPECT_EQ(east.run(stack.insert(east.op, forged)).error().code(), ErrorCode::kProtocolViolation);
  }
}

}  // namespace
}  // namespace farshore::objects
