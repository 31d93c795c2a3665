// SPDX-License-Identifier: Apache-2.0
// ErrorCode: the closed list of failures that a public API names or a caller acts on.
#pragma once

#include <string_view>

namespace farshore {

// One list drives the enumeration and the names. Names are the public spelling of OSS and RAM where one exists.
#define FS_ERROR_CODES(X)                                                                                    \
  /* general */                                                                                              \
  X(InternalError) X(InvalidArgument) X(InvalidRequest) X(MissingArgument) X(NotImplemented)                 \
  X(MethodNotAllowed) X(MalformedXML) X(RequestTimeout) X(IncompleteBody) X(EntityTooLarge) X(EntityTooSmall) \
  X(MissingContentLength) X(InvalidDigest) X(InvalidCRC64) X(ServiceBusy) X(PreconditionFailed) X(NotModified) \
  X(InvalidRange) X(MalformedRequest) X(HeaderTooLarge) X(InlineDataTooLarge) X(BadRequest)                  \
  /* authentication */                                                                                       \
  X(AccessDenied) X(SignatureDoesNotMatch) X(InvalidAccessKeyId) X(InvalidSecurityToken)                     \
  X(SecurityTokenExpired) X(AccessKeyIdAndSecurityTokenNotMatch) X(RequestTimeTooSkewed) X(UserDisable)      \
  X(SecurityTokenNotSupported)                                                                               \
  /* hosts */                                                                                                \
  X(NonStandardHostForbidden) X(SecondLevelDomainForbidden)                                                  \
  /* buckets */                                                                                              \
  X(NoSuchBucket) X(BucketAlreadyExists) X(BucketNotEmpty) X(InvalidBucketName) X(TooManyBuckets)            \
  X(InvalidBucketState) X(NoSuchBucketPolicy) X(InvalidPolicyDocument) X(NoSuchServerSideEncryptionRule)     \
  X(InvalidEncryptionAlgorithmError) X(NoSuchCORSConfiguration) X(NoSuchWebsiteConfiguration)                \
  X(NoSuchLifecycle) X(NoSuchTransferAccelerationConfiguration) X(NoSuchInventory) X(NoSuchWORMConfiguration) \
  X(NoSuchUserDefinedLogFieldsConfig) X(NoSuchHttpsConfig) X(NoSuchBucketOverwriteConfig)                    \
  X(NoSuchResponseHeaderConfiguration) X(NoSuchStyle) X(NoSuchRegion)                                        \
  /* objects */                                                                                              \
  X(NoSuchKey) X(NoSuchVersion) X(NoSuchUpload) X(InvalidObjectName) X(FileAlreadyExists) X(InvalidPart)     \
  X(InvalidPartOrder) X(PartNotSequential) X(InvalidTag) X(TooManyTags) X(UserKeyMustBeSpecified)            \
  X(ObjectNotAppendable) X(PositionNotEqualToLength) X(InvalidObjectState) X(OperationNotSupported)          \
  /* replication */                                                                                          \
  X(NoReplicationRule) X(TooManyReplicationRules) X(TooManyPrefixes) X(TooManyFilterObjectTags)              \
  X(InvalidTargetBucket) X(InvalidTargetLocation) X(BadReplicationLocation) X(NoReplicationLocation)         \
  X(BucketReplicationAlreadyExist) X(TooManyOutgoingReplication) X(TooManyIncomingReplication)               \
  X(InvalidBucketStatus) X(ReplicationLocationNotSupportRtc) X(BucketReplicationInClosingStatus)             \
  X(BucketReplicationNotSupportRtc) X(NoSuchReplicationConfiguration) X(NoSuchReplicationRule)               \
  /* identity: the public code is EntityNotExist.<X> and so on; the entity travels as detail "Entity" */     \
  X(EntityNotExist) X(EntityAlreadyExists) X(DeleteConflict) X(LimitExceeded) X(MalformedPolicyDocument)     \
  X(InvalidParameter) X(NoPermission)                                                                        \
  /* storage: callers act on these; protocols turn them into InternalError or ServiceBusy */                 \
  X(ExpectationFailed) X(PartitionFenced) X(StorageUnavailable) X(StorageFull) X(Corrupt) X(NotFound)        \
  /* runtime */                                                                                              \
  X(Cancelled) X(DeadlineExceeded) X(ConnectionClosed) X(Unreachable) X(ProtocolViolation)                   \
  /* directory and peers */                                                                                  \
  X(HomeUnavailable) X(DirectoryStale) X(RegionUnknown) X(StalePeer)

enum class ErrorCode : unsigned short {
#define X(name) k##name,
  FS_ERROR_CODES(X)
#undef X
};

/// The public spelling, e.g. "NoSuchKey".
std::string_view error_code_name(ErrorCode code);
/// The code of that spelling; kInternalError for one this version does not know. Between regions codes travel by name,
/// so that the enumeration may grow in the middle.
ErrorCode error_code_named(std::string_view name);

}  // namespace farshore
