// SPDX-License-Identifier: Apache-2.0
#include "objects/replica.h"

#include <gtest/gtest.h>

#include "objects/content.h"
#include "objects/landing.h"
#include "objects/test_region.h"

namespace farshore::objects {
namespace {

/// Carries the changes of one bucket to another, as replication does: in journal order, deciding at send time.
struct Link {
  TestRegion& from;
  BucketRef source;
  TestRegion& to;
  BucketRef destination;
  bool two_way = false;
  std::uint64_t sent = 0;  ///< journal sequence

  std::optional<std::pair<Sequence, Change>> next() {
    const auto page = from.run(source->partition().read_journal(from.op, Sequence(sent), 1)).value();
    if (page.entries.empty()) return std::nullopt;
    return std::pair(page.entries[0].sequence, storage::decode_change(page.entries[0].record).value());
  }

  ReplicaChange change_of(Sequence sequence, const Change& change) const {
    return ReplicaChange{change.key, Origin{source->region(), source->id(), sequence, change.order}, two_way, {}};
  }

  /// Nothing: not sent at all (written by replication, or gone at the source).
  std::optional<ReplicaOutcome> deliver(Sequence sequence, const Change& change) {
    if (change.origin) return std::nullopt;
    ReplicaChange header = change_of(sequence, change);
    if (change.kind == ChangeKind::kDeleteVersion) {
      return to.run(apply_replica_delete(to.op, destination, to.anyone, header, change.version, change.content)).value();
    }
    const auto present = from.run(find_changed(from.op, source, change)).value();
    if (!present) return std::nullopt;
    if (change.kind == ChangeKind::kPutTags) {
      return to.run(apply_replica_tags(to.op, destination, to.anyone, ReplicaTags{header, present->id, source_order(*present), present->tags, present->tags_stamp})).value();
    }
    ReplicaWrite write{header, *present, false};
    write.version.pieces = to.run(copy_content(from.op, source, *present, to.objects.stores())).value();
    return to.run(apply_replica(to.op, destination, to.anyone, write)).value();
  }

  /// Sends the next change; false when there is none.
  bool step() {
    const auto change = next();
    if (!change) return false;
    last = deliver(change->first, change->second);
    last_change = change->second;
    last_sequence = change->first;
    sent = change->first.get();
    return true;
  }

  static Task<Result<std::vector<Piece>>> copy_content(OpContext op, BucketRef source, Version version, Stores to) {
    if (version.kind == VersionKind::kDeleteMarker) co_return std::vector<Piece>();
    CO_TRY(const std::string content, co_await TestRegion::read_all(op, source, version, std::nullopt));
    ContentWriter writer(to, Secret(), std::nullopt, false);
    CO_TRY_OK(co_await writer.write(op, Buffer(content)));
    CO_TRY(WrittenContent written, co_await writer.finish(op));
    co_return written.pieces;
  }

  std::optional<ReplicaOutcome> last = {};
  std::optional<Change> last_change = {};
  Sequence last_sequence = {};
};

std::vector<std::string> ids_of(TestRegion& region, BucketRef bucket, std::string key = "k") {
  std::vector<std::string> ids;
  for (const auto& entry : region.versions(std::move(bucket))) {
    if (entry.key.get() == key) ids.emplace_back(entry.version.id.text());
  }
  return ids;
}

class Replicas : public testing::TestWithParam<int> {
 protected:
  Replicas() {
    east.node.clock.skew = std::chrono::milliseconds(below(4) * 1000);
    west.node.clock.skew = std::chrono::milliseconds(below(4) * 1000);
  }
  std::uint64_t below(std::uint64_t bound) { return loop.random().below(bound); }
  void pass_time() { loop.run_until(loop.now() + std::chrono::milliseconds(below(900))); }

  /// A put, a marker or a permanent deletion.
  void write(TestRegion& region, BucketRef bucket) {
    const std::uint64_t choice = below(10);
    const auto present = region.versions(bucket);
    if (choice < 6) {
      ASSERT_TRUE(region.put(bucket, "k", "content " + std::to_string(++serial)));
    } else if (choice < 8 || present.empty()) {
      ASSERT_TRUE(region.remove(bucket, "k"));
    } else {
      ASSERT_TRUE(region.remove(bucket, "k", present[below(present.size())].version.id));
    }
  }
  void enable(TestRegion& region, BucketRef bucket) {
    const auto edit = [](BucketSettings& settings, storage::Batch&) -> Result<void> {
      settings.versioning = Versioning::kEnabled;
      return {};
    };
    ASSERT_TRUE(region.run(region.objects.buckets().edit(region.op, bucket, region.anyone, edit)));
  }

