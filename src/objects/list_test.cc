// SPDX-License-Identifier: Apache-2.0
#include "objects/list.h"

#include <gtest/gtest.h>

#include "objects/test_region.h"

namespace farshore::objects {
namespace {

/// What a listing gives, as text: keys, and prefixes in brackets.
std::vector<std::string> walk(TestRegion& region, BucketRef bucket, ListObjects list) {
  std::vector<std::string> seen;
  for (int calls = 0; calls < 10000; ++calls) {
    const ObjectsPage page = region.run(list_objects(region.op, bucket, list)).value();
    EXPECT_LE(page.objects.size() + page.common_prefixes.size(), list.entries_max);
    std::vector<std::string> entries;
    for (const auto& object : page.objects) entries.push_back(object.key.get());
    for (const auto& prefix : page.common_prefixes) entries.push_back(prefix + "]");
    std::ranges::sort(entries);
    seen.insert(seen.end(), entries.begin(), entries.end());
    if (!page.truncated) return seen;
    list.marker = page.next_marker;
  }
  ADD_FAILURE() << "the listing does not end";
  return seen;
}

/// The same from a plain set of keys.
std::vector<std::string> expected(const std::set<std::string>& keys, const ListObjects& list) {
  std::set<std::string> entries;
  for (const std::string& key : keys) {
    if (!key.starts_with(list.prefix) || key <= list.marker) continue;
    const std::size_t at = list.delimiter.empty() ? std::string::npos : key.find(list.delimiter, list.prefix.size());
    entries.insert(at == std::string::npos ? key : key.substr(0, at + list.delimiter.size()) + "]");
  }
  return {entries.begin(), entries.end()};
}

TEST(List, AgreesWithAPlainSetForEveryPrefixDelimiterAndPageSize) {
  sim::SimLoop loop(5);
  TestRegion east(loop);
  const BucketRef bucket = east.bucket(1, Versioning::kEnabled);
  std::set<std::string> keys;
  const std::vector<std::string> pieces = {"a", "b", "/", "//", "\x01", std::string(1, '\0'), "\xC3\xBF", "aa", "-"};
  for (int i = 0; i < 120; ++i) {
    std::string key = "k";
    for (std::uint64_t n = loop.random().below(5); n > 0; --n) key += pieces[loop.random().below(pieces.size())];
    ASSERT_TRUE(east.put(bucket, key, "x"));
    keys.insert(key);
    if (loop.random().below(4) == 0) {
      ASSERT_TRUE(east.remove(bucket, key));  // hidden by a marker
      keys.erase(key);
    }
  }
  for (const std::string prefix : {"", "k", "ka", "k/", "ka/", "kb", "zz"}) {
    for (const std::string delimiter : {"", "/", "a", "//"}) {
      for (const std::size_t entries_max : {1u, 2u, 7u, 1000u}) {
        ListObjects list{prefix, delimiter, "", entries_max};
        EXPECT_EQ(walk(east, bucket, list), expected(keys, list)) << prefix << " " << delimiter << " " << entries_max;
      }
    }
    ListObjects after{prefix, "", "ka", 3};
    EXPECT_EQ(walk(east, bucket, after), expected(keys, after));
  }
}

TEST(List, AMarkerThatIsACommonPrefixSkipsAllBelowIt) {
  sim::SimLoop loop;
  TestRegion east(loop);
  const BucketRef bucket = east.bucket(1);
  for (const std::string key : {"a", "b/1", "b/2", "b/3", "c"}) ASSERT_TRUE(east.put(bucket, key, "x"));
  EXPECT_EQ(walk(east, bucket, ListObjects{"", "/", "b/", 10}), (std::vector<std::string>{"c"}));
  EXPECT_EQ(walk(east, bucket, ListObjects{"", "", "b/", 10}), (std::vector<std::string>{"b/1", "b/2", "b/3", "c"}));
}

TEST(List, VersionsComeByKeyThenNewestFirstInPagesOfAnySize) {
  sim::SimLoop loop(3);
  TestRegion east(loop);
  const BucketRef bucket = east.bucket(1);
  auto& buckets = east.objects.buckets();
  for (const std::string key : {"a", "b/x", "b/y", "c"}) ASSERT_TRUE(east.put(bucket, key, "null"));
  ASSERT_TRUE(east.run(buckets.set_versioning(east.op, bucket, east.anyone, Versioning::kEnabled)));
  for (int i = 0; i < 40; ++i) {
    const std::string key = std::vector<std::string>{"a", "b/x", "b/y", "c", "d"}[loop.random().below(5)];
    if (loop.random().below(3) == 0) {
      ASSERT_TRUE(east.remove(bucket, key));
    } else {
      ASSERT_TRUE(east.put(bucket, key, std::to_string(i)));
    }
  }
  const auto whole = east.versions(bucket);
  EXPECT_EQ(whole.size(), 44u);
  for (std::size_t i = 0; i + 1 < whole.size(); ++i) {
    const bool same_key = whole[i].key == whole[i + 1].key;
    EXPECT_TRUE(same_key ? whole[i].version.order > whole[i + 1].version.order : whole[i].key < whole[i + 1].key);
    EXPECT_EQ(whole[i + 1].is_latest, !same_key);
  }
  for (const std::size_t entries_max : {1u, 2u, 3u, 10u, 43u, 44u}) {
    ListVersions list;
    list.entries_max = entries_max;
    std::vector<std::string> ids, expected_ids;
    for (const auto& entry : whole) expected_ids.push_back(entry.key.get() + " " + std::string(entry.version.id.text()));
    for (int calls = 0; calls < 100; ++calls) {
      const auto page = east.run(list_versions(east.op, bucket, list)).value();
      for (const auto& entry : page.versions) ids.push_back(entry.key.get() + " " + std::string(entry.version.id.text()));
      if (!page.truncated) break;
      list.key_marker = page.next_key_marker;
      list.version_id_marker = page.next_version_id_marker;
    }
    EXPECT_EQ(ids, expected_ids) << entries_max;
  }
  ListVersions rolled;
  rolled.delimiter = "/";
  const auto page = east.run(list_versions(east.op, bucket, rolled)).value();
  EXPECT_EQ(page.common_prefixes, std::vector<std::string>{"b/"});
}

TEST(List, AVersionThatIsNeverDeletedIsInEveryListingHoweverItsKeyChanges) {
  for (int seed = 1; seed <= 6; ++seed) {
    sim::SimLoop loop(static_cast<std::uint64_t>(seed));
    TestRegion east(loop);
    const BucketRef bucket = east.bucket(1, Versioning::kEnabled);
    std::map<std::string, VersionId> kept;
    for (int i = 0; i < 12; ++i) {
      const std::string key = "k" + std::to_string(10 + i);
      kept[key] = *east.put(bucket, key, "kept").value().version_id;
    }
    struct Churn {
      // Puts a version on top and deletes it again, so that the kept one moves between head and noncurrent rows.
      static Task<void> run(TestRegion* region, BucketRef bucket, bool* stop) {
        while (!*stop) {
          PutObject put;
          put.object.key = ObjectKey("k" + std::to_string(10 + region->loop.random().below(12)));
          const ObjectKey key = put.object.key;
          const auto result = co_await put_object(region->op, bucket, region->anyone, std::move(put), memory_body("x"));
          if (result) static_cast<void>(co_await delete_object(region->op, bucket, region->anyone, ObjectRef{key, result->version_id}));
        }
      }
    };
    bool stop = false;
    TaskScope scope(loop);
    for (int i = 0; i < 6; ++i) scope.spawn(Churn::run(&east, bucket, &stop));
    for (int round = 0; round < 30; ++round) {
      ListVersions list;
      list.entries_max = 4;
      std::map<std::string, int> seen;
      for (int calls = 0; calls < 100; ++calls) {
        const auto page = east.run(list_versions(east.op, bucket, list)).value();
        for (const auto& entry : page.versions) {
          if (kept.at(entry.key.get()) == entry.version.id) ++seen[entry.key.get()];
        }
        if (!page.truncated) break;
        list.key_marker = page.next_key_marker;
        list.version_id_marker = page.next_version_id_marker;
      }
      for (const auto& [key, id] : kept) EXPECT_EQ(seen[key], 1) << key << " seed " << seed;
    }
    stop = true;
    loop.run_until([&] { return scope.size() == 0; });
  }
}

TEST(MovingVersions, OneThatMovesWhileItIsLookedForIsFound) {
  struct Churn {
    // A version on top, taken away again: the kept one moves down to a row of its own and back up into the head row.
    static Task<void> run(TestRegion* region, BucketRef bucket, bool* stop) {
      while (!*stop) {
        PutObject put;
        put.object.key = ObjectKey("k");
        const auto result = co_await put_object(region->op, bucket, region->anyone, std::move(put), memory_body("x"));
        if (result) static_cast<void>(co_await delete_object(region->op, bucket, region->anyone, ObjectRef{ObjectKey("k"), result->version_id}));
      }
    }
  };
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    sim::SimLoop loop{seed};
    TestRegion east{loop};
    const BucketRef bucket = east.bucket(1, Versioning::kEnabled);
    const VersionId kept = east.put(bucket, "k", "kept")->version_id.value();
    const Change change = east.journal(bucket).back();
    bool stop = false;
    TaskScope scope(loop);
    for (int i = 0; i < 2; ++i) scope.spawn(Churn::run(&east, bucket, &stop));
    for (int round = 0; round < 300; ++round) {
      EXPECT_TRUE(east.head(bucket, "k", kept)) << "by a client, round " << round << " seed " << seed;
      EXPECT_TRUE(east.run(find_changed(east.op, bucket, change)).value()) << "by a rule, round " << round << " seed " << seed;
      EXPECT_FALSE(east.head(bucket, "k", VersionId::mint(Order{HybridTime(), RegionNumber(9), 9})));
    }
    stop = true;
    loop.run_until([&] { return scope.size() == 0; });
  }
}

}  // namespace
}  // namespace farshore::objects
