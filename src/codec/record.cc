// SPDX-License-Identifier: Apache-2.0
#include "codec/record.h"

#include <google/protobuf/io/coded_stream.h>

namespace farshore::codec {
namespace {
constexpr std::uint32_t kWireVarint = 0;
constexpr std::uint32_t kWireBytes = 2;
}  // namespace

void RecordWriter::varint(std::uint64_t value) {
  std::uint8_t buffer[10];
  const auto* end = google::protobuf::io::CodedOutputStream::WriteVarint64ToArray(value, buffer);
  out_.append(reinterpret_cast<const char*>(buffer), static_cast<std::size_t>(end - buffer));
}

void RecordWriter::u64(std::uint32_t field, std::uint64_t value) {
  varint(std::uint64_t{field} << 3 | kWireVarint);
  varint(value);
}

void RecordWriter::bytes(std::uint32_t field, BytesView value) {
  varint(std::uint64_t{field} << 3 | kWireBytes);
  varint(value.size());
  out_.append(value);
}

bool RecordReader::varint(std::uint64_t& value) {
  const auto limit = static_cast<int>(rest_.size() < 10 ? rest_.size() : 10);
  google::protobuf::io::CodedInputStream input(reinterpret_cast<const std::uint8_t*>(rest_.data()), limit);
  if (!input.ReadVarint64(&value)) return ok_ = false;
  rest_.remove_prefix(static_cast<std::size_t>(input.CurrentPosition()));
  return true;
}

bool RecordReader::next() {
  if (!ok_ || rest_.empty()) return false;
  std::uint64_t tag = 0;
  if (!varint(tag)) return false;
  if (tag >> 3 == 0 || tag >> 3 > UINT32_MAX) return ok_ = false;
  field_ = static_cast<std::uint32_t>(tag >> 3);
  number_ = 0;
  bytes_ = {};
  if ((tag & 7) == kWireVarint) return varint(number_);
  std::uint64_t length = 0;
  if ((tag & 7) != kWireBytes || !varint(length)) return ok_ = false;
  if (length > rest_.size()) return ok_ = false;
  bytes_ = rest_.substr(0, length);
  rest_.remove_prefix(length);
  return true;
}

}  // namespace farshore::codec
