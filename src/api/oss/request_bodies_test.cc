// SPDX-License-Identifier: Apache-2.0
// The XML bodies that only one operation reads.
#include "api/oss/request_bodies.h"

#include <gtest/gtest.h>

namespace farshore::api::oss {
namespace {

std::string deletions(std::size_t count) {
  std::string body = "<Delete>";
  for (std::size_t i = 0; i < count; ++i) body += "<Object><Key>k</Key></Object>";
  return body + "</Delete>";
}

TEST(RequestBodies, ADeletionNamesOneToAThousandObjects) {
  EXPECT_EQ(read_deletions(deletions(0)).error().code(), ErrorCode::kMalformedXML);
  EXPECT_EQ(read_deletions(deletions(1)).value().refs.size(), 1u);
  EXPECT_EQ(read_deletions(deletions(1000)).value().refs.size(), 1000u);
  EXPECT_EQ(read_deletions(deletions(1001)).error().code(), ErrorCode::kMalformedXML);
}

TEST(RequestBodies, EveryObjectOfADeletionHasAValidKeyAndVersion) {
  EXPECT_EQ(read_deletions("<Delete><Object><VersionId>null</VersionId></Object></Delete>").error().code(), ErrorCode::kUserKeyMustBeSpecified);
  EXPECT_EQ(read_deletions("<Delete><Object><Key>/k</Key></Object></Delete>").error().code(), ErrorCode::kInvalidObjectName);
  EXPECT_EQ(read_deletions("<Delete><Object><Key>k</Key><VersionId>1</VersionId></Object></Delete>").error().code(), ErrorCode::kInvalidArgument);
  const auto wanted = read_deletions("<Delete><Quiet>True</Quiet><Object><Key>k</Key><VersionId>null</VersionId></Object><Object><Key>l</Key><VersionId/></Object></Delete>").value();
  EXPECT_TRUE(wanted.quiet);
  EXPECT_EQ(wanted.refs[0].version_id, VersionId::null());
  EXPECT_EQ(wanted.refs[1].version_id, std::nullopt);
}

TEST(RequestBodies, AVersioningStateIsEnabledOrSuspended) {
  EXPECT_EQ(read_versioning("<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>").value(), Versioning::kSuspended);
  EXPECT_EQ(read_versioning("<VersioningConfiguration><Status>enabled</Status></VersioningConfiguration>").error().code(), ErrorCode::kMalformedXML);
  EXPECT_EQ(read_versioning("<VersioningConfiguration/>").error().code(), ErrorCode::kMalformedXML);
}

TEST(RequestBodies, AnAlgorithmThatIsNotBuiltIsRefusedByName) {
  const auto rule = [](std::string_view inside) {
    return read_encryption_rule("<ServerSideEncryptionRule><ApplyServerSideEncryptionByDefault>" + std::string(inside) +
                                "</ApplyServerSideEncryptionByDefault></ServerSideEncryptionRule>");
  };
  EXPECT_EQ(rule("<SSEAlgorithm>AES256</SSEAlgorithm>").value(), Encryption::kAes256);
  EXPECT_EQ(rule("<SSEAlgorithm>SM4</SSEAlgorithm>").error().code(), ErrorCode::kNotImplemented);
  EXPECT_EQ(rule("<SSEAlgorithm>aes256</SSEAlgorithm>").error().code(), ErrorCode::kInvalidEncryptionAlgorithmError);
  EXPECT_EQ(rule("<SSEAlgorithm>AES256</SSEAlgorithm><KMSMasterKeyID>k</KMSMasterKeyID>").error().code(), ErrorCode::kInvalidArgument);
}

TEST(RequestBodies, ABucketConfigurationMayAskForNothing) {
  EXPECT_EQ(read_bucket_configuration("").value(), std::nullopt);
  EXPECT_EQ(read_bucket_configuration("<CreateBucketConfiguration/>").value(), std::nullopt);
  EXPECT_EQ(read_bucket_configuration("<CreateBucketConfiguration><StorageClass>IA</StorageClass></CreateBucketConfiguration>").value(), StorageClass::kIa);
  EXPECT_EQ(read_bucket_configuration("<CreateBucketConfiguration><DataRedundancyType>ZRS</DataRedundancyType></CreateBucketConfiguration>").error().code(),
            ErrorCode::kNotImplemented);
}

}  // namespace
}  // namespace farshore::api::oss
