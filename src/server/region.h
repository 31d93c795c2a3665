// SPDX-License-Identifier: Apache-2.0
// Region: one region of the realm, built from the bottom up and taken down in reverse.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "api/common/endpoints.h"
#include "backend/local/settings.h"
#include "http/server.h"
#include "runtime/file_system.h"
#include "runtime/runtime.h"
#include "runtime/stream.h"
#include "server/metrics_registry.h"
#include "server/realm.h"
#include "storage/blob_store.h"
#include "storage/partition.h"

namespace farshore::identity {
class Accounts;
class DirectoryStore;
class SecretSealer;
}  // namespace farshore::identity

namespace farshore::server {

/// The two storage ports of one region, whoever implements them.
class StoreHolder {
 public:
  virtual ~StoreHolder() = default;
  virtual storage::MetadataStore& metadata() = 0;
  virtual storage::BlobStore& blobs() = 0;
  /// Set once the store has stopped writing for good; the process must end and recover.
  virtual bool failed() const = 0;
  virtual Task<void> close() = 0;
};

/// Opens the embedded store below `directory` (made if it is absent).
Task<Result<std::unique_ptr<StoreHolder>>> open_local_store(Runtime runtime, std::string directory, RegionNumber region, backend::LocalSettings settings);

struct RegionConfig {
  RegionId id;
  std::vector<RealmRegion> realm;   ///< all regions, this one included
  RegionId home;
  std::uint64_t home_epoch = 1;
  std::string data_directory;       ///< this region's own
  bool require_peer_tls = false;
  backend::LocalSettings store;
};

/// Composition root of a region. open() once, then run until close(). Loop thread only.
class Region {
 public:
  /// `metrics` carries the region's label and is served at /metrics.
  Region(Runtime runtime, MetricsRegistry& metrics, Network& network, RegionConfig config, const RealmSecrets& secrets, Secret operator_secret);
  ~Region();
  /// Opens the store, the directory and the services; nothing is served yet. Errors name what could not be opened and why.
  Task<Result<void>> open(OpContext op);
  /// Serves what the listener accepts.
  void listen(std::unique_ptr<Listener> listener);
  /// Drains requests, stops replication, makes everything durable.
  Task<void> close(Duration grace);

  const RegionConfig& config() const;
  identity::Accounts& accounts();
  identity::DirectoryStore& directory();
  identity::SecretSealer& sealer();
  bool store_failed() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace farshore::server
