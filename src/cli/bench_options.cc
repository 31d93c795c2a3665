// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_options.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <fmt/format.h>

#include "cli/realm_file.h"

namespace farshore::cli {
namespace {

/// What only the parser needs: secrets as text, and the data directory.
struct Raw {
  std::string data, secret, destination_secret, dialect = "oss";
};

bool needs_destination(Benchmark benchmark) { return benchmark == Benchmark::kReplicate || benchmark == Benchmark::kLag; }

void add_options(CLI::App& app, BenchOptions& options, Raw& raw) {
  app.add_option("--data", raw.data, "Directory of a `farshore dev` realm: source is its first region and account, destination the second");
  app.add_option("--endpoint", options.source.endpoint, "URL of the (source) region");
  app.add_option("--region", options.source.region, "Its region id, for signatures");
  app.add_option("--access-key", options.source.access_key, "Access key id");
  app.add_option("--secret", raw.secret, "Access key secret; better in the environment")->envname("FARSHORE_BENCH_SECRET");
  app.add_option("--bucket", options.source.bucket, "Bucket; with --setup it is made, and one of our own choice if left out");
  app.add_option("--destination", options.destination.endpoint, "replicate, lag: URL of the destination region");
  app.add_option("--destination-region", options.destination.region, "Its region id");
  app.add_option("--destination-access-key", options.destination.access_key, "The source's if left out");
  app.add_option("--destination-secret", raw.destination_secret, "The source's if left out")->envname("FARSHORE_BENCH_DESTINATION_SECRET");
  app.add_option("--destination-bucket", options.destination.bucket, "Bucket of the replicas");
  app.add_option("--identity-endpoint", options.identity_endpoint, "URL for RAM calls of --setup; the source's if left out");
  app.add_option("--ca-file", options.ca_file, "Certificates to trust for https; the system's if left out");
  app.add_option("--dialect", raw.dialect, "How requests are signed: oss, or s3 for other stores (version 4); then --setup makes buckets only")->check(CLI::IsMember({"oss", "s3"}))->capture_default_str();
  app.add_option("--size", options.size_bytes, "Bytes of each object; suffixes Ki, Mi, Gi")->transform(CLI::AsSizeValue(false))->capture_default_str();
  app.add_option("--connections", options.connections, "Requests under way at once, 1 to 4096")->check(CLI::Range(1, 4096))->capture_default_str();
  app.add_option("--count", options.count, "Operations, or samples of lag");
  app.add_option("--seconds", options.seconds, "How long to go on")->check(CLI::PositiveNumber);
  app.add_option("--rate", options.rate, "put, get, list, http: begin so many requests a second; latency counts from when one was due")->check(CLI::PositiveNumber);
  app.add_flag("--history", options.history, "replicate, with --setup: fill the bucket first, then make the rule and time it from there");
  app.add_option("--prefix", options.prefix, "Prefix of the keys written; one of our own choice if left out");
  app.add_option("--first", options.first, "put, replicate: number of the first key below the prefix");
  app.add_option("--among", options.among, "get, list: choose from this many keys that put wrote below --prefix, instead of listing the bucket");
  app.add_option("--ask-every", options.ask_every_millis, "replicate, lag: milliseconds between two questions for one replica; more where asking costs the store much")->check(CLI::Range(0.1, 60000.0))->capture_default_str();
  app.add_option("--timeout", options.timeout_seconds, "replicate, lag: seconds to wait for a replica")->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--pid", options.pids, "Report the CPU time of this process; may be repeated");
  app.add_flag("--setup", options.setup, "Make what is missing: buckets, and for replicate and lag role, policies and rule; for get some objects");
  app.add_flag("--json", options.json, "One JSON object instead of a table");
}

void fill(BenchEnd& end, const RealmFile::Region& region, const RealmFile::Account& account) {
  if (end.endpoint.empty()) end.endpoint = region.endpoint;
  if (end.region.empty()) end.region = region.id;
  if (!end.access_key.empty()) return;
  end.access_key = account.access_key_id;
  end.secret = account.access_key_secret;
}

Parsed<void> fill_from_realm(BenchOptions& options, const std::string& directory) {
  auto realm = read_realm_file(directory);
  if (!realm) return std::unexpected(usage_mistake("farshore bench: " + realm.error().message()));
  const std::size_t needed = needs_destination(options.benchmark) ? 2 : 1;
  if (realm->regions.size() < needed || realm->accounts.size() < needed) {
    return std::unexpected(usage_mistake(fmt::format("farshore bench: the realm in {} has fewer than {} regions or accounts", directory, needed)));
  }
  fill(options.source, realm->regions.front(), realm->accounts.front());
  if (needed == 2) fill(options.destination, realm->regions[1], realm->accounts[1]);
  if (options.identity_endpoint.empty()) options.identity_endpoint = realm->identity_endpoint;
  return {};
}

Parsed<void> complete(BenchOptions& options) {
  if (options.among > 0 && options.prefix.empty()) return std::unexpected(usage_mistake("farshore bench: --among needs --prefix, the one that put was given"));
  if (options.history && (options.benchmark != Benchmark::kReplicate || !options.setup)) {
    return std::unexpected(usage_mistake("farshore bench: --history is for replicate, and needs --setup, which makes the rule"));
  }
  const auto need = [](const std::string& value, std::string_view name) -> Parsed<void> {
    if (!value.empty()) return {};
    return std::unexpected(usage_mistake(fmt::format("farshore bench: {} is needed (or --data DIR)", name)));
  };
  BenchEnd& source = options.source;
  BenchEnd& destination = options.destination;
  if (source.dialect == Dialect::kS3 && needs_destination(options.benchmark) && options.setup) {
    return std::unexpected(usage_mistake("farshore bench: --setup knows how Farshore replicates; with --dialect s3 make buckets and replication yourself and leave it out"));
  }
  const std::string_view wanted = options.setup ? "" : "--bucket";
  if (options.setup && source.bucket.empty()) source.bucket = "farshore-bench";
  if (auto ok = need(source.endpoint, "--endpoint"); !ok) return ok;
  if (options.benchmark == Benchmark::kHttp) return {};  // nobody asks, and no bucket
  if (auto ok = need(source.region, "--region"); !ok) return ok;
  if (auto ok = need(source.access_key, "--access-key"); !ok) return ok;
  if (source.secret.empty()) return std::unexpected(usage_mistake("farshore bench: --secret is needed (or --data DIR)"));
  if (source.bucket.empty()) return std::unexpected(usage_mistake(fmt::format("farshore bench: {} is needed (or --setup, which makes one)", wanted)));
  if (!needs_destination(options.benchmark)) return {};
  if (options.setup && destination.bucket.empty()) destination.bucket = source.bucket + "-replica";
  if (destination.access_key.empty()) {
    destination.access_key = source.access_key;
    destination.secret = source.secret;
  }
  if (auto ok = need(destination.endpoint, "--destination"); !ok) return ok;
  if (auto ok = need(destination.region, "--destination-region"); !ok) return ok;
  if (destination.bucket.empty()) return std::unexpected(usage_mistake("farshore bench: --destination-bucket is needed (or --setup, which makes one)"));
  return {};
}

void set_amount(BenchOptions& options) {
  if (options.benchmark == Benchmark::kReplicate && options.count == 0 && options.seconds == 0) options.count = 10000;
  if (options.benchmark == Benchmark::kLag && options.count == 0 && options.seconds == 0) options.count = 200;
  if (options.count == 0 && options.seconds == 0) options.seconds = 10;
}

}  // namespace

std::string_view benchmark_name(Benchmark benchmark) {
  switch (benchmark) {
    case Benchmark::kPut: return "put";
    case Benchmark::kGet: return "get";
    case Benchmark::kList: return "list";
    case Benchmark::kHttp: return "http";
    case Benchmark::kReplicate: return "replicate";
    case Benchmark::kLag: return "lag";
  }
  return "";
}

Parsed<BenchOptions> parse_bench(std::vector<std::string> arguments) {
  BenchOptions options;
  Raw raw;
  CLI::App app("Load and replication benchmarks against any region, over signed HTTP.", "farshore bench");
  app.require_subcommand(1);
  app.fallthrough();
  const auto add = [&](Benchmark benchmark, const char* description) {
    app.add_subcommand(std::string(benchmark_name(benchmark)), description)->callback([&options, benchmark] { options.benchmark = benchmark; });
  };
  add(Benchmark::kPut, "Writes objects under fresh keys");
  add(Benchmark::kGet, "Reads random objects of the bucket");
  add(Benchmark::kList, "Lists the bucket, 1,000 keys a page, from random places");
  add(Benchmark::kHttp, "Asks for /-/healthy, unsigned: what HTTP alone costs here, to compare the others with");
  add(Benchmark::kReplicate, "Writes at the source and times until the last replica is at the destination");
  add(Benchmark::kLag, "Times single idle writes from the source's 200 to a 200 at the destination");
  add_options(app, options, raw);
  if (auto parsed = parse_arguments(app, std::move(arguments)); !parsed) return std::unexpected(std::move(parsed).error());
  options.source.secret = Secret(std::move(raw.secret));
  options.destination.secret = Secret(std::move(raw.destination_secret));
  options.source.dialect = options.destination.dialect = raw.dialect == "s3" ? Dialect::kS3 : Dialect::kOss;
  if (!raw.data.empty()) {
    if (auto filled = fill_from_realm(options, raw.data); !filled) return std::unexpected(std::move(filled).error());
  }
  if (auto completed = complete(options); !completed) return std::unexpected(std::move(completed).error());
  set_amount(options);
  return options;
}

}  // namespace farshore::cli
