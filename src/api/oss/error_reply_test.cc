// SPDX-License-Identifier: Apache-2.0
#include "api/oss/error_reply.h"

#include <gtest/gtest.h>

#include "codec/text.h"
#include "codec/xml.h"

namespace farshore::api::oss {
namespace {

const ErrorFrame kFrame{"65F0C0FFEE00000000000001", "fsb-demo.oss-cn-fs1.localhost", false};

TEST(ErrorReply, CarriesCodeMessageRequestIdAndHostId) {
  http::Response reply = error_reply(Error(ErrorCode::kNoSuchKey, "").with("Key", "a<b"), kFrame);
  EXPECT_EQ(reply.status(), 404);
  EXPECT_EQ(reply.headers().get("x-oss-ec"), "0026-00000001");
  const auto document = codec::parse_xml(reply.bytes().view());
  ASSERT_TRUE(document);
  const codec::XmlNode root = document->root();
  EXPECT_EQ(root.name(), "Error");
  EXPECT_EQ(root.child("Code").text(), "NoSuchKey");
  EXPECT_EQ(root.child("Message").text(), "The specified key does not exist.");
  EXPECT_EQ(root.child("RequestId").text(), "65F0C0FFEE00000000000001");
  EXPECT_EQ(root.child("HostId").text(), "fsb-demo.oss-cn-fs1.localhost");
  EXPECT_EQ(root.child("Key").text(), "a<b");
  EXPECT_EQ(root.child("EC").text(), "0026-00000001");
}

TEST(ErrorReply, OnHeadTheXmlTravelsInAHeader) {
  ErrorFrame frame = kFrame;
  frame.head = true;
  http::Response reply = error_reply(Error(ErrorCode::kNoSuchBucket, ""), frame);
  EXPECT_TRUE(reply.bytes().empty());
  const auto xml = codec::base64_decode(reply.headers().get("x-oss-err"));
  ASSERT_TRUE(xml);
  EXPECT_NE(xml->find("<Code>NoSuchBucket</Code>"), std::string::npos);
}

TEST(ErrorReply, GroupsTheReasonsOfADenial) {
  const Error error = Error(ErrorCode::kAccessDenied, "no").with("AuthAction", "oss:GetObject").with("NoPermissionType", "ImplicitDeny");
  const http::Response reply = error_reply(error, kFrame);
  EXPECT_NE(reply.bytes().view().find("<AccessDeniedDetail><AuthAction>oss:GetObject</AuthAction><NoPermissionType>ImplicitDeny</NoPermissionType></AccessDeniedDetail>"),
            std::string::npos);
}

TEST(ErrorReply, KeepsInnerTroubleToItself) {
  const http::Response reply = error_reply(Error(ErrorCode::kCorrupt, "blob 17 is bad").with("path", "disk0"), kFrame);
  EXPECT_EQ(reply.status(), 500);
  EXPECT_EQ(reply.bytes().view().find("blob"), std::string::npos);
  EXPECT_EQ(reply.bytes().view().find("disk0"), std::string::npos);
  EXPECT_NE(reply.bytes().view().find("<Code>InternalError</Code>"), std::string::npos);
}

TEST(ErrorReply, ADeleteMarkerIsToldInHeaders) {
  const Error error =
      Error(ErrorCode::kMethodNotAllowed, "").with("Method", "GET").with("ResourceType", "DeleteMarker").with("DeleteMarker", "true").with("VersionId", "V1");
  const http::Response reply = error_reply(error, kFrame);
  EXPECT_EQ(reply.status(), 405);
  EXPECT_EQ(reply.headers().get("x-oss-delete-marker"), "true");
  EXPECT_EQ(reply.headers().get("x-oss-version-id"), "V1");
  EXPECT_EQ(reply.headers().get("Allow"), "DELETE");
}

TEST(ErrorReply, BusyRepliesSayWhenToComeBack) {
  EXPECT_EQ(error_reply(Error(ErrorCode::kServiceBusy, ""), kFrame).headers().get("Retry-After"), "1");
  EXPECT_EQ(error_reply(Error(ErrorCode::kStorageUnavailable, ""), kFrame).status(), 503);
}

TEST(ErrorReply, EveryCodeHasAMessageAndAStatus) {
#define X(name)                                                                  \
  EXPECT_GE(error_row(ErrorCode::k##name).status, 203) << #name;                 \
  EXPECT_FALSE(error_row(ErrorCode::k##name).message.empty()) << #name;
  FS_ERROR_CODES(X)
#undef X
}

}  // namespace
}  // namespace farshore::api::oss
