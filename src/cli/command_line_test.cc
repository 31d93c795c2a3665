// SPDX-License-Identifier: Apache-2.0
// The command lines of admin and bench: what they accept, and what they say about mistakes.
#include <gtest/gtest.h>

#include "cli/admin_options.h"
#include "cli/bench_options.h"

namespace farshore::cli {
namespace {

std::string admin_mistake(std::vector<std::string> arguments) {
  const auto parsed = parse_admin(std::move(arguments));
  if (parsed) return "it was accepted";
  EXPECT_EQ(parsed.error().status, 2);
  return parsed.error().text;
}
std::string bench_mistake(std::vector<std::string> arguments) {
  const auto parsed = parse_bench(std::move(arguments));
  if (parsed) return "it was accepted";
  EXPECT_EQ(parsed.error().status, 2);
  return parsed.error().text;
}

TEST(AdminCommandLine, ReadsACommandWithOptionsBeforeAndBehindIt) {
  const auto parsed = parse_admin({"--data", "d", "progress", "photos", "rule-1", "--watch", "--json"});
  ASSERT_TRUE(parsed) << parsed.error().text;
  EXPECT_EQ(parsed->command, AdminCommand::kProgress);
  EXPECT_EQ(parsed->data, "d");
  EXPECT_EQ(parsed->bucket, "photos");
  EXPECT_EQ(parsed->rule, "rule-1");
  EXPECT_TRUE(parsed->watch);
  EXPECT_TRUE(parsed->json);
}

TEST(AdminCommandLine, AMistypedSubcommandNamesTheNearestOne) {
  EXPECT_EQ(admin_mistake({"progres", "photos", "--data", "d"}), "farshore admin: there is no subcommand 'progres'; did you mean 'progress'?\n");
  EXPECT_EQ(admin_mistake({"--data", "d", "acounts"}), "farshore admin: there is no subcommand 'acounts'; did you mean 'accounts'?\n");
  EXPECT_EQ(admin_mistake({"zzzzzz"}), "farshore admin: there is no subcommand 'zzzzzz'; see farshore admin --help\n");
}

TEST(AdminCommandLine, AMistypedOptionNamesTheNearestOne) {
  EXPECT_EQ(admin_mistake({"progress", "photos", "--wach", "--data", "d"}), "farshore admin progress: there is no option '--wach'; did you mean '--watch'?\n");
  EXPECT_EQ(admin_mistake({"accounts", "--ednpoint", "http://x"}), "farshore admin accounts: there is no option '--ednpoint'; did you mean '--endpoint'?\n");
}

TEST(AdminCommandLine, MissingAndSurplusArgumentsAreSaid) {
  EXPECT_NE(admin_mistake({"rules", "--data", "d"}).find("farshore admin rules: BUCKET is required"), std::string::npos);
  EXPECT_NE(admin_mistake({}).find("a subcommand is needed: accounts"), std::string::npos);
  EXPECT_NE(admin_mistake({"rules", "a", "b", "--data", "d"}).find("'b' is one too many"), std::string::npos);
  EXPECT_NE(admin_mistake({"accounts"}).find("--endpoint URL or --data DIR"), std::string::npos);
  EXPECT_NE(admin_mistake({"accounts", "--endpoint", "http://x"}).find("--operator-key FILE"), std::string::npos);
  EXPECT_NE(admin_mistake({"audit", "--count", "0", "--data", "d"}).find("--count"), std::string::npos);
}

TEST(AdminCommandLine, HelpIsNoMistake) {
  const auto top = parse_admin({"--help"});
  ASSERT_FALSE(top);
  EXPECT_EQ(top.error().status, 0);
  EXPECT_NE(top.error().text.find("account-create"), std::string::npos);
  const auto inner = parse_admin({"explain", "--help"});
  ASSERT_FALSE(inner);
  EXPECT_EQ(inner.error().status, 0);
  EXPECT_NE(inner.error().text.find("--version"), std::string::npos);
}

TEST(AdminCommandLine, RealmCommandsNeedNoRegion) {
  const auto parsed = parse_admin({"realm", "join", "--directory", "realm", "--region", "cn-beijing=10.0.0.2", "--region", "cn-shanghai=c.example.net:80,81"});
  ASSERT_TRUE(parsed) << parsed.error().text;
  EXPECT_EQ(parsed->command, AdminCommand::kRealmJoin);
  EXPECT_EQ(parsed->realm_join.directory, "realm");
  EXPECT_EQ(parsed->realm_join.regions, (std::vector<std::string>{"cn-beijing=10.0.0.2", "cn-shanghai=c.example.net:80,81"}));
  EXPECT_NE(admin_mistake({"realm", "init", "--directory", "realm"}).find("--region is required"), std::string::npos);
  EXPECT_EQ(admin_mistake({"realm", "jion"}), "farshore admin realm: there is no subcommand 'jion'; did you mean 'join'?\n");
}

TEST(BenchCommandLine, ReadsAnEndpointPair) {
  const auto parsed = parse_bench({"lag", "--endpoint", "http://a:1", "--region", "r1", "--access-key", "k", "--secret", "s", "--bucket", "b", "--destination", "http://b:2",
                                   "--destination-region", "r2", "--destination-bucket", "c", "--size", "64Ki", "--pid", "7", "--pid", "8"});
  ASSERT_TRUE(parsed) << parsed.error().text;
  EXPECT_EQ(parsed->benchmark, Benchmark::kLag);
  EXPECT_EQ(parsed->size_bytes, 65536u);
  EXPECT_EQ(parsed->destination.access_key, "k");
  EXPECT_EQ(parsed->destination.secret.reveal(), "s");
  EXPECT_EQ(parsed->pids, (std::vector<int>{7, 8}));
  EXPECT_EQ(parsed->count, 200u);
}

TEST(BenchCommandLine, SetupChoosesBuckets) {
  const auto parsed = parse_bench({"replicate", "--setup", "--endpoint", "http://a:1", "--region", "r1", "--access-key", "k", "--secret", "s", "--destination", "http://b:2",
                                   "--destination-region", "r2"});
  ASSERT_TRUE(parsed) << parsed.error().text;
  EXPECT_EQ(parsed->source.bucket, "farshore-bench");
  EXPECT_EQ(parsed->destination.bucket, "farshore-bench-replica");
  EXPECT_EQ(parsed->count, 10000u);
}

TEST(BenchCommandLine, PlainHttpWantsAnEndpointAlone) {
  const auto parsed = parse_bench({"http", "--endpoint", "http://a:1", "--count", "5"});
  ASSERT_TRUE(parsed) << parsed.error().text;
  EXPECT_EQ(parsed->benchmark, Benchmark::kHttp);
  EXPECT_NE(bench_mistake({"http"}).find("--endpoint is needed"), std::string::npos);
}

TEST(BenchCommandLine, AnotherDialectIsForBothEndsAndMakesNoRules) {
  const std::vector<std::string> pair{"--dialect", "s3", "--endpoint", "http://a:1", "--region", "r1", "--access-key", "k", "--secret", "s", "--bucket", "b", "--destination", "http://b:2",
                                      "--destination-region", "r2", "--destination-bucket", "b"};
  std::vector<std::string> words = pair;
  words.insert(words.begin(), "replicate");
  const auto parsed = parse_bench(words);
  ASSERT_TRUE(parsed) << parsed.error().text;
  EXPECT_EQ(parsed->source.dialect, Dialect::kS3);
  EXPECT_EQ(parsed->destination.dialect, Dialect::kS3);
  words.push_back("--setup");
  EXPECT_NE(bench_mistake(words).find("with --dialect s3 make buckets and replication yourself"), std::string::npos);
  EXPECT_NE(bench_mistake({"put", "--dialect", "swift"}).find("swift"), std::string::npos);
}

TEST(BenchCommandLine, SaysWhatIsMissing) {
  EXPECT_NE(bench_mistake({"put"}).find("--endpoint is needed"), std::string::npos);
  EXPECT_NE(bench_mistake({"replicate", "--history"}).find("--history is for replicate, and needs --setup"), std::string::npos);
  EXPECT_NE(bench_mistake({"put", "--history", "--setup"}).find("--history is for replicate"), std::string::npos);
  EXPECT_NE(bench_mistake({"put", "--endpoint", "http://a:1", "--region", "r", "--access-key", "k", "--secret", "s"}).find("--bucket is needed"), std::string::npos);
  EXPECT_NE(bench_mistake({"lag", "--endpoint", "http://a:1", "--region", "r", "--access-key", "k", "--secret", "s", "--bucket", "b"}).find("--destination is needed"),
            std::string::npos);
  EXPECT_EQ(bench_mistake({"replicat"}), "farshore bench: there is no subcommand 'replicat'; did you mean 'replicate'?\n");
  EXPECT_NE(bench_mistake({"put", "--data", "/nonexistent"}).find("farshore dev --data /nonexistent"), std::string::npos);
}

}  // namespace
}  // namespace farshore::cli
