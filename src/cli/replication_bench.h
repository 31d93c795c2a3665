// SPDX-License-Identifier: Apache-2.0
// What is timed across two regions: the throughput of replication, and the lag of a single write.
#pragma once

#include <optional>

#include "cli/load.h"

namespace farshore::cli {

struct ReplicateResult {
  LoadResult puts;
  double seconds = 0;           ///< from the first PUT to the last replica seen
  double drain_seconds = 0;     ///< of it, after the last PUT was answered
  std::uint64_t replicas = 0;   ///< counted at the destination
};

inline constexpr Duration kAskEvery = std::chrono::milliseconds(1);

/// How a replica is waited for.
struct WatchSettings {
  Duration timeout{};
  Duration ask_every = kAskEvery;
};

/// Runs the puts, then watches the destination: the last keys of every connection and some in between by HEAD again and again,
/// as many at once as there were connections, then all by a listing. The clock stops when the HEADs are through if the first
/// listing is complete, else at the end of the listing that is.
/// Error: kDeadlineExceeded when replicas are missing after the timeout.
Task<Result<ReplicateResult>> measure_replication(Runtime runtime, StoreClient* source, StoreClient* destination, Notices* notices, LoadSettings settings,
                                                  WatchSettings watch);

/// The last replica of what a load has written.
struct Arrival {
  Instant last;
  std::uint64_t replicas = 0;
};

/// Replication alone: for what stood in the bucket before its rule. A single watcher asks every kHistoryAskEvery, in the order of the keys
/// it expects, so that asking costs the destination next to nothing; then all are counted by a listing, as above.
Task<Result<Arrival>> wait_for_history(Runtime runtime, StoreClient* destination, Notices* notices, std::vector<std::string> keys, std::string prefix,
                                       std::uint64_t count, Instant deadline);
inline constexpr Duration kHistoryAskEvery = std::chrono::milliseconds(10);

struct LagResult {
  LoadResult puts;         ///< latency: of the PUTs
  LatencySamples lag;      ///< from the PUT's 200 to a 200 of HEAD at the destination
};

struct LagSettings {
  std::uint64_t count = 200;
  double seconds = 0;  ///< 0: until `count`
  WatchSettings watch;  ///< of one replica
  std::string prefix;
  Buffer body;
};

/// One write at a time on an idle pair; the destination is asked at once and then again and again. The first kWarmUps writes
/// are not counted. Errors: kDeadlineExceeded, and a write that fails.
Task<Result<LagResult>> measure_lag(Runtime runtime, StoreClient* source, StoreClient* destination, Notices* notices, LagSettings settings);
inline constexpr std::uint64_t kLagWarmUps = 20;

/// Asks until the key is there; gives when it was. Error: kDeadlineExceeded.
Task<Result<Instant>> wait_for_key(Runtime runtime, StoreClient* destination, std::string key, Instant deadline, Duration every = kAskEvery);

}  // namespace farshore::cli
