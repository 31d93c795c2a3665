// SPDX-License-Identifier: Apache-2.0
// BenchOptions: the command line of `farshore bench` as a value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"
#include "cli/command_line.h"

namespace farshore::cli {

enum class Benchmark : std::uint8_t { kPut, kGet, kList, kHttp, kReplicate, kLag };
std::string_view benchmark_name(Benchmark benchmark);

/// How requests are signed; what they ask for is the same in both.
enum class Dialect : std::uint8_t { kOss, kS3 };

/// One end: where it is, who asks, which bucket.
struct BenchEnd {
  std::string endpoint;
  std::string region;
  std::string access_key;
  Secret secret;
  std::string bucket;
  Dialect dialect = Dialect::kOss;
};

struct BenchOptions {
  Benchmark benchmark = Benchmark::kPut;
  BenchEnd source, destination;   ///< destination: replicate and lag only
  std::string identity_endpoint;  ///< where --setup makes the role; empty: the source's endpoint
  std::string ca_file;
  std::uint64_t size_bytes = 4096;
  std::size_t connections = 16;
  std::uint64_t count = 0;   ///< operations; 0: as long as `seconds`
  double seconds = 0;        ///< 0: until `count`
  double rate = 0;           ///< put, get, list, http: requests begun in a second, whether or not earlier ones were answered; 0: as fast as they are
  bool history = false;      ///< replicate: the bucket is filled first, and the rule made then is what is timed
  std::string prefix;        ///< of all keys written; empty: one of our own choice. With `among`: of all keys read
  std::uint64_t first = 0;   ///< put, replicate: number of the first key below the prefix
  std::uint64_t among = 0;   ///< get, list: choose from the keys that put numbered 0 to this below the prefix, without listing; 0: list the bucket
  double ask_every_millis = 1;   ///< replicate, lag: how often the destination is asked for one key
  double timeout_seconds = 600;  ///< replicate: how long the last replica is waited for
  std::vector<int> pids;     ///< whose CPU time is reported
  bool setup = false;
  bool json = false;
};

/// Options with `--data DIR` filled in from its realm.json and with defaults for what was left out.
Parsed<BenchOptions> parse_bench(std::vector<std::string> arguments);

}  // namespace farshore::cli
