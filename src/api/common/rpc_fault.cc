// SPDX-License-Identifier: Apache-2.0
// The table from our codes to those of RAM and STS. A code without a row is a build error.
#pragma clang diagnostic error "-Wswitch"
#include "api/common/rpc_fault.h"

#include <fmt/format.h>

#include "codec/text.h"

namespace farshore::api {
namespace {

// Rule: RAM, "Error codes": the entity, or the field and what is wrong with it, is part of the code.
std::string with_part(std::string_view code, std::string_view part) {
  return part.empty() ? std::string(code) : fmt::format("{}.{}", code, part);
}

RpcFault plain(int status, std::string code, const Error& error) { return {status, std::move(code), error.message(), {}, 0, {}}; }

RpcFault entity_fault(int status, std::string_view code, const Error& error) {
  return plain(status, with_part(code, error.detail("Entity")), error);
}

RpcFault parameter_fault(const Error& error) {
  return plain(400, with_part(with_part("InvalidParameter", error.detail("Field")), error.detail("Reason")), error);
}

// Rule: RAM and STS, "AccessDeniedDetail": the details that identity::denied() gives are already named as the answer names them.
RpcFault permission_fault(const Error& error) { return {403, "NoPermission", error.message(), error.details(), 0, {}}; }

RpcFault access_key_fault(const Error& error) {
  const std::string_view reason = error.detail("Reason");
  if (reason == "Inactive") return {400, "InvalidAccessKeyId.Inactive", "Specified access key is disabled.", {}, 0, {}};
  if (reason == "MissingSecurityToken") return {400, "MissingSecurityToken", "SecurityToken is mandatory for this action.", {}, 0, {}};
  return {404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.", {}, 0, {}};
}

RpcFault internal(const Error& error) {
  return {500, "InternalError", "The request processing has failed due to some unknown error.", {}, 0, error.text()};
}

RpcFault unavailable(const Error& error) {
  return {503, "ServiceUnavailable", "The request has failed due to a temporary failure of the server.", {}, 0, error.text()};
}

// Rule: RPC-style API, "Throttling": clients repeat only when told how long to wait, in milliseconds.
RpcFault busy(const Error& error) {
  RpcFault fault = unavailable(error);
  fault.retry_after_millis = codec::parse_decimal<int>(error.detail("RetryAfter")).value_or(1) * 1000;
  fault.logged.clear();
  return fault;
}

}  // namespace

RpcFault rpc_fault(const Error& error) {
  using enum ErrorCode;
  switch (error.code()) {
    case kEntityNotExist: return entity_fault(404, "EntityNotExist", error);
    case kEntityAlreadyExists: return entity_fault(409, "EntityAlreadyExists", error);
    case kDeleteConflict: return entity_fault(409, "DeleteConflict", error);
    case kLimitExceeded: return entity_fault(409, "LimitExceeded", error);
    case kMalformedPolicyDocument: return plain(400, "MalformedPolicyDocument", error);
    case kInvalidParameter: return parameter_fault(error);
    case kMissingArgument: return plain(400, fmt::format("Missing{}", error.detail("Name")), error);
    case kNoPermission:
    case kAccessDenied: return permission_fault(error);
    case kNotImplemented: return plain(400, "NotImplemented", error);
    case kInvalidArgument:
    case kInvalidRequest:
    case kBadRequest:
    case kMalformedRequest: return plain(400, "InvalidParameter", error);
    case kEntityTooLarge: return plain(400, "InvalidParameter", error);
    case kIncompleteBody:
    case kRequestTimeout: return plain(400, "InvalidParameter", error);
    case kInvalidAccessKeyId: return access_key_fault(error);
    case kUserDisable: return {400, "InvalidAccessKeyId.Inactive", "Specified access key is disabled.", {}, 0, {}};
    case kInvalidSecurityToken: return {400, "InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed.", {}, 0, error.text()};
    case kSecurityTokenExpired: return {400, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired.", {}, 0, {}};
    case kAccessKeyIdAndSecurityTokenNotMatch:
    case kSecurityTokenNotSupported:
      return {400, "InvalidSecurityToken.MismatchWithAccessKey", "Specified SecurityToken is not matched with AccessKeyId.", {}, 0, {}};
    case kSignatureDoesNotMatch: return plain(400, "SignatureDoesNotMatch", error);
    case kRequestTimeTooSkewed: return {400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.", {}, 0, {}};
    case kServiceBusy: return busy(error);
    case kHomeUnavailable: return plain(503, "ServiceUnavailable", error);  // the caller shall know that data calls go on
    case kStorageUnavailable:
    case kStorageFull:
    case kPartitionFenced:
    case kCancelled:
    case kDeadlineExceeded:
    case kConnectionClosed:
    case kUnreachable:
    case kDirectoryStale:
    case kExpectationFailed:
    case kStalePeer: return unavailable(error);
    // Codes of other protocols and layers: reaching this table with one of them is a fault of ours.
    case kInternalError: case kMethodNotAllowed: case kMalformedXML: case kEntityTooSmall: case kMissingContentLength: case kInvalidDigest:
    case kInvalidCRC64: case kPreconditionFailed: case kNotModified: case kInvalidRange: case kHeaderTooLarge: case kInlineDataTooLarge:
    case kNonStandardHostForbidden: case kSecondLevelDomainForbidden: case kNoSuchBucket: case kBucketAlreadyExists: case kBucketNotEmpty:
    case kInvalidBucketName: case kTooManyBuckets: case kInvalidBucketState: case kNoSuchBucketPolicy: case kInvalidPolicyDocument:
    case kNoSuchServerSideEncryptionRule: case kInvalidEncryptionAlgorithmError: case kNoSuchCORSConfiguration:
    case kNoSuchWebsiteConfiguration: case kNoSuchLifecycle: case kNoSuchTransferAccelerationConfiguration: case kNoSuchInventory:
    case kNoSuchWORMConfiguration: case kNoSuchUserDefinedLogFieldsConfig: case kNoSuchHttpsConfig: case kNoSuchBucketOverwriteConfig:
    case kNoSuchResponseHeaderConfiguration: case kNoSuchStyle: case kNoSuchRegion: case kNoSuchKey: case kNoSuchVersion:
    case kNoSuchUpload: case kInvalidObjectName: case kFileAlreadyExists: case kInvalidPart: case kInvalidPartOrder: case kPartNotSequential:
    case kInvalidTag: case kTooManyTags: case kUserKeyMustBeSpecified: case kObjectNotAppendable: case kPositionNotEqualToLength:
    case kInvalidObjectState: case kOperationNotSupported: case kNoReplicationRule: case kTooManyReplicationRules: case kTooManyPrefixes:
    case kTooManyFilterObjectTags: case kInvalidTargetBucket: case kInvalidTargetLocation: case kBadReplicationLocation:
    case kNoReplicationLocation: case kBucketReplicationAlreadyExist: case kTooManyOutgoingReplication: case kTooManyIncomingReplication:
    case kInvalidBucketStatus: case kReplicationLocationNotSupportRtc: case kBucketReplicationInClosingStatus:
    case kBucketReplicationNotSupportRtc: case kNoSuchReplicationConfiguration: case kNoSuchReplicationRule: case kCorrupt: case kNotFound:
    case kProtocolViolation: case kRegionUnknown:
      return internal(error);
  }
  return internal(error);
}

Error missing_parameter(std::string_view name) {
  return Error(ErrorCode::kMissingArgument, fmt::format("{} is mandatory for this action.", name)).with("Name", name);
}

Error wrong_parameter(std::string_view field, std::string message) {
  return Error(ErrorCode::kInvalidParameter, std::move(message)).with("Field", field);
}

}  // namespace farshore::api