  /// The source's own versions at the destination stand in the order of the source.
  void expect_source_order(BucketRef destination, BucketRef source) {
    std::optional<Order> last;
    for (const auto& entry : west.versions(destination)) {
      if (!entry.version.origin || entry.version.origin->bucket != source->id()) continue;
      if (last) EXPECT_LT(entry.version.origin->order, *last);
      last = entry.version.origin->order;
    }
  }

  sim::SimLoop loop{static_cast<std::uint64_t>(GetParam())};
  TestRegion east{loop, 1};
  TestRegion west{loop, 2};
  int serial = 0;
};

TEST_P(Replicas, OneWayTheNewestSourceVersionIsCurrentWhenAppliedAndTheSourceOrderIsKept) {
  const BucketRef source = east.bucket(1, below(2) ? Versioning::kEnabled : Versioning::kDisabled, true);
  const BucketRef destination = west.bucket(1, source->settings().versioning, true);
  Link link{east, source, west, destination};
  if (source->settings().versioning == Versioning::kDisabled) {
    // Null versions from before versioning at both ends.
    ASSERT_TRUE(east.put(source, "k", "source null"));
    if (below(2)) ASSERT_TRUE(west.put(destination, "k", "local null"));
    enable(east, source);
    enable(west, destination);
  }
  std::vector<std::pair<Sequence, Change>> history;
  for (int i = 0; i < 60; ++i) {
    pass_time();
    const std::uint64_t choice = below(10);
    if (choice < 4) write(east, source);
    if (choice == 4 || choice == 5) write(west, destination);
    if (choice >= 6 && link.step()) {
      history.emplace_back(link.last_sequence, *link.last_change);
      const Change& change = *link.last_change;
      if (link.last && change.kind != ChangeKind::kDeleteVersion) {
        ASSERT_EQ(*link.last, ReplicaOutcome::kApplied);
        const Version current = west.run(find_any(west.op, destination, ObjectRef{change.key, {}})).value().value();
        EXPECT_EQ(current.id, change.version) << "seed " << GetParam();
        EXPECT_EQ(current.origin->order, change.order);
      }
      if (change.kind == ChangeKind::kDeleteVersion) {
        const auto gone = west.run(find_any(west.op, destination, ObjectRef{change.key, change.version})).value();
        EXPECT_TRUE(!gone || (change.version.is_null() && !gone->origin));
      }
    }
    if (!history.empty() && below(4) == 0) {
      // A replay after a crash changes nothing.
      const auto before = ids_of(west, destination);
      const auto& [sequence, change] = history[below(history.size())];
      const auto outcome = link.deliver(sequence, change);
      EXPECT_TRUE(!outcome || *outcome != ReplicaOutcome::kApplied || west.versions(destination).empty()) << "seed " << GetParam();
      EXPECT_EQ(ids_of(west, destination), before) << "seed " << GetParam();
    }
    expect_source_order(destination, source);
  }
  while (link.step()) {
  }
  expect_source_order(destination, source);
  std::size_t blobs = 0;
  for (const auto& entry : west.versions(destination)) blobs += entry.version.pieces.size();
  EXPECT_EQ(west.blobs(), blobs) << "every replaced or unused content is given back";
}

TEST_P(Replicas, TwoWayBothEndsShowTheSameStack) {
  const bool with_null = below(2) != 0;
  const Versioning versioning = with_null ? Versioning::kDisabled : Versioning::kEnabled;
  const BucketRef a = east.bucket(1, versioning, true);
  const BucketRef b = west.bucket(1, versioning, true);
  Link there{east, a, west, b, true};
  Link back{west, b, east, a, true};
  if (with_null) {
    ASSERT_TRUE(east.put(a, "k", "east null"));
    pass_time();
    ASSERT_TRUE(west.put(b, "k", "west null"));
    enable(east, a);
    enable(west, b);
  }
  for (int i = 0; i < 50; ++i) {
    pass_time();
    switch (below(4)) {
      case 0: write(east, a); break;
      case 1: write(west, b); break;
      case 2: there.step(); break;
      default: back.step(); break;
    }
    if (with_null && i < 2) {
      while (there.step()) {
      }
      while (back.step()) {
      }
    }
  }
  while (there.step()) {
  }
  while (back.step()) {
  }
  EXPECT_EQ(ids_of(east, a), ids_of(west, b)) << "seed " << GetParam();
}

TEST_P(Replicas, WithoutVersioningOneWayTheSourceOverwritesAndTwoWayTheNewerWins) {
  const bool two_way = below(2) != 0;
  const BucketRef a = east.bucket(1, Versioning::kDisabled, true);
  const BucketRef b = west.bucket(1, Versioning::kDisabled, true);
  Link there{east, a, west, b, two_way};
  Link back{west, b, east, a, two_way};
  for (int i = 0; i < 60; ++i) {
    pass_time();
    switch (below(two_way ? 4 : 3)) {
      case 0: write(east, a); break;
      case 1: write(west, b); break;
      case 2:
        if (there.step() && there.last && !two_way) {
          ASSERT_EQ(*there.last, ReplicaOutcome::kApplied);
          const auto content = west.get(b, "k");
          EXPECT_EQ(content.has_value(), there.last_change->kind == ChangeKind::kPutVersion);
        }
        break;
      default: back.step(); break;
    }
  }
  while (there.step()) {
  }
  if (two_way) {
    while (back.step()) {
    }
    const auto here = east.get(a, "k"), other = west.get(b, "k");
    EXPECT_EQ(here.value_or("none"), other.value_or("none")) << "seed " << GetParam();
  }
  EXPECT_LE(west.blobs(), 1u);
  EXPECT_LE(east.blobs(), 1u);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Replicas, testing::Range(1, 26));

TEST(Replica, RowsOfTheStreamAreCommittedWithTheChangeExactlyOnce) {
  sim::SimLoop loop;
  TestRegion east(loop, 1), west(loop, 2);
  const BucketRef source = east.bucket(1, Versioning::kEnabled, true), destination = west.bucket(1, Versioning::kEnabled, true);
  ASSERT_TRUE(east.put(source, "k", "1"));
  Link link{east, source, west, destination};
  const auto [sequence, change] = link.next().value();
  const Version original = east.head(source, "k").value();
  ReplicaWrite write{link.change_of(sequence, change), original, false};
  write.change.rows.expect_absent("a-row");
  write.change.rows.put("a-row", "applied");
  write.version.pieces = west.run(Link::copy_content(east.op, source, original, west.objects.stores())).value();
  EXPECT_EQ(west.run(apply_replica(west.op, destination, west.anyone, write)).value(), ReplicaOutcome::kApplied);
  EXPECT_EQ(west.run(destination->partition().get(west.op, "a-row")).value()->value, "applied");
  const Version replica = west.head(destination, "k").value();
  EXPECT_EQ(replica.id, change.version);
  EXPECT_EQ(west.journal(destination).back().origin->sequence, sequence);

  write.version.pieces = west.run(Link::copy_content(east.op, source, original, west.objects.stores())).value();
  EXPECT_EQ(west.run(apply_replica(west.op, destination, west.anyone, write)).error().code(), ErrorCode::kExpectationFailed);
  EXPECT_EQ(west.blobs(), 1u);
  EXPECT_EQ(west.versions(destination).size(), 1u);
}

TEST(Replica, TagsConvergeOnTheGreaterStampInAnyOrderOfArrival) {
  sim::SimLoop loop;
  TestRegion east(loop, 1), west(loop, 2);
  const BucketRef a = east.bucket(1, Versioning::kEnabled, true), b = west.bucket(1, Versioning::kEnabled, true);
  Link there{east, a, west, b, true}, back{west, b, east, a, true};
  const auto put = east.put(a, "k", "1").value();
  ASSERT_TRUE(there.step());
  const ObjectRef ref{ObjectKey("k"), put.version_id};
  ASSERT_TRUE(east.run(put_tags(east.op, a, east.anyone, ref, {{"by", "east"}})));
  loop.run_until(loop.now() + std::chrono::seconds(1));
  ASSERT_TRUE(west.run(put_tags(west.op, b, west.anyone, ref, {{"by", "west"}})));
  while (back.step()) {
  }
  while (there.step()) {
  }
  EXPECT_EQ(east.head(a, "k").value().tags, (TagSet{{"by", "west"}}));
  EXPECT_EQ(west.head(b, "k").value().tags, (TagSet{{"by", "west"}}));
}

TEST(Replica, TagsChangedBehindAClockThatIsHoursAheadReachItsRegion) {
  sim::SimLoop loop;
  TestRegion east(loop, 1), west(loop, 2);
  const BucketRef a = east.bucket(1, Versioning::kEnabled, true), b = west.bucket(1, Versioning::kEnabled, true);
  Link there{east, a, west, b, true}, back{west, b, east, a, true};
  const auto put = east.put(a, "k", "1").value();
  ASSERT_TRUE(there.step());
  const ObjectRef ref{ObjectKey("k"), put.version_id};
  east.node.clock.skew = std::chrono::hours(3);
  ASSERT_TRUE(east.run(put_tags(east.op, a, east.anyone, ref, {{"by", "east"}})));
  ASSERT_TRUE(there.step());
  ASSERT_TRUE(west.run(put_tags(west.op, b, west.anyone, ref, {{"by", "west"}})));
  while (back.step()) {
  }
  EXPECT_EQ(east.head(a, "k").value().tags, (TagSet{{"by", "west"}}));
  EXPECT_EQ(west.head(b, "k").value().tags, (TagSet{{"by", "west"}}));
}

TEST(Landing, LateArrivalsOfOneSourceFindTheirPlaceBetweenRaisedOnes) {
  const Origin origin{RegionNumber(1), BucketId(7), Sequence(1), {}};
  const auto order = [](std::uint64_t time) { return Order{HybridTime{time}, RegionNumber(1), 7}; };
  Version local;
  local.order = Order{HybridTime{1000000}, RegionNumber(2), 9};
  std::vector<Version> stack{local};
  std::vector<std::uint64_t> arrivals{50, 90, 70, 60, 80, 55, 65, 85, 75, 95};
  for (const std::uint64_t time : arrivals) {
    Version replica;
    replica.origin = origin;
    replica.origin->order = order(time);
    std::vector<Version> above = stack;
    std::erase_if(above, [&](const Version& version) { return version.order < order(time); });
    replica.order = landing_order(above, *replica.origin);
    stack.push_back(replica);
    std::ranges::sort(stack, std::greater<>(), &Version::order);
    std::vector<std::uint64_t> seen;
    for (const Version& version : stack) {
      if (version.origin) seen.push_back(version.origin->order.time.value);
    }
    EXPECT_TRUE(std::ranges::is_sorted(seen, std::greater<>())) << time;
    EXPECT_EQ(stack.back().order, local.order) << "all of them overwrite the local version";
  }
}

/// An empty object of that bucket of region 2, as its rule sends it.
ReplicaWrite empty_object(std::uint64_t bucket, std::uint64_t time, bool null) {
  const Order order{HybridTime{time}, RegionNumber(2), bucket};
  ReplicaWrite write{ReplicaChange{ObjectKey("k"), Origin{RegionNumber(2), BucketId(bucket), Sequence(1), order}, false, {}}, {}, false};
  write.version.id = null ? VersionId::null() : VersionId::mint(order);
  write.version.etag = std::to_string(time);
  return write;
}

TEST(Replicas, ANullVersionThatGivesUpItsAliasTakesNobodysId) {
  sim::SimLoop loop(1);
  TestRegion west(loop);
  const BucketRef there = west.bucket(1, Versioning::kEnabled, true);
  const auto apply = [&](ReplicaWrite write) { return west.run(apply_replica(west.op, there, west.anyone, std::move(write))).value(); };
  ASSERT_TRUE(west.put(there, "k", "written here"));
  ASSERT_EQ(apply(empty_object(7, 100, true)), ReplicaOutcome::kApplied);
  const std::uint64_t raised = west.versions(there).front().version.order.time.value;
  ASSERT_GT(raised, 100u);
  ASSERT_EQ(apply(empty_object(8, 200, true)), ReplicaOutcome::kApplied) << "takes the alias over";
  // What the first source writes at the very Order that its null version was raised to.
  EXPECT_EQ(apply(empty_object(7, raised, false)), ReplicaOutcome::kApplied);
  EXPECT_EQ(west.head(there, "k", empty_object(7, raised, false).version.id).value().etag, std::to_string(raised));
  EXPECT_EQ(west.head(there, "k", empty_object(7, 100, false).version.id).value().etag, "100");
  EXPECT_EQ(apply(empty_object(7, 100, true)), ReplicaOutcome::kAlreadyThere) << "known again under the id that its source order gives";
}

}  // namespace
}  // namespace farshore::objects
