// SPDX-License-Identifier: Apache-2.0
// Any bytes as a record: never read past the end, and a well-formed record survives being written and read again.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "codec/record.h"

namespace {

using farshore::codec::RecordReader;
using farshore::codec::RecordWriter;

// The reader gives no wire type; a field with bytes is written as bytes, the rest as numbers.
bool copy(farshore::BytesView bytes, RecordWriter& writer) {
  RecordReader reader(bytes);
  while (reader.next()) {
    if (reader.bytes().data() != nullptr) {
      FS_CHECK(reader.bytes().data() >= bytes.data());
      FS_CHECK(reader.bytes().data() + reader.bytes().size() <= bytes.data() + bytes.size());
      writer.bytes(reader.field(), reader.bytes());
    } else {
      writer.u64(reader.field(), reader.u64());
    }
  }
  return reader.ok();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  RecordWriter first;
  if (!copy(farshore::BytesView(reinterpret_cast<const char*>(data), size), first)) return 0;
  // Overlong varints shrink, so the copy may be shorter; copying it again changes nothing.
  FS_CHECK(first.view().size() <= size);
  RecordWriter second;
  FS_CHECK(copy(first.view(), second));
  FS_CHECK(second.view() == first.view());
  return 0;
}
