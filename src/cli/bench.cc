// SPDX-License-Identifier: Apache-2.0
// run_bench: sets up, runs one benchmark, reports.
#include <cstdio>

#include <fmt/format.h>

#include "cli/bench_options.h"
#include "cli/bench_report.h"
#include "cli/bench_setup.h"
#include "cli/commands.h"
#include "cli/load.h"
#include "cli/replication_bench.h"
#include "cli/shell.h"
#include "codec/text.h"

namespace farshore::cli {
namespace {

constexpr std::size_t kKeysKnownMax = 100'000;      // that get and list choose from
constexpr std::uint64_t kObjectsOfSetup = 1000;     // that --setup of get and list writes into an empty bucket

/// Beside the report, which goes to standard output.
void say(const std::string& sentence) { std::fprintf(stderr, "farshore bench: %s\n", sentence.c_str()); }

/// CPU seconds of the processes that --pid names.
std::vector<std::optional<double>> cpu_of(const std::vector<int>& pids) {
  std::vector<std::optional<double>> seconds;
  for (const int pid : pids) seconds.push_back(cpu_seconds_of(pid));
  return seconds;
}

class BenchRun {
 public:
  BenchRun(Runtime runtime, http::Client& client, const BenchOptions& options)
      : runtime_(runtime), client_(client), options_(options), notices_(runtime.executor, say) {
    prefix_ = options.prefix.empty() ? fmt::format("bench-{}/", codec::hex_encode(runtime.random.bytes(4))) : options.prefix;
  }

  Task<Result<BenchReport>> run() {
    CO_TRY(source_, StoreClient::make(runtime_, client_, options_.source, options_.ca_file));
    const bool pair = options_.benchmark == Benchmark::kReplicate || options_.benchmark == Benchmark::kLag;
    if (pair) {
      CO_TRY(destination_, StoreClient::make(runtime_, client_, options_.destination, options_.ca_file));
    }
    if (options_.setup && options_.benchmark != Benchmark::kHttp) {
      BenchSetup setup(runtime_, client_, options_, *source_, destination_.get());
      CO_TRY_OK(co_await setup.buckets());
      if (options_.history) {
        CO_TRY_OK(co_await setup.rights());
      } else if (pair) {
        CO_TRY_OK(co_await setup.replication());
      }
    }
    describe();
    switch (options_.benchmark) {
      case Benchmark::kPut:
      case Benchmark::kGet:
      case Benchmark::kList:
      case Benchmark::kHttp: CO_TRY_OK(co_await measure_load()); break;
      case Benchmark::kReplicate: CO_TRY_OK(co_await (options_.history ? measure_history() : measure_pair())); break;
      case Benchmark::kLag: CO_TRY_OK(co_await measure_idle()); break;
    }
    co_return report_;
  }

 private:
  void describe() {
    report_.benchmark = options_.benchmark;
    report_.endpoint = source_->url().text;
    report_.bucket = source_->bucket();
    if (destination_) {
      report_.destination = destination_->url().text;
      report_.destination_bucket = destination_->bucket();
    }
    report_.machine = this_machine();
    report_.connections = options_.benchmark == Benchmark::kLag ? 1 : options_.connections;
    report_.size_bytes = options_.size_bytes;
  }

  LoadSettings load_settings(Benchmark kind) {
    LoadSettings settings;
    settings.kind = kind;
    settings.connections = options_.connections;
    settings.count = options_.count;
    settings.seconds = options_.seconds;
    settings.rate = options_.rate;
    settings.prefix = prefix_;
    settings.first = options_.first;
    settings.among = options_.among;
    if (kind == Benchmark::kPut) settings.body = random_body(runtime_.random, options_.size_bytes);
    return settings;
  }

  Duration timeout() const { return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(options_.timeout_seconds)); }

  Duration ask_every() const { return std::chrono::duration_cast<Duration>(std::chrono::duration<double, std::milli>(options_.ask_every_millis)); }

  void begin() {
    cpu_before_ = cpu_of(options_.pids);
    own_before_ = own_cpu_seconds();
  }

  void end(const LoadResult& load, double seconds) {
    report_.client_cpu_seconds = own_cpu_seconds() - own_before_;
    const auto after = cpu_of(options_.pids);
    for (std::size_t i = 0; i < after.size(); ++i) {
      BenchReport::Process process;
      process.pid = options_.pids[i];
      if (after[i] && cpu_before_[i]) process.cpu_seconds = *after[i] - *cpu_before_[i];
      report_.processes.push_back(process);
    }
    report_.operations = load.operations;
    report_.errors = load.errors;
    report_.first_error = load.first_error;
    report_.bytes = load.bytes;
    report_.seconds = seconds;
    report_.latency = load.latency.summary();
  }

