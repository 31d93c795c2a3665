// SPDX-License-Identifier: Apache-2.0
// open_local_store: the segment log and RocksDB index on this machine's disk.
#include "backend/local/local_store.h"
#include "backend/local/rocks_index.h"
#include "platform/posix_file_system.h"
#include "server/region.h"

namespace farshore::server {
namespace {

class LocalStoreHolder : public StoreHolder {
 public:
  explicit LocalStoreHolder(std::string directory) : files_(std::move(directory)) {}
  static Task<Result<std::unique_ptr<StoreHolder>>> open(Runtime runtime, std::string directory, RegionNumber region, backend::LocalSettings settings) {
    auto holder = std::make_unique<LocalStoreHolder>(directory);
    // RocksDB locks its directory, so opening the index first keeps a second process out of the log as well.
    auto index = backend::RocksIndex::open(directory + "/index");
    if (!index && index.error().message().find("/LOCK:") != std::string::npos) {
      co_return Error(ErrorCode::kStorageUnavailable, fmt::format("{} is in use by another process; only one may serve it", directory)).caused_by(index.error());
    }
    if (!index) co_return index.error();
    CO_TRY(holder->store_, co_await backend::LocalStore::open(runtime, holder->files_, *std::move(index), settings, region));
    co_return std::unique_ptr<StoreHolder>(std::move(holder));
  }
  storage::MetadataStore& metadata() override { return *store_; }
  storage::BlobStore& blobs() override { return *store_; }
  bool failed() const override { return store_->failed(); }
  Task<void> close() override {
    static_cast<void>(co_await store_->close());  // what is not flushed is replayed at the next start
    store_.reset();
  }

 private:
  platform::PosixFileSystem files_;
  std::unique_ptr<backend::LocalStore> store_;
};

}  // namespace

Task<Result<std::unique_ptr<StoreHolder>>> open_local_store(Runtime runtime, std::string directory, RegionNumber region, backend::LocalSettings settings) {
  if (const auto made = make_directories(directory); !made) co_return made.error();
  co_return co_await LocalStoreHolder::open(runtime, std::move(directory), region, settings);
}

}  // namespace farshore::server
