// SPDX-License-Identifier: Apache-2.0
// What a configuration file of `farshore serve` may not say.
#include <gtest/gtest.h>

#include "server/serve_config.h"

namespace farshore::server {
namespace {

std::string config(const std::string& id, const std::string& more = "") {
  return "region = \"" + id + "\"\nhome = \"" + id + "\"\ndata = \"data\"\n" + more + R"(
[listen]
address = "127.0.0.1:8080"
[peer]
address = "127.0.0.1:8443"
certificate = "cert.pem"
key = "key.pem"
ca = "ca.pem"
[[regions]]
id = ")" + id + R"("
number = 1
peer = "127.0.0.1:8443"
public = "127.0.0.1:8080"
)";
}

std::string refusal(const std::string& text) {
  const auto parsed = parse_serve_config(text, "farshore.toml");
  return parsed ? "" : parsed.error().message();
}

TEST(ServeConfig, ARegionIdIsCheckedBeforeItReachesTokensAndHostNames) {
  EXPECT_EQ(refusal(config("cn-hangzhou")), "");
  for (const std::string& id : {std::string(), std::string(300, 'a'), std::string("a/b"), std::string("CN"), std::string("authority")}) {
    EXPECT_NE(refusal(config(id)).find("regions.id must be"), std::string::npos) << id;
  }
}

TEST(ServeConfig, TextOnWhichTheParserAssertsIsRefusedLikeAnyOther) {
  for (const char* text : {"[@peer]", "[[[reg[ions]]", "keY= 2024-01-01TZ0!"}) EXPECT_TRUE(refusal(text).starts_with("farshore.toml: ")) << text;
}

TEST(ServeConfig, StoreIsASection) {
  EXPECT_NE(refusal(config("cn-hangzhou", "store = 5\n")).find("store must be a section"), std::string::npos);
}

}  // namespace
}  // namespace farshore::server
