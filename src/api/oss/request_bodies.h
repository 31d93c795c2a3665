// SPDX-License-Identifier: Apache-2.0
// The XML bodies of requests that only one operation reads: bytes to values, without a request around them.
#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "model/bucket.h"
#include "objects/objects.h"

namespace farshore::api::oss {

// Rule: OSS, "DeleteMultipleObjects": a body of at most 2 MB.
inline constexpr std::size_t kRuleDeleteManyBytesMax = 2 << 20;

/// What DeleteMultipleObjects asks for.
struct Deletions {
  bool quiet = false;
  std::vector<objects::ObjectRef> refs;
};
/// Delete{Quiet? Object+{Key VersionId?}}. Errors: kMalformedXML, kUserKeyMustBeSpecified, kInvalidObjectName, kInvalidArgument.
Result<Deletions> read_deletions(BytesView xml);

/// VersioningConfiguration{Status}. Error: kMalformedXML, also for an unknown status.
Result<Versioning> read_versioning(BytesView xml);

/// ServerSideEncryptionRule{ApplyServerSideEncryptionByDefault{SSEAlgorithm KMSMasterKeyID?}}.
/// Errors: kMalformedXML, kNotImplemented, kInvalidEncryptionAlgorithmError, kInvalidArgument.
Result<Encryption> read_encryption_rule(BytesView xml);

/// CreateBucketConfiguration{StorageClass? DataRedundancyType?}: the class asked for, if any; an empty body asks for nothing.
/// Errors: kMalformedXML, kInvalidArgument, kNotImplemented.
Result<std::optional<StorageClass>> read_bucket_configuration(BytesView xml);

}  // namespace farshore::api::oss
