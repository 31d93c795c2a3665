// SPDX-License-Identifier: Apache-2.0
// The local backend keeps the contract: on a simulated disk, and on a real one with RocksDB.
#include <cstdlib>
#include <filesystem>

#include "backend/local/local_fixture.h"
#include "backend/local/rocks_index.h"
#include "platform/posix_file_system.h"
#include "tests/contract/store_contract.h"

namespace farshore::contract {
namespace {

class SimulatedDiskFixture {
 public:
  SimulatedDiskFixture() { FS_CHECK(store_.start()); }
  sim::SimLoop& loop() { return store_.loop; }
  sim::SimClock& clock() { return store_.node.clock; }
  storage::MetadataStore& metadata() { return *store_.store; }
  storage::BlobStore& blobs() { return *store_.store; }
  void reopen() {
    store_.cut_power(sim::UnsyncedSectors::kLost);
    FS_CHECK(store_.start());
  }

 private:
  backend::SimStore store_;
};

/// RocksDB behind a cache that sometimes has nothing, as a large store's would.
class ColdIndex : public backend::OrderedIndex {
 public:
  ColdIndex(std::unique_ptr<backend::OrderedIndex> inner, Random& random) : inner_(std::move(inner)), random_(random) {}
  Result<std::optional<Bytes>> get(BytesView key) override { return inner_->get(key); }
  std::optional<std::optional<Bytes>> get_cached(BytesView key) override {
    if (random_.below(10) == 0) return std::nullopt;
    return inner_->get_cached(key);
  }
  Result<backend::IndexPage> scan(const backend::IndexRange& range) override { return inner_->scan(range); }
  Result<void> write(const backend::IndexBatch& batch) override { return inner_->write(batch); }
  Result<void> flush() override { return inner_->flush(); }

 private:
  std::unique_ptr<backend::OrderedIndex> inner_;
  Random& random_;
};

/// Real files and RocksDB, called from a loop in virtual time. A cut is a killed process: the system keeps its cache.
class RealDiskFixture {
 public:
  RealDiskFixture() {
    char name[] = "/tmp/farshore-contract-XXXXXX";
    directory_ = mkdtemp(name);
    files_ = std::make_unique<platform::PosixFileSystem>(directory_);
    start();
  }
  ~RealDiskFixture() {
    stop();
    std::filesystem::remove_all(directory_);
  }
  sim::SimLoop& loop() { return loop_; }
  sim::SimClock& clock() { return node_.clock; }
  storage::MetadataStore& metadata() { return *store_; }
  storage::BlobStore& blobs() { return *store_; }
  void reopen() {
    stop();
    start();
  }

 private:
  void stop() {
    store_->abandon();
    store_.reset();
  }
  void start() {
    backend::LocalSettings settings = backend::tiny_settings();
    settings.compact_interval_ms = 50;
    auto index = backend::RocksIndex::open(directory_ + "/index");
    FS_CHECK(index);
    auto cold = std::make_unique<ColdIndex>(*std::move(index), loop_.random());
    auto opened = sim::run(loop_, backend::LocalStore::open(node_.runtime, *files_, std::move(cold), settings, RegionNumber(1)));
    FS_CHECK(opened);
    store_ = *std::move(opened);
  }
  sim::SimLoop loop_;
  sim::SimNode node_{loop_};
  std::string directory_;
  std::unique_ptr<platform::PosixFileSystem> files_;
  std::unique_ptr<backend::LocalStore> store_;
};

FARSHORE_STORE_CONTRACT(LocalSimulated, SimulatedDiskFixture);
FARSHORE_STORE_CONTRACT(LocalRocksDb, RealDiskFixture);

}  // namespace
}  // namespace farshore::contract
