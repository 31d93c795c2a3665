// SPDX-License-Identifier: Apache-2.0
#include "objects/upload_record.h"

#include "codec/record.h"
#include "codec/text.h"
#include "storage/records.h"

namespace farshore::objects {
namespace {

Error malformed(std::string_view what) { return Error(ErrorCode::kCorrupt, "a stored record is malformed").with("record", what); }

Result<Piece> decode_piece(BytesView bytes) {
  Piece piece;
  codec::RecordReader reader(bytes);
  while (reader.next()) {
    if (reader.field() == 1) piece.blob = BlobId(reader.u64());
    if (reader.field() == 2) piece.size = reader.u64();
  }
  if (!reader.ok()) return malformed("piece");
  return piece;
}

}  // namespace

std::string PartRecord::etag() const { return codec::hex_encode_upper(md5); }

Bytes encode_upload(const UploadRecord& upload) {
  codec::RecordWriter out;
  out.bytes(1, upload.id.get());
  out.bytes(2, upload.key.get());
  out.bytes(3, storage::encode_version(upload.shape));
  out.u64(4, static_cast<std::uint64_t>(upload.initiated_millis));
  if (upload.sequential) out.boolean(5, true);
  if (upload.forbid_overwrite) out.boolean(6, true);
  return std::move(out).take();
}

Result<UploadRecord> decode_upload(BytesView bytes) {
  UploadRecord upload;
  codec::RecordReader reader(bytes);
  while (reader.next()) {
    switch (reader.field()) {
      case 1: upload.id = UploadId(reader.owned()); break;
      case 2: upload.key = ObjectKey(reader.owned()); break;
      case 3: {
        TRY(upload.shape, storage::decode_version(reader.bytes()));
        break;
      }
      case 4: upload.initiated_millis = static_cast<std::int64_t>(reader.u64()); break;
      case 5: upload.sequential = reader.boolean(); break;
      case 6: upload.forbid_overwrite = reader.boolean(); break;
      default: break;
    }
  }
  if (!reader.ok()) return malformed("upload");
  return upload;
}

Bytes encode_part(const PartRecord& part) {
  codec::RecordWriter out;
  out.u64(1, part.number.get());
  out.u64(2, part.size);
  out.bytes(3, part.md5);
  out.u64(4, part.crc64);
  out.u64(5, static_cast<std::uint64_t>(part.modified_millis));
  for (const Piece& piece : part.pieces) {
    codec::RecordWriter nested;
    nested.u64(1, piece.blob.get());
    nested.u64(2, piece.size);
    out.record(6, nested);
  }
  return std::move(out).take();
}

Result<PartRecord> decode_part(BytesView bytes) {
  PartRecord part;
  codec::RecordReader reader(bytes);
  while (reader.next()) {
    switch (reader.field()) {
      case 1: part.number = PartNumber(static_cast<std::uint32_t>(reader.u64())); break;
      case 2: part.size = reader.u64(); break;
      case 3: part.md5 = reader.owned(); break;
      case 4: part.crc64 = reader.u64(); break;
      case 5: part.modified_millis = static_cast<std::int64_t>(reader.u64()); break;
      case 6: {
        TRY(Piece piece, decode_piece(reader.bytes()));
        part.pieces.push_back(piece);
        break;
      }
      default: break;
    }
  }
  if (!reader.ok()) return malformed("part");
  return part;
}

}  // namespace farshore::objects
