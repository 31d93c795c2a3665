// SPDX-License-Identifier: Apache-2.0
// The memory backend keeps the contract.
#include "backend/memory/memory_store.h"
#include "tests/contract/store_contract.h"

namespace farshore::contract {
namespace {

class MemoryFixture {
 public:
  sim::SimLoop& loop() { return loop_; }
  sim::SimClock& clock() { return node_.clock; }
  storage::MetadataStore& metadata() { return *store_; }
  storage::BlobStore& blobs() { return *store_; }
  void reopen() {
    const auto medium = store_->medium();
    store_ = std::make_unique<backend::MemoryStore>(node_.runtime, RegionNumber(1), medium);
  }

 private:
  sim::SimLoop loop_;
  sim::SimNode node_{loop_};
  std::unique_ptr<backend::MemoryStore> store_ = std::make_unique<backend::MemoryStore>(node_.runtime, RegionNumber(1));
};

FARSHORE_STORE_CONTRACT(Memory, MemoryFixture);

}  // namespace
}  // namespace farshore::contract
