// SPDX-License-Identifier: Apache-2.0
// UploadRecord and PartRecord: what the rows of a multipart upload hold.
//
//   upload := 1 id  2 key  3 version template (storage/records.h)  4 initiated-millis  5 sequential  6 forbid-overwrite
//   part   := 1 number  2 size  3 md5(16)  4 crc64  5 modified-millis  6 piece*        piece := 1 blob  2 size
//
// Fields of codec/record.h; an unknown one is skipped.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "model/version.h"

namespace farshore::objects {

struct UploadRecord {
  UploadId id;
  ObjectKey key;
  Version shape;  ///< metadata, tags, ACL, storage class and sealing of the version to be
  std::int64_t initiated_millis = 0;
  bool sequential = false;
  bool forbid_overwrite = false;
  friend bool operator==(const UploadRecord&, const UploadRecord&) = default;
};

struct PartRecord {
  PartNumber number;
  std::uint64_t size = 0;
  Bytes md5;  ///< 16 bytes
  std::uint64_t crc64 = 0;
  std::int64_t modified_millis = 0;
  std::vector<Piece> pieces;  ///< empty for an empty part
  std::string etag() const;   ///< upper hex
  friend bool operator==(const PartRecord&, const PartRecord&) = default;
};

// Decoding fails with kCorrupt.
Bytes encode_upload(const UploadRecord& upload);
Result<UploadRecord> decode_upload(BytesView bytes);
Bytes encode_part(const PartRecord& part);
Result<PartRecord> decode_part(BytesView bytes);

}  // namespace farshore::objects
