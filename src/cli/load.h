// SPDX-License-Identifier: Apache-2.0
// Load: many requests of one kind under way at once, and what they took.
#pragma once

#include <string>
#include <vector>

#include "cli/latency_samples.h"
#include "cli/notices.h"
#include "cli/store_client.h"
#include "runtime/task_scope.h"

namespace farshore::cli {

struct LoadResult {
  std::uint64_t operations = 0;  ///< that succeeded
  std::uint64_t errors = 0;
  std::string first_error;
  std::uint64_t bytes = 0;       ///< of bodies, one way
  double seconds = 0;
  LatencySamples latency;
};

struct LoadSettings {
  Benchmark kind = Benchmark::kPut;  ///< kPut, kGet, kList or kHttp
  std::size_t connections = 16;
  std::uint64_t count = 0;           ///< 0: as long as `seconds`
  double seconds = 0;                ///< 0: until `count`
  double rate = 0;                   ///< requests due in a second, in even steps; 0: each when its connection is free
  std::string prefix;                ///< kPut, and the others with `among`: of all keys
  std::uint64_t first = 0;           ///< number of the first key
  std::uint64_t among = 0;           ///< kGet, kList: choose from keys numbered below this; 0: from `keys`
  Buffer body;                       ///< kPut
  std::vector<std::string> keys;     ///< kGet, kList: to choose from
};

/// One run. Each connection sends its next request when the last was answered; latencies are from send to the body's end,
/// with a rate from when the request was due.
/// Stops early after kErrorsMax failures. Loop thread only.
class Load {
 public:
  static constexpr std::uint64_t kErrorsMax = 1000;
  Load(Runtime runtime, StoreClient& client, Notices& notices, LoadSettings settings)
      : runtime_(runtime), client_(client), notices_(notices), settings_(std::move(settings)) {}
  Task<LoadResult> run();
  /// Of the puts that succeeded: the last key of each connection, and some in between.
  std::vector<std::string> tail_keys() const;
  /// The key of the n-th put.
  std::string key_of(std::uint64_t number) const;

 private:
  Task<void> work(std::size_t connection);
  StoreRequest next_request(std::uint64_t number);
  std::string chosen(std::uint64_t number) const;
  bool more() const;
  Runtime runtime_;
  StoreClient& client_;
  Notices& notices_;
  LoadSettings settings_;
  LoadResult result_;
  std::uint64_t next_ = 0;
  Instant begin_{};
  Instant end_ = kNever;
  std::vector<std::uint64_t> last_;     // per connection: number of its last put plus 1
  std::vector<std::uint64_t> sampled_;  // every so-manieth put
};

/// Bytes that do not compress.
Buffer random_body(Random& random, std::uint64_t size);
/// The keys of a listing (encoding-type=url) and whether there are more.
struct ListedKeys {
  std::vector<std::string> keys;
  bool truncated = false;
};
ListedKeys read_listing(std::string_view body);
/// The key that put numbers so below the prefix: ten digits, so that the order of the keys is that of the numbers.
std::string numbered_key(std::string_view prefix, std::uint64_t number);
/// How many keys of the client's bucket stand below a prefix and behind `after`; holds a page of them at a time. Errors: as StoreClient::must.
Task<Result<std::uint64_t>> count_keys(StoreClient* client, std::string prefix, std::string after);
/// Keys of the client's bucket below a prefix, at most `count_max`, in order. Errors: as StoreClient::must.
Task<Result<std::vector<std::string>>> list_keys(StoreClient* client, std::string prefix, std::size_t count_max);

}  // namespace farshore::cli
