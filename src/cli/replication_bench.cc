// SPDX-License-Identifier: Apache-2.0
#include "cli/replication_bench.h"

#include <fmt/format.h>

namespace farshore::cli {
namespace {

constexpr Duration kAskEvery = std::chrono::milliseconds(1);
constexpr Duration kCountEvery = std::chrono::milliseconds(20);

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

Error missing(const OssClient& destination, std::string_view what) {
  return Error(ErrorCode::kDeadlineExceeded,
               fmt::format("{} did not arrive in bucket {} at {} in time: `farshore admin progress` and `explain` on the source bucket say why", what, destination.bucket(), destination.url().text));
}

}  // namespace

Task<Result<Instant>> wait_for_key(Runtime runtime, OssClient* destination, std::string key, Instant deadline) {
  const OpContext op = OpContext().with_deadline(deadline);
  Instant next = runtime.executor.now();
  while (true) {
    OssRequest head;
    head.method = "HEAD";
    head.key = key;
    const auto reply = co_await destination->send(op, std::move(head));
    const Instant now = runtime.executor.now();
    if (!reply && now >= deadline) co_return missing(*destination, key);
    if (!reply) co_return Error(reply.error().code(), unanswered(destination->url(), reply.error()));
    if (reply->status < 300) co_return now;
    if (reply->status != 404) co_return Error(ErrorCode::kBadRequest, fmt::format("HEAD {} at {} answered {}", key, destination->url().text, reply->status));
    if (now >= deadline) co_return missing(*destination, key);
    while (next <= now) next += kAskEvery;
    co_await sleep_until(runtime.executor, op, next);
  }
}

Task<Result<ReplicateResult>> measure_replication(Runtime runtime, OssClient* source, OssClient* destination, LoadSettings settings, Duration timeout) {
  ReplicateResult result;
  const std::string prefix = settings.prefix;
  const Instant begin = runtime.executor.now();
  Load load(runtime, *source, std::move(settings));
  result.puts = co_await load.run();
  const Instant written = runtime.executor.now();
  const Instant deadline = written + timeout;
  Instant last = written;
  for (const std::string& key : load.tail_keys()) {
    CO_TRY(last, co_await wait_for_key(runtime, destination, key, deadline));
  }
  for (bool first = true;; first = false) {
    CO_TRY(const auto keys, co_await list_keys(destination, prefix, SIZE_MAX));
    result.replicas = keys.size();
    if (!first) last = runtime.executor.now();
    if (result.replicas >= result.puts.operations) break;
    if (runtime.executor.now() >= deadline) co_return missing(*destination, fmt::format("{} of {} replicas", result.puts.operations - result.replicas, result.puts.operations));
    co_await sleep_for(runtime.executor, OpContext(), kCountEvery);
  }
  result.seconds = seconds(last - begin);
  result.drain_seconds = seconds(last - written);
  co_return result;
}

Task<Result<LagResult>> measure_lag(Runtime runtime, OssClient* source, OssClient* destination, LagSettings settings) {
  LagResult result;
  const Instant begin = runtime.executor.now();
  for (std::uint64_t number = 0;; ++number) {
    const std::uint64_t counted = number < kLagWarmUps ? 0 : number - kLagWarmUps;
    if (settings.count > 0 && counted >= settings.count && number >= kLagWarmUps) break;
    if (settings.seconds > 0 && seconds(runtime.executor.now() - begin) >= settings.seconds) break;
    OssRequest put;
    put.method = "PUT";
    put.key = fmt::format("{}{:010}", settings.prefix, number);
    put.body = settings.body;
    const std::string key = put.key;
    const Instant sent = runtime.executor.now();
    CO_TRY_OK(co_await source->must(OpContext().with_deadline(sent + settings.timeout), std::move(put)));
    const Instant answered = runtime.executor.now();
    CO_TRY(const Instant there, co_await wait_for_key(runtime, destination, key, answered + settings.timeout));
    if (number < kLagWarmUps) continue;
    result.puts.latency.add(answered - sent);
    result.lag.add(there - answered);
    ++result.puts.operations;
    result.puts.bytes += settings.body.size();
  }
  result.puts.seconds = seconds(runtime.executor.now() - begin);
  co_return result;
}

}  // namespace farshore::cli
