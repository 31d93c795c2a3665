// SPDX-License-Identifier: Apache-2.0
// Workload: simulated clients that write to one bucket and remember what they were told.
#pragma once

#include <memory>
#include <string>

#include "sim/realm/history.h"
#include "sim/realm/world.h"

namespace farshore::sim {

struct WorkloadSettings {
  std::size_t writers = 3;
  std::size_t keys = 8;
  std::size_t operations = 150;      ///< in all
  std::string prefix = "key-";
  std::vector<std::string> prefixes;  ///< in turn in place of `prefix`, if there are any
  bool own_keys = false;             ///< a key belongs to one writer
  Duration think_max = std::chrono::milliseconds(40);
  // Weights of what is done; the rest are puts.
  unsigned remove_percent = 15;
  unsigned remove_version_percent = 10;
  bool remove_newest = false;        ///< every second of those is aimed at the newest version that is known
  unsigned undelete_percent = 0;     ///< the newest marker that is known is deleted for good
  unsigned tags_percent = 5;
  unsigned acl_percent = 0;
  unsigned abort_percent = 0;        ///< a multipart upload that is given up
  unsigned multipart_percent = 2;
  unsigned copy_percent = 3;
  unsigned large_percent = 3;        ///< of puts: large enough to be staged
  unsigned cold_percent = 0;         ///< of puts: of a storage class that no rule carries
  unsigned many_percent = 0;         ///< of removals: of several keys by one request
  std::size_t small_bytes_max = 2000;
  std::size_t large_bytes = 300u << 10;
};

/// Clients live in the region's own scope: a crash ends them without an answer, and they come back when the region does.
/// Start it once. Loop thread only; must not outlive the world.
class Workload {
 public:
  Workload(World& world, SimBucket bucket, WorkloadSettings settings);
  void start();
  /// No more operations are begun.
  void stop() { stopped_ = true; }
  bool finished() const { return begun_ >= settings_.operations || stopped_; }
  const History& history() const { return *history_; }
  History& history() { return *history_; }
  const SimBucket& bucket() const { return bucket_; }
  bool idle() const { return busy_ == 0; }

 private:
  void spawn();
  Task<void> writer(std::size_t index);
  Task<void> perform(objects::BucketRef bucket, std::size_t index);
  Task<void> remove_many(objects::BucketRef bucket, std::string first, std::size_t index);
  /// Writes down what a client was told, and the trace.
  void ended(ClientOp& op, const Result<void>& result);
  Task<Result<objects::PutResult>> put(objects::BucketRef bucket, ClientOp* op);
  Task<Result<objects::PutResult>> put_in_parts(objects::BucketRef bucket, ClientOp* op);
  Task<Result<objects::PutResult>> copy(objects::BucketRef bucket, ClientOp* op, std::string from);
  std::string pick_key(std::size_t index);
  Task<Result<void>> abort_parts(objects::BucketRef bucket, std::string key);
  /// A version that some client knows of.
  std::optional<VersionId> pick_version(const std::string& key);
  /// The last marker that some client was told of.
  std::optional<VersionId> newest_marker(const std::string& key);

  World& world_;
  SimBucket bucket_;
  WorkloadSettings settings_;
  std::shared_ptr<History> history_ = std::make_shared<History>();
  std::size_t begun_ = 0;
  std::size_t busy_ = 0;
  bool started_ = false;
  bool stopped_ = false;
};

/// Content that names its operation, so that one can tell whose it is.
Bytes content_of(std::uint64_t operation, std::size_t size);

}  // namespace farshore::sim
