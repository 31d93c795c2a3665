// SPDX-License-Identifier: Apache-2.0
#include "cli/replication_bench.h"

#include <algorithm>

#include <fmt/format.h>

namespace farshore::cli {
namespace {

constexpr Duration kCountEvery = std::chrono::milliseconds(20);

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

Error missing(const StoreClient& destination, std::string_view what) {
  // Another store is asked in its own way.
  const std::string_view remedy = destination.dialect() == Dialect::kOss ? ": `farshore admin progress` and `explain` on the source bucket say why" : "";
  return Error(ErrorCode::kDeadlineExceeded, fmt::format("{} did not arrive in bucket {} at {} in time{}", what, destination.bucket(), destination.url().text, remedy));
}

/// Waits for many keys, several at once.
class KeyWatch {
 public:
  KeyWatch(Runtime runtime, StoreClient* destination, Notices* notices, std::vector<std::string> keys, Instant deadline, Duration every)
      : runtime_(runtime), destination_(destination), notices_(notices), keys_(std::move(keys)), deadline_(deadline), every_(every) {}
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
      const auto there = co_await wait_for_key(runtime_, destination_, keys_[next_++], deadline_, every_);
      if (!there && !failure_) failure_ = there.error();
      if (there) last_ = std::max(last_, *there);
      notices_->maybe([&] { return fmt::format("waiting for replicas, {} of {} sampled keys are there", next_, keys_.size()); });
    }
  }
  Runtime runtime_;
  StoreClient* destination_;
  Notices* notices_;
  std::vector<std::string> keys_;
  Instant deadline_;
  Duration every_;
  std::size_t next_ = 0;
  Instant last_{};
  std::optional<Error> failure_;
};

/// Counts below the prefix, behind the key `after`, until all are there. `last` if the first count is complete, else when the complete one ended.
Task<Result<Arrival>> count_replicas(Runtime runtime, StoreClient* destination, Notices* notices, std::string prefix, std::string after, std::uint64_t count, Instant last, Instant deadline) {
  Arrival arrival{last, 0};
  for (bool first = true;; first = false) {
    CO_TRY(arrival.replicas, co_await count_keys(destination, prefix, after));
    if (!first) arrival.last = runtime.executor.now();
    if (arrival.replicas >= count) co_return arrival;
    if (runtime.executor.now() >= deadline) co_return missing(*destination, fmt::format("{} of {} replicas", count - arrival.replicas, count));
    notices->maybe([&] { return fmt::format("waiting for replicas, {} of {} are there", arrival.replicas, count); });
    co_await sleep_for(runtime.executor, OpContext(), kCountEvery);
  }
}

}  // namespace

Task<Result<Instant>> wait_for_key(Runtime runtime, StoreClient* destination, std::string key, Instant deadline, Duration every) {
  const OpContext op = OpContext().with_deadline(deadline);
  Instant next = runtime.executor.now();
  while (true) {
    StoreRequest head;
    head.method = "HEAD";
    head.key = key;
    const auto reply = co_await destination->send(op, std::move(head));
    const Instant now = runtime.executor.now();
    if (!reply && now >= deadline) co_return missing(*destination, key);
    if (!reply) co_return Error(reply.error().code(), unanswered(destination->url(), reply.error()));
    if (reply->status < 300) co_return now;
    if (reply->status != 404) co_return Error(ErrorCode::kBadRequest, fmt::format("HEAD {} at {} answered {}", key, destination->url().text, reply->status));
    if (now >= deadline) co_return missing(*destination, key);
    while (next <= now) next += every;
    co_await sleep_until(runtime.executor, op, next);
  }
}

Task<Result<ReplicateResult>> measure_replication(Runtime runtime, StoreClient* source, StoreClient* destination, Notices* notices, LoadSettings settings,
                                                  WatchSettings watch) {
  ReplicateResult result;
  const std::string prefix = settings.prefix;
  const std::string after = settings.first > 0 ? numbered_key(prefix, settings.first - 1) : "";
  const std::size_t connections = settings.connections;
  const Instant begin = runtime.executor.now();
  Load load(runtime, *source, *notices, std::move(settings));
  result.puts = co_await load.run();
  const Instant written = runtime.executor.now();
  const Instant deadline = written + watch.timeout;
  KeyWatch keys(runtime, destination, notices, load.tail_keys(), deadline, watch.ask_every);
  CO_TRY(const Instant last, co_await keys.run(written, connections));
  CO_TRY(const Arrival arrival, co_await count_replicas(runtime, destination, notices, prefix, after, result.puts.operations, last, deadline));
  result.replicas = arrival.replicas;
  result.seconds = seconds(arrival.last - begin);
  result.drain_seconds = seconds(arrival.last - written);
  co_return result;
}

Task<Result<Arrival>> wait_for_history(Runtime runtime, StoreClient* destination, Notices* notices, std::vector<std::string> keys, std::string prefix,
                                       std::uint64_t count, Instant deadline) {
  std::sort(keys.begin(), keys.end());  // as a scan of the bucket meets them
  KeyWatch watch(runtime, destination, notices, std::move(keys), deadline, kHistoryAskEvery);
  CO_TRY(const Instant last, co_await watch.run(runtime.executor.now(), 1));
  co_return co_await count_replicas(runtime, destination, notices, std::move(prefix), "", count, last, deadline);
}

Task<Result<LagResult>> measure_lag(Runtime runtime, StoreClient* source, StoreClient* destination, Notices* notices, LagSettings settings) {
  LagResult result;
  const Instant begin = runtime.executor.now();
  for (std::uint64_t number = 0;; ++number) {
    const std::uint64_t counted = number < kLagWarmUps ? 0 : number - kLagWarmUps;
    if (settings.count > 0 && counted >= settings.count && number >= kLagWarmUps) break;
    if (settings.seconds > 0 && seconds(runtime.executor.now() - begin) >= settings.seconds) break;
    StoreRequest put;
    put.method = "PUT";
    put.key = fmt::format("{}{:010}", settings.prefix, number);
    put.body = settings.body;
    const std::string key = put.key;
    const Instant sent = runtime.executor.now();
    CO_TRY_OK(co_await source->must(OpContext().with_deadline(sent + settings.watch.timeout), std::move(put)));
    const Instant answered = runtime.executor.now();
    CO_TRY(const Instant there, co_await wait_for_key(runtime, destination, key, answered + settings.watch.timeout, settings.watch.ask_every));
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
