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

/// Waits for many keys, several at once.
class KeyWatch {
 public:
  KeyWatch(Runtime runtime, OssClient* destination, Notices* notices, std::vector<std::string> keys, Instant deadline)
      : runtime_(runtime), destination_(destination), notices_(notices), keys_(std::move(keys)), deadline_(deadline) {}
  /// When the last of them was there; `begin` if there are none.
  Task<Result<Instant>> run(Instant begin, std::size_t at_once) {
    last_ = begin;
    TaskScope scope(runtime_.executor);
    for (std::size_t i = 0; i < at_once; ++i) scope.spawn(work());
    co_await scope.drain();
    if (failure_) co_return *failure_;
    co_return last_;
  }

 private:
  Task<void> work() {
    while (next_ < keys_.size() && !failure_) {
      const auto there = co_await wait_for_key(runtime_, destination_, keys_[next_++], deadline_);
      if (!there && !failure_) failure_ = there.error();
      if (there) last_ = std::max(last_, *there);
      notices_->maybe([&] { return fmt::format("waiting for replicas, {} of {} sampled keys are there", next_, keys_.size()); });
    }
  }
  Runtime runtime_;
  OssClient* destination_;
  Notices* notices_;
  std::vector<std::string> keys_;
  Instant deadline_;
  std::size_t next_ = 0;
  Instant last_{};
  std::optional<Error> failure_;
};

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

Task<Result<ReplicateResult>> measure_replication(Runtime runtime, OssClient* source, OssClient* destination, Notices* notices, LoadSettings settings,
                                                  Duration timeout) {
  ReplicateResult result;
  const std::string prefix = settings.prefix;
  const std::size_t connections = settings.connections;
  const Instant begin = runtime.executor.now();
  Load load(runtime, *source, *notices, std::move(settings));
  result.puts = co_await load.run();
  const Instant written = runtime.executor.now();
  const Instant deadline = written + timeout;
  KeyWatch watch(runtime, destination, notices, load.tail_keys(), deadline);
  CO_TRY(Instant last, co_await watch.run(written, connections));
  for (bool first = true;; first = false) {
    CO_TRY(const auto keys, co_await list_keys(destination, prefix, SIZE_MAX));
    result.replicas = keys.size();
    if (!first) last = runtime.executor.now();
    if (result.replicas >= result.puts.operations) break;
    if (runtime.executor.now() >= deadline) co_return missing(*destination, fmt::format("{} of {} replicas", result.puts.operations - result.replicas, result.puts.operations));
    notices->maybe([&] { return fmt::format("waiting for replicas, {} of {} are there", result.replicas, result.puts.operations); });
    co_await sleep_for(runtime.executor, OpContext(), kCountEvery);
  }
  result.seconds = seconds(last - begin);
  result.drain_seconds = seconds(last - written);
  co_return result;
}

Task<Result<LagResult>> measure_lag(Runtime runtime, OssClient* source, OssClient* destination, Notices* notices, LagSettings settings) {
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
    notices->maybe([&] { return fmt::format("{} writes timed", result.puts.operations); });
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
