// SPDX-License-Identifier: Apache-2.0
// RecordWriter and RecordReader: numbered fields in protobuf's wire format, without generated classes.
//
//   record := field*
//   field  := varint(number << 3 | wire type) payload
//   wire type 0: varint; wire type 2: varint(length) bytes
//
// Durable records and peer frames are written with these, so that a field can be added and an old reader skips it.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"

namespace farshore::codec {

/// Appends fields to a record. Zero values and empty strings are written too; omit them by not calling.
/// Plain value type; one thread at a time.
class RecordWriter {
 public:
  void reserve(std::size_t bytes) { out_.reserve(bytes); }
  void u64(std::uint32_t field, std::uint64_t value);
  void boolean(std::uint32_t field, bool value) { u64(field, value ? 1 : 0); }
  void bytes(std::uint32_t field, BytesView value);
  void record(std::uint32_t field, const RecordWriter& nested) { bytes(field, nested.out_); }

  const Bytes& view() const { return out_; }
  Bytes take() && { return std::move(out_); }

 private:
  void varint(std::uint64_t value);
  Bytes out_;
};

/// Walks the fields of a record in the order they were written.
///
///   RecordReader reader(bytes);
///   while (reader.next()) {
///     switch (reader.field()) { case 1: name = reader.bytes(); break; case 2: size = reader.u64(); break; }
///   }
///   if (!reader.ok()) return Error(ErrorCode::kCorrupt, ...);
///
/// Never reads past its input whatever the bytes are; views point into the input.
class RecordReader {
 public:
  explicit RecordReader(BytesView input) : rest_(input) {}

  /// Moves to the next field. False at the end and on malformed input; ok() tells the two apart.
  bool next();
  bool ok() const { return ok_; }
  std::uint32_t field() const { return field_; }
  /// The field's number value; 0 if it is not a varint field.
  std::uint64_t u64() const { return number_; }
  bool boolean() const { return number_ != 0; }
  /// The field's bytes; empty if it is not a bytes field.
  BytesView bytes() const { return bytes_; }
  Bytes owned() const { return Bytes(bytes_); }

 private:
  bool varint(std::uint64_t& value);
  BytesView rest_;
  bool ok_ = true;
  std::uint32_t field_ = 0;
  std::uint64_t number_ = 0;
  BytesView bytes_;
};

}  // namespace farshore::codec
