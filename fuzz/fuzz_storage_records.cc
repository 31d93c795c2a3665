// SPDX-License-Identifier: Apache-2.0
// Every record decoder against arbitrary bytes: no crash, and what was read can be written and read again.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "storage/records.h"

namespace {

using farshore::Bytes;
using farshore::BytesView;
using farshore::Result;

/// The first writing normalises (defaults go, unknown fields go), so the second must give the same bytes.
template <class Value>
void check(BytesView input, Bytes (*encode)(const Value&), Result<Value> (*decode)(BytesView)) {
  const auto value = decode(input);
  if (!value) {
    FS_CHECK(value.error().code() == farshore::ErrorCode::kCorrupt);
    return;
  }
  const Bytes written = encode(*value);
  const auto again = decode(written);
  FS_CHECK(again.has_value());
  FS_CHECK(*again == *value);
  FS_CHECK(encode(*again) == written);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace farshore::storage;
  const BytesView input(reinterpret_cast<const char*>(bytes), size);
  check(input, &encode_version, &decode_version);
  check(input, &encode_change, &decode_change);
  check(input, &encode_settings, &decode_settings);
  check(input, &encode_rule, &decode_rule);
  check(input, &encode_incoming, &decode_incoming);
  return 0;
}
