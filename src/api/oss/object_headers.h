// SPDX-License-Identifier: Apache-2.0
// The headers that describe an object: read on writes, written on reads.
#pragma once

#include <string_view>

#include "api/oss/call.h"
#include "model/version.h"
#include "objects/objects.h"

namespace farshore::api::oss {

/// Metadata, ACL, storage class, encryption, tags and forbid-overwrite of a write.
///
/// Errors  kInvalidArgument: an unknown ACL, class or algorithm, metadata beyond 8 KiB
///         kInvalidTag, kTooManyTags: x-oss-tagging
///         kNotImplemented naming the header: conditions of reads, KMS and SM4, client-side keys, x-oss-persistent-headers
Result<objects::NewObject> read_new_object(const Call& call);

/// What the client says about its body: Content-MD5 and x-oss-hash-crc64ecma. Error: kInvalidDigest for one that is no MD5.
Result<objects::ExpectedContent> read_expected(const Call& call);

/// The body of a write, checked against x-oss-content-sha256 where that is a digest. Errors: kMissingContentLength;
/// kEntityTooLarge before any byte was read.
Result<std::unique_ptr<BodySource>> take_content(Call& call);

/// All headers of a GET or HEAD, but those of ranges. Content-Length is the caller's.
void write_object_headers(http::Response& response, const Version& version, const BucketSettings& settings);

/// x-oss-server-side-encryption, where the content is encrypted.
void write_encryption(http::Response& response, Encryption encryption);

}  // namespace farshore::api::oss
