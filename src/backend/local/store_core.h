// SPDX-License-Identifier: Apache-2.0
// StoreCore: what partitions, blobs and maintenance of one local store share.
#pragma once

#include <memory>
#include <vector>

#include "backend/local/blob_table.h"
#include "backend/local/committer.h"
#include "backend/local/ordered_index.h"
#include "backend/local/recovery.h"
#include "backend/local/row_cache.h"
#include "backend/local/segment_table.h"
#include "backend/local/settings.h"
#include "backend/local/space_gate.h"
#include "runtime/runtime.h"

namespace farshore::backend {

/// Loop thread only, except the ports in it. Owned by LocalStore.
struct StoreCore {
  StoreCore(Runtime services, FileSystem& file_system, std::unique_ptr<OrderedIndex> ordered_index, const LocalSettings& chosen)
      : runtime(services),
        files(file_system),
        index(std::move(ordered_index)),
        settings(chosen),
        rows(*index, chosen.row_cache_bytes, services.metrics),
        queued_bytes(services.executor, chosen.queued_max_bytes),
        waste(std::make_shared<ExtentWaste>(services.executor)) {}

  /// Makes what needs a recovered log.
  void start(Recovered found, GroupObserver& observer) {
    epoch = found.epoch;
    durable_lsn = landed_lsn = found.applier->applied().lsn;
    log = std::move(found.log);
    applier = std::move(found.applier);
    for (auto& [segment, file] : found.segments) segments.add(segment, std::move(file));
    for (const auto& [segment, usage] : applier->usage()) segments.set_usage(segment, usage);
    space = std::make_unique<SpaceGate>(runtime.executor, files, settings.reserve_bytes, found.free_bytes);
    committer = std::make_unique<Committer>(runtime, files, *log, *applier, settings, observer);
  }

  Runtime runtime;
  FileSystem& files;
  std::unique_ptr<OrderedIndex> index;
  const LocalSettings settings;
  RowCache rows;
  std::uint64_t epoch = 0;
  std::uint64_t landed_lsn = 0;   ///< everything up to here is in the index
  std::uint64_t durable_lsn = 0;  ///< everything up to here is in the index's durable part
  std::uint64_t next_blob = 1;
  std::uint64_t next_ticket = 1;
  SegmentTable segments;
  BlobTable blobs;
  Permits queued_bytes;
  std::shared_ptr<ExtentWaste> waste;
  std::unique_ptr<SegmentLog> log;    ///< disk worker
  std::unique_ptr<Applier> applier;   ///< disk worker
  std::unique_ptr<SpaceGate> space;
  std::unique_ptr<Committer> committer;
};

}  // namespace farshore::backend
