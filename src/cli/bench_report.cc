// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_report.h"

#include <fmt/format.h>

#include "cli/table.h"
#include "codec/json.h"

namespace farshore::cli {
namespace {

double per_second(std::uint64_t amount, double seconds) { return seconds > 0 ? static_cast<double>(amount) / seconds : 0; }

double micros_each(double cpu_seconds, std::uint64_t operations) { return operations == 0 ? 0 : cpu_seconds * 1e6 / static_cast<double>(operations); }

void write_summary(codec::JsonWriter& json, std::string_view name, const LatencySummary& summary) {
  json.name(name).begin_object().member("count", summary.count).member("mean", summary.mean).member("p50", summary.p50).member("p90", summary.p90);
  json.member("p99", summary.p99).member("p99_9", summary.p999).member("max", summary.max).end_object();
}

std::string row(std::string_view name, const LatencySummary& summary) {
  return fmt::format("{:<12} p50 {:.2f} ms  p90 {:.2f} ms  p99 {:.2f} ms  p99.9 {:.2f} ms  max {:.2f} ms\n", name, summary.p50, summary.p90, summary.p99, summary.p999, summary.max);
}

}  // namespace

std::string report_json(const BenchReport& report) {
  codec::JsonWriter json;
  json.begin_object().member("benchmark", benchmark_name(report.benchmark));
  json.name("machine").begin_object().member("cores", report.machine.cores).member("model", report.machine.model).member("kernel", report.machine.kernel).end_object();
  json.member("endpoint", report.endpoint).member("bucket", report.bucket);
  if (!report.destination.empty()) json.member("destination", report.destination).member("destination_bucket", report.destination_bucket);
  json.member("connections", report.connections).member("size_bytes", report.size_bytes);
  json.member("operations", report.operations).member("errors", report.errors).member("first_error", report.first_error);
  json.member("seconds", report.seconds).member("operations_per_second", per_second(report.operations, report.seconds));
  json.member("bytes", report.bytes).member("bytes_per_second", per_second(report.bytes, report.seconds));
  write_summary(json, "latency_ms", report.latency);
  if (report.lag) write_summary(json, "lag_ms", *report.lag);
  if (report.replication) {
    json.member("put_seconds", report.replication->put_seconds).member("drain_seconds", report.replication->drain_seconds).member("replicas", report.replication->replicas);
  }
  json.member("client_cpu_seconds", report.client_cpu_seconds).name("processes").begin_array();
  for (const BenchReport::Process& process : report.processes) {
    json.begin_object().member("pid", process.pid).name("cpu_seconds");
    process.cpu_seconds ? json.value(*process.cpu_seconds) : json.null();
    json.name("cpu_micros_per_operation");
    process.cpu_seconds ? json.value(micros_each(*process.cpu_seconds, report.operations)) : json.null();
    json.end_object();
  }
  return json.end_array().end_object().take();
}

std::string report_text(const BenchReport& report) {
  const bool writes = report.benchmark == Benchmark::kPut || report.benchmark == Benchmark::kReplicate || report.benchmark == Benchmark::kLag;
  const std::string size = writes ? fmt::format(" of {} bytes", report.size_bytes) : "";
  std::string out = fmt::format("{}{} with {} connections at {}/{}", benchmark_name(report.benchmark), size, report.connections, report.endpoint, report.bucket);
  if (!report.destination.empty()) out += fmt::format(" to {}/{}", report.destination, report.destination_bucket);
  out += fmt::format("\n{} cores, {}, Linux {}\n\n", report.machine.cores, report.machine.model.empty() ? "unknown model" : report.machine.model, report.machine.kernel);
  out += fmt::format("{:<12} {} in {:.2f} s: {:.0f}/s, {:.1f} MB/s, {} errors\n", "operations", report.operations, report.seconds, per_second(report.operations, report.seconds),
                     per_second(report.bytes, report.seconds) / 1e6, report.errors);
  if (report.errors > 0) out += fmt::format("{:<12} {}\n", "first error", printable(report.first_error));
  out += row("latency", report.latency);
  if (report.lag) out += row("lag", *report.lag);
  if (report.replication) {
    out += fmt::format("{:<12} {} at the destination; puts {:.2f} s, then {:.2f} s to the last replica\n", "replicas", report.replication->replicas,
                       report.replication->put_seconds, report.replication->drain_seconds);
  }
  out += fmt::format("{:<12} {:.2f} s, {:.1f} us each\n", "client cpu", report.client_cpu_seconds, micros_each(report.client_cpu_seconds, report.operations));
  for (const BenchReport::Process& process : report.processes) {
    out += process.cpu_seconds ? fmt::format("{:<12} {:.2f} s, {:.1f} us each\n", fmt::format("pid {}", process.pid), *process.cpu_seconds, micros_each(*process.cpu_seconds, report.operations))
                               : fmt::format("{:<12} not there\n", fmt::format("pid {}", process.pid));
  }
  return out;
}

}  // namespace farshore::cli