  Task<Result<std::vector<std::string>>> known_keys() {
    CO_TRY(auto keys, co_await list_keys(source_.get(), "", kKeysKnownMax));
    if (!keys.empty()) co_return std::move(keys);
    if (!options_.setup) co_return Error(ErrorCode::kInvalidArgument, fmt::format("bucket {} is empty: run `farshore bench put` first, or add --setup", source_->bucket()));
    LoadSettings settings = load_settings(Benchmark::kPut);
    settings.count = kObjectsOfSetup;
    settings.seconds = 0;
    settings.first = 0;
    Load load(runtime_, *source_, notices_, std::move(settings));
    const LoadResult written = co_await load.run();
    if (written.errors > 0) co_return Error(ErrorCode::kBadRequest, "--setup could not write objects: " + written.first_error);
    co_return co_await list_keys(source_.get(), "", kKeysKnownMax);
  }

  Task<Result<void>> measure_load() {
    LoadSettings settings = load_settings(options_.benchmark);
    const bool reads = options_.benchmark == Benchmark::kGet || options_.benchmark == Benchmark::kList;
    if (reads && options_.among == 0) {
      CO_TRY(settings.keys, co_await known_keys());
    }
    Load load(runtime_, *source_, notices_, std::move(settings));
    begin();
    const LoadResult result = co_await load.run();
    end(result, result.seconds);
    co_return Result<void>();
  }

  Task<Result<void>> measure_pair() {
    begin();
    CO_TRY(const ReplicateResult result,
           co_await measure_replication(runtime_, source_.get(), destination_.get(), &notices_, load_settings(Benchmark::kPut), WatchSettings{timeout(), ask_every()}));
    end(result.puts, result.seconds);
    report_.replication = BenchReport::Replication{result.puts.seconds, result.drain_seconds, result.replicas};
    co_return Result<void>();
  }

  /// The puts are not timed: from the request that makes the rule to the last replica.
  Task<Result<void>> measure_history() {
    const LoadSettings settings = load_settings(Benchmark::kPut);
    Load load(runtime_, *source_, notices_, settings);
    const LoadResult puts = co_await load.run();
    BenchSetup setup(runtime_, client_, options_, *source_, destination_.get());
    begin();
    const Instant start = runtime_.executor.now();
    CO_TRY_OK(co_await setup.rule_with_history());
    CO_TRY(const Arrival arrival, co_await wait_for_history(runtime_, destination_.get(), &notices_, load.tail_keys(), settings.prefix, puts.operations, start + timeout()));
    const double seconds = std::chrono::duration<double>(arrival.last - start).count();
    end(puts, seconds);
    report_.replication = BenchReport::Replication{puts.seconds, seconds, arrival.replicas};
    co_return Result<void>();
  }

  Task<Result<void>> measure_idle() {
    LagSettings settings{options_.count, options_.seconds, {timeout(), ask_every()}, prefix_, random_body(runtime_.random, options_.size_bytes)};
    begin();
    CO_TRY(const LagResult result, co_await measure_lag(runtime_, source_.get(), destination_.get(), &notices_, std::move(settings)));
    end(result.puts, result.puts.seconds);
    report_.lag = result.lag.summary();
    co_return Result<void>();
  }

  Runtime runtime_;
  http::Client& client_;
  const BenchOptions& options_;
  Notices notices_;
  std::string prefix_;
  std::unique_ptr<StoreClient> source_, destination_;
  BenchReport report_;
  std::vector<std::optional<double>> cpu_before_;
  double own_before_ = 0;
};

}  // namespace

int run_bench(std::vector<std::string> arguments) {
  const Parsed<BenchOptions> options = parse_bench(std::move(arguments));
  if (!options) return leave(options.error());
  Shell shell(options->connections + 1);
  BenchRun run(shell.runtime(), shell.client(), *options);
  const auto report = shell.run(run.run());
  if (!report) {
    std::fprintf(stderr, "farshore bench: %s\n", report.error().message().c_str());
    return 1;
  }
  std::fputs((options->json ? report_json(*report) + "\n" : report_text(*report)).c_str(), stdout);
  return report->errors == 0 ? 0 : 1;
}

}  // namespace farshore::cli
