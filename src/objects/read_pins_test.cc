// SPDX-License-Identifier: Apache-2.0
#include "objects/read_pins.h"

#include <gtest/gtest.h>

#include "objects/test_region.h"

namespace farshore::objects {
namespace {

class Reading : public testing::Test {
 protected:
  std::unique_ptr<BodySource> open(BucketRef bucket, std::string key) {
    return east.run(open_body(east.op, bucket, east.head(bucket, std::move(key)).value())).value();
  }
  Result<std::string> rest(BodySource& body) { return east.run(drain(east.op, &body)); }
  static Task<Result<std::string>> drain(OpContext op, BodySource* body) {
    std::string content;
    while (true) {
      CO_TRY(const Buffer piece, co_await body->read(op));
      if (piece.empty()) break;
      content += piece.view();
    }
    co_return content;
  }
  sim::SimLoop loop;
  TestRegion east{loop};
};

TEST_F(Reading, GoesOnToTheEndAfterTheObjectWasOverwrittenAndThenTheBytesGo) {
  const BucketRef bucket = east.bucket(1);
  const std::string content = loop.random().bytes(1200000);
  ASSERT_TRUE(east.put(bucket, "a", content));
  auto first = open(bucket, "a"), second = open(bucket, "a");
  ASSERT_TRUE(east.put(bucket, "a", "new"));
  EXPECT_EQ(rest(*first).value(), content);
  first.reset();
  ASSERT_TRUE(east.put(bucket, "a", "newer"));
  EXPECT_EQ(rest(*second).value(), content);
  EXPECT_EQ(east.blobs(), 2u);
  second.reset();
  ASSERT_TRUE(east.put(bucket, "a", "newest"));
  EXPECT_EQ(east.blobs(), 1u) << "the next commit gives back what nobody reads any more";
}

TEST_F(Reading, WhatARestartFindsHeldIsGivenBack) {
  const BucketRef bucket = east.bucket(1);
  ASSERT_TRUE(east.put(bucket, "a", "content"));
  auto body = open(bucket, "a");
  ASSERT_TRUE(east.remove(bucket, "a"));
  Buckets restarted(east.objects.stores());
  const BucketRef again = east.run(restarted.open(east.op, bucket->id())).value();
  EXPECT_EQ(again->pins().due(), 1u);
  ASSERT_TRUE(east.put(again, "b", "x"));
  EXPECT_EQ(east.blobs(), 1u);
}

TEST_F(Reading, ABucketIsDeletedWithWhatItHeldForReaders) {
  const BucketRef bucket = east.bucket(1);
  ASSERT_TRUE(east.put(bucket, "a", "content"));
  const auto body = open(bucket, "a");
  ASSERT_TRUE(east.remove(bucket, "a"));
  EXPECT_EQ(east.blobs(), 1u);
  ASSERT_TRUE(east.run(east.objects.buckets().remove(east.op, bucket, east.anyone)));
  EXPECT_EQ(east.blobs(), 0u);
}

TEST_F(Reading, EveryReaderGetsOneWholeContentWhileWritersReplaceIt) {
  const BucketRef bucket = east.bucket(1);
  ASSERT_TRUE(east.put(bucket, "a", std::string(300000, 'a')));
  struct Actor {
    static Task<void> write(TestRegion* region, BucketRef bucket, bool* stop) {
      while (!*stop) {
        PutObject put;
        put.object.key = ObjectKey("a");
        std::string content(300000, static_cast<char>('a' + region->loop.random().below(26)));
        static_cast<void>(co_await put_object(region->op, bucket, region->anyone, std::move(put), memory_body(std::move(content))));
      }
    }
    static Task<void> read(TestRegion* region, BucketRef bucket, bool* stop, int* whole) {
      while (!*stop) {
        const auto version = co_await find_object(region->op, bucket, ObjectRef{ObjectKey("a"), {}});
        const auto content = co_await TestRegion::read_all(region->op, bucket, version.value(), std::nullopt);
        if (!content) {
          EXPECT_EQ(content.error().code(), ErrorCode::kNotFound);  // replaced between the look and the opening
          continue;
        }
        EXPECT_EQ(content->size(), 300000u);
        EXPECT_EQ(*content, std::string(content->size(), content->front()));
        if (++*whole == 150) *stop = true;
      }
    }
  };
  bool stop = false;
  int whole = 0;
  TaskScope scope(loop);
  for (int i = 0; i < 2; ++i) scope.spawn(Actor::write(&east, bucket, &stop));
  for (int i = 0; i < 6; ++i) scope.spawn(Actor::read(&east, bucket, &stop, &whole));
  loop.run_until([&] { return scope.size() == 0; });
  EXPECT_GE(whole, 150);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(east.put(bucket, "a", "last"));
  EXPECT_EQ(east.blobs(), 1u);
}

}  // namespace
}  // namespace farshore::objects
