// SPDX-License-Identifier: Apache-2.0
// What the requests about one multipart upload share.
#pragma once

#include "api/oss/call.h"

namespace farshore::api::oss {

/// The key and the uploadId parameter.
objects::UploadRef upload_ref(const Call& call);
/// Rule: OSS, "UploadPart": partNumber from 1 to 10,000. Error: kInvalidArgument.
Result<PartNumber> read_part_number(const Call& call);
/// The parts of CompleteMultipartUpload. Errors: kMalformedXML, kInvalidArgument.
Result<std::vector<objects::ListedPart>> read_parts(BytesView xml);

}  // namespace farshore::api::oss
