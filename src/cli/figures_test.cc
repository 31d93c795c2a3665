// SPDX-License-Identifier: Apache-2.0
// Percentiles, CPU times, listings, documents and reports of the benchmarks.
#include <gtest/gtest.h>

#include "cli/bench_report.h"
#include "cli/bench_setup.h"
#include "cli/load.h"
#include "cli/machine.h"
#include "codec/json.h"
#include "codec/xml.h"

namespace farshore::cli {
namespace {
using namespace std::chrono_literals;

TEST(LatencySamples, GivesNearestRankPercentiles) {
  LatencySamples samples;
  for (int i = 1000; i >= 1; --i) samples.add(std::chrono::milliseconds(i));
  const LatencySummary summary = samples.summary();
  EXPECT_EQ(summary.count, 1000u);
  EXPECT_DOUBLE_EQ(summary.mean, 500.5);
  EXPECT_DOUBLE_EQ(summary.p50, 500);
  EXPECT_DOUBLE_EQ(summary.p90, 900);
  EXPECT_DOUBLE_EQ(summary.p99, 990);
  EXPECT_DOUBLE_EQ(summary.p999, 999);
  EXPECT_DOUBLE_EQ(summary.max, 1000);
}

TEST(LatencySamples, OneSampleIsEveryPercentileAndNoneIsZero) {
  LatencySamples samples;
  EXPECT_DOUBLE_EQ(samples.summary().p99, 0);
  samples.add(2ms);
  EXPECT_DOUBLE_EQ(samples.summary().p50, 2);
  EXPECT_DOUBLE_EQ(samples.summary().p999, 2);
}

TEST(LatencySamples, KeepsAUniformChoiceOfVeryMany) {
  LatencySamples samples(20000);
  for (std::size_t i = 0; i < 100000; ++i) samples.add(std::chrono::microseconds(i % 1000));
  EXPECT_EQ(samples.count(), 100000u);
  EXPECT_NEAR(samples.summary().p50, 0.5, 0.05);
  EXPECT_DOUBLE_EQ(samples.summary().max, 0.999);
}

TEST(Machine, ReadsCpuTimeBehindAnyProcessName) {
  EXPECT_DOUBLE_EQ(*stat_cpu_seconds("12 (a) b) (c) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0 20", 100), 2.0);
  EXPECT_FALSE(stat_cpu_seconds("12 (x) S 1 2", 100));
  EXPECT_FALSE(stat_cpu_seconds("", 100));
  EXPECT_EQ(cpu_model("processor\t: 0\nmodel name\t: Fast CPU\n"), "Fast CPU");
  EXPECT_EQ(cpu_model("processor\t: 0\n"), "");
}

TEST(Listing, ReadsEncodedKeysAndWhetherThereIsMore) {
  const ListedKeys page = read_listing("<L><IsTruncated>true</IsTruncated><Contents><Key>a%2Fb%26c</Key></Contents><Contents><Key>d</Key></Contents></L>");
  EXPECT_TRUE(page.truncated);
  EXPECT_EQ(page.keys, (std::vector<std::string>{"a/b&c", "d"}));
  EXPECT_TRUE(read_listing("<L><IsTruncated>false</IsTruncated></L>").keys.empty());
}

TEST(BenchSetup, WritesTheDocumentsOfTheThreeSteps) {
  EXPECT_EQ(bench_source_policy("b"),
            R"({"Version":"1","Statement":[{"Effect":"Allow","Action":["oss:ReplicateList","oss:ReplicateGet"],"Resource":["acs:oss:*:*:b","acs:oss:*:*:b/*"]}]})");
  EXPECT_EQ(bench_destination_policy("1", "2", "c"),
            R"({"Version":"1","Statement":[{"Effect":"Allow","Action":["oss:ReplicatePut","oss:ReplicateDelete"],"Principal":["arn:ram::1:role/farshore-bench"],)"
            R"("Resource":["acs:oss:*:2:c","acs:oss:*:2:c/*"]}]})");
  EXPECT_NE(bench_rule("c", "oss-cn-beijing", false).find("<Destination><Bucket>c</Bucket><Location>oss-cn-beijing</Location></Destination>"), std::string::npos);
}

BenchReport sample_report() {
  BenchReport report;
  report.benchmark = Benchmark::kReplicate;
  report.endpoint = "http://a:1";
  report.bucket = "b";
  report.destination = "http://b:2";
  report.destination_bucket = "c";
  report.machine = Machine{2, "Fast CPU", "6.1"};
  report.connections = 16;
  report.size_bytes = 4096;
  report.operations = 1000;
  report.bytes = 4096000;
  report.seconds = 0.5;
  report.replication = BenchReport::Replication{0.4, 0.1, 1000};
  report.processes = {{7, 0.1}, {8, std::nullopt}};
  return report;
}

TEST(BenchReport, IsOneJsonObject) {
  const auto json = codec::parse_json(report_json(sample_report()));
  ASSERT_TRUE(json);
  EXPECT_EQ(json->find_string("benchmark"), "replicate");
  EXPECT_DOUBLE_EQ(json->find("operations_per_second")->number().real(), 2000);
  EXPECT_EQ(json->find("machine")->find("cores")->number().integer(), 2);
  EXPECT_EQ(json->find("replicas")->number().integer(), 1000);
  for (const char* name : {"p50", "p90", "p99", "p99_9", "max", "mean", "count"}) EXPECT_NE(json->find("latency_ms")->find(name), nullptr) << name;
  EXPECT_DOUBLE_EQ(json->find("processes")->array()[0].find("cpu_micros_per_operation")->number().real(), 100);
  EXPECT_TRUE(json->find("processes")->array()[1].find("cpu_seconds")->is_null());
  EXPECT_EQ(json->find("lag_ms"), nullptr);
}

TEST(BenchReport, TellsPeopleTheRateFirst) {
  const std::string text = report_text(sample_report());
  EXPECT_NE(text.find("1000 in 0.50 s: 2000/s, 8.2 MB/s, 0 errors"), std::string::npos) << text;
  EXPECT_NE(text.find("pid 8        not there"), std::string::npos) << text;
}

}  // namespace
}  // namespace farshore::cli
