// SPDX-License-Identifier: Apache-2.0
// How an operator names a region.
#include <gtest/gtest.h>

#include "server/realm_setup.h"

namespace farshore::server {
namespace {

std::string read(std::string_view text) {
  const auto setup = parse_region_setup(text);
  return setup ? fmt::format("{} {} {} {}", setup->id, setup->host, setup->client_port, setup->peer_port) : "refused: " + setup.error().message().substr(0, 8);
}

TEST(RegionSetup, PortsAreOptional) {
  EXPECT_EQ(read("cn-hangzhou=10.0.0.1"), "cn-hangzhou 10.0.0.1 8080 8443");
  EXPECT_EQ(read("cn-beijing=b.example.net:80"), "cn-beijing b.example.net 80 8443");
  EXPECT_EQ(read("cn-beijing=b.example.net:80,81"), "cn-beijing b.example.net 80 81");
  EXPECT_EQ(read("cn-beijing=b.example.net,81"), "cn-beijing b.example.net 8080 81");
}

TEST(RegionSetup, AnIpv6AddressStandsInBracketsBeforeAPort) {
  EXPECT_EQ(read("r=fd00::1"), "r fd00::1 8080 8443");
  EXPECT_EQ(read("r=[fd00::1]"), "r fd00::1 8080 8443");
  EXPECT_EQ(read("r=[fd00::1]:80,81"), "r fd00::1 80 81");
}

TEST(RegionSetup, WhatIsNotUnderstoodIsRefused) {
  for (const char* text : {"", "cn-x", "=host", "cn-x=", "CN=host", "cn x=host", "r=host:0", "r=host:http", "r=host:70000", "r=host:80,", "r=host:80,x", "r=ho st", "r=a/b", "authority=host"}) {
    EXPECT_EQ(read(text).substr(0, 8), "refused:") << text;
  }
}

}  // namespace
}  // namespace farshore::server
