// SPDX-License-Identifier: Apache-2.0
#include "sim/realm/world.h"

#include <gtest/gtest.h>

namespace farshore::sim {
namespace {

Task<Result<objects::PutResult>> put(World* world, SimBucket bucket, std::string key, std::string content) {
  CO_TRY(auto opened, co_await world->open(bucket));
  objects::Unconditional anyone;
  objects::PutObject request;
  request.object.key = ObjectKey(std::move(key));
  co_return co_await objects::put_object(OpContext(), opened, anyone, std::move(request), memory_body(std::move(content)));
}

Task<Result<Version>> head(World* world, SimBucket bucket, std::string key) {
  CO_TRY(auto opened, co_await world->open(bucket));
  co_return co_await objects::find_object(OpContext(), opened, objects::ObjectRef{ObjectKey(std::move(key)), {}});
}

TEST(World, AnObjectThatIsPutAtTheSourceArrivesAtTheDestination) {
  World world(1, WorldSettings{});
  const SimBucket source = world.make_bucket(0, "src-bucket", kSourceAccount);
  const SimBucket destination = world.make_bucket(1, "dst-bucket", kDestinationAccount);
  world.must("put", put(&world, source, "before", "history"));
  const SimRule rule = world.connect(source, destination);
  world.must("put", put(&world, source, "after", "incremental"));
  world.must("put", put(&world, source, "large", std::string(20 << 20, 'x')));
  EXPECT_TRUE(world.quiesce({rule}));
  for (const char* key : {"before", "after", "large"}) {
    const auto here = world.run(head(&world, source, key));
    const auto there = world.run(head(&world, destination, key));
    ASSERT_TRUE(here && there) << key << ": " << (there ? "" : there.error().text());
    EXPECT_EQ(here->id, there->id);
    EXPECT_EQ(here->etag, there->etag);
    EXPECT_EQ(here->crc64, there->crc64);
  }
  for (const auto& violation : world.violations()) ADD_FAILURE() << violation;
}

}  // namespace
}  // namespace farshore::sim
