// SPDX-License-Identifier: Apache-2.0
#include "api/oss/address.h"

#include <gtest/gtest.h>

namespace farshore::api::oss {
namespace {

Endpoints endpoints(bool catch_all = true) {
  Endpoints made;
  made.here = RegionId("cn-fs1");
  made.regions = {{RegionId("cn-fs1"), {"oss-cn-fs1.example.net"}, "oss-cn-fs1.example.net:9000", ""},
                  {RegionId("cn-fs2"), {"oss-cn-fs2.example.net"}, "oss-cn-fs2.example.net:9000", ""}};
  made.cnames.emplace("pictures.example.org", BucketName("photos"));
  made.catch_all = catch_all;
  return made;
}

/// "style region bucket key" or the error's code.
std::string resolved(std::string_view host, std::string_view path, bool catch_all = true) {
  const Endpoints known = endpoints(catch_all);
  const auto address = resolve_address(known, host, path);
  if (!address) return std::string(error_code_name(address.error().code()));
  const char* styles[] = {"path", "virtual", "cname"};
  return std::string(styles[static_cast<int>(address->style)]) + " " + address->region.get() + " [" + address->bucket.get() + "] [" + address->key.get() + "]";
}

TEST(Address, IpLocalhostAndEndpointNamesArePathStyle) {
  EXPECT_EQ(resolved("127.0.0.1:9000", "/"), "path cn-fs1 [] []");
  EXPECT_EQ(resolved("127.0.0.1:9000", "/bkt"), "path cn-fs1 [bkt] []");
  EXPECT_EQ(resolved("127.0.0.1", "/bkt/"), "path cn-fs1 [bkt] []");
  EXPECT_EQ(resolved("[::1]:9000", "/bkt/k"), "path cn-fs1 [bkt] [k]");
  EXPECT_EQ(resolved("LOCALHOST:1", "/bkt/k"), "path cn-fs1 [bkt] [k]");
  EXPECT_EQ(resolved("oss-cn-fs2.example.net.:9000", "/bkt/k"), "path cn-fs2 [bkt] [k]");
}

TEST(Address, ALabelBeforeAnEndpointIsABucket) {
  EXPECT_EQ(resolved("bkt.oss-cn-fs1.example.net:9000", "/a/b"), "virtual cn-fs1 [bkt] [a/b]");
  EXPECT_EQ(resolved("bkt.oss-cn-fs2.example.net", "/"), "virtual cn-fs2 [bkt] []");
  EXPECT_EQ(resolved("bkt.localhost:9000", "/k"), "virtual cn-fs1 [bkt] [k]");
  EXPECT_EQ(resolved("no_bucket.oss-cn-fs1.example.net", "/k"), "InvalidBucketName");
}

TEST(Address, PublicNamesAreUnderstoodWithoutConfiguration) {
  EXPECT_EQ(resolved("bkt.oss-cn-fs2.aliyuncs.com", "/k"), "virtual cn-fs2 [bkt] [k]");
  EXPECT_EQ(resolved("bkt.oss-cn-fs2-internal.aliyuncs.com", "/k"), "virtual cn-fs2 [bkt] [k]");
  EXPECT_EQ(resolved("oss-cn-fs2.aliyuncs.com", "/"), "path cn-fs2 [] []");
  EXPECT_EQ(resolved("oss-cn-fs2.aliyuncs.com", "/bkt/k"), "path cn-fs2 [bkt] [k]");
}

TEST(Address, TheLeadingDotOfAliOssIsAServiceCall) {
  EXPECT_EQ(resolved(".oss-cn-fs1.aliyuncs.com", "/"), "virtual cn-fs1 [] []");
  EXPECT_EQ(resolved(".oss-cn-fs1.example.net", "/"), "virtual cn-fs1 [] []");
}

TEST(Address, BoundNamesAreBuckets) { EXPECT_EQ(resolved("pictures.example.org", "/k"), "cname cn-fs1 [photos] [k]"); }

TEST(Address, UnknownHostsNeedTheCatchAll) {
  EXPECT_EQ(resolved("elsewhere.test", "/bkt/k"), "path cn-fs1 [bkt] [k]");
  EXPECT_EQ(resolved("elsewhere.test", "/bkt/k", false), "NonStandardHostForbidden");
  EXPECT_EQ(resolved("bkt.oss-xx.aliyuncs.com", "/k", false), "NonStandardHostForbidden");
}

TEST(Address, TheKeyIsDecodedAsOneString) {
  EXPECT_EQ(resolved("127.0.0.1", "/bkt/a%2Fb/c+d%20e"), "path cn-fs1 [bkt] [a/b/c+d e]");
  EXPECT_EQ(resolved("127.0.0.1", "/bkt/a//b/../c/."), "path cn-fs1 [bkt] [a//b/../c/.]");
  EXPECT_EQ(resolved("127.0.0.1", "/bkt/a/"), "path cn-fs1 [bkt] [a/]");
  EXPECT_EQ(resolved("127.0.0.1", "/bkt/%E4%B8%AD"), "path cn-fs1 [bkt] [中]");
}

TEST(Address, InvalidNamesAreRefused) {
  EXPECT_EQ(resolved("127.0.0.1", "/BK/k"), "InvalidBucketName");
  EXPECT_EQ(resolved("127.0.0.1", "//k"), "InvalidBucketName");
  EXPECT_EQ(resolved("127.0.0.1", "/bkt//k"), "InvalidObjectName");
  EXPECT_EQ(resolved("127.0.0.1", "/bkt/%5Ck"), "InvalidObjectName");
  EXPECT_EQ(resolved("127.0.0.1", "/bkt/%ff"), "InvalidObjectName");
  EXPECT_EQ(resolved("127.0.0.1", "/bkt/%f"), "InvalidArgument");
  EXPECT_EQ(resolved("127.0.0.1", "/bkt/" + std::string(1024, 'k')), "InvalidObjectName");
}

}  // namespace
}  // namespace farshore::api::oss
