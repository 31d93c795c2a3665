// SPDX-License-Identifier: Apache-2.0
// The table of error codes. A missing row is a build warning turned error: the switch has no default.
#include "api/oss/error_reply.h"

#pragma clang diagnostic error "-Wswitch"

namespace farshore::api::oss {
namespace {

constexpr std::string_view kInternalMessage = "We encountered an internal error. Please try again.";
constexpr ErrorRow kInternal{500, "InternalError", kInternalMessage, "", true};
constexpr ErrorRow kBusy{503, "ServiceBusy", "The service is busy. Please try again.", "", true};

}  // namespace

ErrorRow error_row(ErrorCode code) {
  switch (code) {
    // general
    case ErrorCode::kInternalError: return kInternal;
    case ErrorCode::kInvalidArgument: return {400, "InvalidArgument", "Invalid argument.", "0002-00000001"};
    case ErrorCode::kInvalidRequest: return {400, "InvalidRequest", "The request is invalid.", ""};
    case ErrorCode::kMissingArgument: return {400, "MissingArgument", "A required argument is missing.", ""};
    case ErrorCode::kNotImplemented: return {400, "NotImplemented", "A header or parameter you provided implies functionality that is not implemented.", ""};
    case ErrorCode::kMethodNotAllowed: return {405, "MethodNotAllowed", "The specified method is not allowed against this resource.", ""};
    case ErrorCode::kMalformedXML: return {400, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema.", "0016-00000608"};
    case ErrorCode::kRequestTimeout: return {400, "RequestTimeout", "Your socket connection to the server was not read from or written to within the timeout period.", ""};
    case ErrorCode::kIncompleteBody: return {400, "IncompleteBody", "You did not provide the number of bytes specified by the Content-Length HTTP header.", ""};
    case ErrorCode::kEntityTooLarge: return {400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed object size.", ""};
    case ErrorCode::kEntityTooSmall: return {400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed object size.", ""};
    case ErrorCode::kMissingContentLength: return {411, "MissingContentLength", "You must provide the Content-Length HTTP header.", ""};
    case ErrorCode::kInvalidDigest: return {400, "InvalidDigest", "The Content-MD5 you specified was invalid.", ""};
    case ErrorCode::kInvalidCRC64: return {400, "InvalidCRC64", "The CRC64 you specified does not match what we computed.", ""};
    case ErrorCode::kServiceBusy: return {503, "ServiceBusy", "Please reduce your request rate.", ""};
    case ErrorCode::kPreconditionFailed: return {412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold.", ""};
    case ErrorCode::kNotModified: return {304, "NotModified", "Not Modified", ""};
    case ErrorCode::kInvalidRange: return {416, "InvalidRange", "The requested range cannot be satisfied.", ""};
    case ErrorCode::kMalformedRequest: return {400, "InvalidRequest", "The request could not be read.", ""};
    case ErrorCode::kHeaderTooLarge: return {400, "RequestHeaderTooLarge", "The request line or a header is too long.", ""};
    case ErrorCode::kInlineDataTooLarge: return {400, "InlineDataTooLarge", "The inline data exceeds the maximum allowed size.", ""};
    case ErrorCode::kBadRequest: return {400, "BadRequest", "The request is invalid.", ""};
    // authentication
    case ErrorCode::kAccessDenied: return {403, "AccessDenied", "You have no right to access this object.", "0003-00000001"};
    case ErrorCode::kSignatureDoesNotMatch: return {403, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided. Check your key and signing method.", "0002-00000040"};
    case ErrorCode::kInvalidAccessKeyId: return {403, "InvalidAccessKeyId", "The OSS Access Key Id you provided does not exist in our records.", "0002-00000902"};
    case ErrorCode::kInvalidSecurityToken: return {403, "InvalidSecurityToken", "The security token you provided is invalid.", "0002-00000025"};
    case ErrorCode::kSecurityTokenExpired: return {403, "SecurityTokenExpired", "The security token you provided has expired.", "0002-00000026"};
    case ErrorCode::kAccessKeyIdAndSecurityTokenNotMatch: return {403, "AccessKeyIdAndSecurityTokenNotMatch", "The access key id and the security token do not match.", ""};
    case ErrorCode::kRequestTimeTooSkewed: return {403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.", "0002-00000504"};
    case ErrorCode::kUserDisable: return {403, "UserDisable", "UserDisable", "0003-00000801"};
    case ErrorCode::kSecurityTokenNotSupported: return {403, "SecurityTokenNotSupported", "The operation does not support temporary credentials.", ""};
    // hosts
    case ErrorCode::kNonStandardHostForbidden: return {403, "NonStandardHostForbidden", "The host you requested is not an endpoint of this service.", ""};
    case ErrorCode::kSecondLevelDomainForbidden: return {403, "SecondLevelDomainForbidden", "The bucket you are attempting to access must be addressed using OSS third level domain.", ""};
    // buckets
    case ErrorCode::kNoSuchBucket: return {404, "NoSuchBucket", "The specified bucket does not exist.", "0015-00000101"};
    case ErrorCode::kBucketAlreadyExists: return {409, "BucketAlreadyExists", "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.", "0015-00000104"};
    case ErrorCode::kBucketNotEmpty: return {409, "BucketNotEmpty", "The bucket has objects. Please delete them first.", "0015-00000301"};
    case ErrorCode::kInvalidBucketName: return {400, "InvalidBucketName", "The specified bucket is not valid.", "0015-00000001"};
    case ErrorCode::kTooManyBuckets: return {400, "TooManyBuckets", "You have attempted to create more buckets than allowed.", ""};
    case ErrorCode::kInvalidBucketState: return {409, "InvalidBucketState", "The request is not valid with the current state of the bucket.", ""};
    case ErrorCode::kNoSuchBucketPolicy: return {404, "NoSuchBucketPolicy", "The bucket policy does not exist.", "0015-00000203"};
    case ErrorCode::kInvalidPolicyDocument: return {400, "InvalidPolicyDocument", "The content of the policy does not meet the requirements.", ""};
    case ErrorCode::kNoSuchServerSideEncryptionRule: return {404, "NoSuchServerSideEncryptionRule", "The server side encryption rule does not exist.", ""};
    case ErrorCode::kInvalidEncryptionAlgorithmError: return {400, "InvalidEncryptionAlgorithmError", "The Encryption request you specified is not valid. Supported value: AES256.", ""};
    case ErrorCode::kNoSuchCORSConfiguration: return {404, "NoSuchCORSConfiguration", "The CORS Configuration does not exist.", ""};
    case ErrorCode::kNoSuchWebsiteConfiguration: return {404, "NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration.", ""};
    case ErrorCode::kNoSuchLifecycle: return {404, "NoSuchLifecycle", "No Row found in Lifecycle Table.", ""};
    case ErrorCode::kNoSuchTransferAccelerationConfiguration: return {404, "NoSuchTransferAccelerationConfiguration", "The transfer acceleration configuration does not exist.", ""};
    case ErrorCode::kNoSuchInventory: return {404, "NoSuchInventory", "The specified inventory does not exist.", ""};
    case ErrorCode::kNoSuchWORMConfiguration: return {404, "NoSuchWORMConfiguration", "The WORM Configuration does not exist.", ""};
    case ErrorCode::kNoSuchUserDefinedLogFieldsConfig: return {404, "NoSuchUserDefinedLogFieldsConfig", "The user-defined log fields configuration does not exist.", ""};
    case ErrorCode::kNoSuchHttpsConfig: return {404, "NoSuchHttpsConfig", "The https configuration does not exist.", ""};
    case ErrorCode::kNoSuchBucketOverwriteConfig: return {404, "NoSuchBucketOverwriteConfig", "The bucket overwrite configuration does not exist.", ""};
    case ErrorCode::kNoSuchResponseHeaderConfiguration: return {404, "NoSuchResponseHeaderConfiguration", "The response header configuration does not exist.", ""};
    case ErrorCode::kNoSuchStyle: return {404, "NoSuchStyle", "The style does not exist.", ""};
    case ErrorCode::kNoSuchRegion: return {404, "NoSuchRegion", "The specified region does not exist.", ""};
    // objects
    case ErrorCode::kNoSuchKey: return {404, "NoSuchKey", "The specified key does not exist.", "0026-00000001"};
    case ErrorCode::kNoSuchVersion: return {404, "NoSuchVersion", "The specified version does not exist.", ""};
    case ErrorCode::kNoSuchUpload: return {404, "NoSuchUpload", "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.", "0042-00000002"};
    case ErrorCode::kInvalidObjectName: return {400, "InvalidObjectName", "The specified object is not valid.", ""};
    case ErrorCode::kFileAlreadyExists: return {409, "FileAlreadyExists", "The object you specified already exists and can not be overwritten.", "0026-00000002"};
    case ErrorCode::kInvalidPart: return {400, "InvalidPart", "One or more of the specified parts could not be found or the specified entity tag might not have matched the part's entity tag.", ""};
    case ErrorCode::kInvalidPartOrder: return {400, "InvalidPartOrder", "The list of parts was not in ascending order. Parts list must be specified in order by part number.", ""};
    case ErrorCode::kPartNotSequential: return {400, "PartNotSequential", "The parts of this upload must be uploaded in order.", ""};
    case ErrorCode::kInvalidTag: return {400, "InvalidTag", "The object tagging is not valid.", ""};
    case ErrorCode::kTooManyTags: return {400, "TooManyTags", "Object tags cannot be greater than 10.", ""};
    case ErrorCode::kUserKeyMustBeSpecified: return {400, "UserKeyMustBeSpecified", "The bucket POST must contain the specified 'key'.", ""};
    case ErrorCode::kObjectNotAppendable: return {409, "ObjectNotAppendable", "The object is not appendable.", "0026-00000015"};
    case ErrorCode::kPositionNotEqualToLength: return {409, "PositionNotEqualToLength", "Position is not equal to file length.", "0026-00000016"};
    case ErrorCode::kInvalidObjectState: return {403, "InvalidObjectState", "The operation is not valid for the object's state.", ""};
    case ErrorCode::kOperationNotSupported: return {400, "OperationNotSupported", "The operation is not supported for this resource.", "0016-00000702"};
    // replication
    case ErrorCode::kNoReplicationRule: return {400, "NoReplicationRule", "No replication rule specified.", ""};
    case ErrorCode::kTooManyReplicationRules: return {400, "TooManyReplicationRules", "OSS only support one replication rule now.", ""};
    case ErrorCode::kTooManyPrefixes: return {400, "TooManyPrefixes", "The bucket replication rule's prefixes number is beyond limit.", ""};
    case ErrorCode::kTooManyFilterObjectTags: return {400, "TooManyFilterObjectTags", "The bucket replication rule's filter object tags number is beyond limit.", ""};
    case ErrorCode::kInvalidTargetBucket: return {400, "InvalidTargetBucket", "The target bucket is invalid for bucket replication.", ""};
    case ErrorCode::kInvalidTargetLocation: return {400, "InvalidTargetLocation", "The target bucket you specified does not locate in the target location.", ""};
    case ErrorCode::kBadReplicationLocation: return {400, "BadReplicationLocation", "The replication location you choose is invalid.", ""};
    case ErrorCode::kNoReplicationLocation: return {400, "NoReplicationLocation", "The bucket does not have corresponding replication location.", "0031-00000104"};
    case ErrorCode::kBucketReplicationAlreadyExist: return {400, "BucketReplicationAlreadyExist", "Bucket replication already exists.", "0031-00000044"};
    case ErrorCode::kTooManyOutgoingReplication: return {400, "TooManyOutgoingReplication", "You have attempted to create more outgoing replication for bucket than allowed.", ""};
    case ErrorCode::kTooManyIncomingReplication: return {400, "TooManyIncomingReplication", "You have attempted to create more incoming replication for bucket than allowed.", ""};
    case ErrorCode::kInvalidBucketStatus: return {400, "InvalidBucketStatus", "The versioning states of the source and destination buckets do not allow this replication.", "0031-00000053"};
    case ErrorCode::kReplicationLocationNotSupportRtc: return {400, "ReplicationLocationNotSupportRtc", "The replication location does not support RTC.", "0031-00000203"};
    case ErrorCode::kBucketReplicationInClosingStatus: return {400, "BucketReplicationInClosingStatus", "The bucket replication is closing.", ""};
    case ErrorCode::kBucketReplicationNotSupportRtc: return {400, "BucketReplicationNotSupportRtc", "The bucket replication does not support RTC.", ""};
    case ErrorCode::kNoSuchReplicationConfiguration: return {404, "NoSuchReplicationConfiguration", "The bucket you specified does not have replication configuration.", ""};
    case ErrorCode::kNoSuchReplicationRule: return {404, "NoSuchReplicationRule", "The BucketReplicationRule you specified does not exist.", ""};
    // identity: no OSS operation lets these out but through authorisation
    case ErrorCode::kNoPermission: return {403, "AccessDenied", "You have no right to perform this operation.", "0003-00000001"};
    case ErrorCode::kInvalidParameter: return {400, "InvalidArgument", "Invalid argument.", "0002-00000001"};
    case ErrorCode::kMalformedPolicyDocument: return {400, "InvalidPolicyDocument", "The content of the policy does not meet the requirements.", ""};
    case ErrorCode::kEntityNotExist:
    case ErrorCode::kEntityAlreadyExists:
    case ErrorCode::kDeleteConflict:
    case ErrorCode::kLimitExceeded: return kInternal;
    // storage
    case ErrorCode::kStorageUnavailable:
    case ErrorCode::kPartitionFenced:
    case ErrorCode::kExpectationFailed: return kBusy;  // a decision that kept being overtaken: the client may repeat it
    case ErrorCode::kStorageFull: return {503, "ServiceBusy", "The region has no space left.", "", true};
    case ErrorCode::kCorrupt:
    case ErrorCode::kNotFound: return kInternal;
    // runtime
    case ErrorCode::kCancelled:
    case ErrorCode::kDeadlineExceeded:
    case ErrorCode::kUnreachable: return kBusy;
    case ErrorCode::kConnectionClosed: return {400, "IncompleteBody", "The connection ended before the request did.", "", true};
    case ErrorCode::kProtocolViolation: return kInternal;
    // directory and peers
    case ErrorCode::kHomeUnavailable: return {503, "ServiceBusy", "The realm's home region cannot be reached, so buckets and identities cannot be changed now.", "", true};
    case ErrorCode::kDirectoryStale: return {503, "ServiceBusy", "This region's copy of the directory is too old.", "", true};
    case ErrorCode::kRegionUnknown:
    case ErrorCode::kStalePeer: return kInternal;
  }
  return kInternal;
}

}  // namespace farshore::api::oss
