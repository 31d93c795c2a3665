// SPDX-License-Identifier: Apache-2.0
// Any bytes as a JSON body: never a crash, and a document survives being written and read again.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "codec/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const farshore::codec::JsonLimits limits{.allow_repeated_names = (data[0] & 1) != 0};
  const farshore::BytesView body(reinterpret_cast<const char*>(data + 1), size - 1);
  const auto value = farshore::codec::parse_json(body, limits);
  if (!value) {
    FS_CHECK(value.error().code() == farshore::ErrorCode::kMalformedRequest);
    return 0;
  }
  FS_CHECK(limits.allow_repeated_names || !value->repeated_name());
  const std::string text = value->text();
  auto roomy = limits;
  roomy.max_bytes = text.size();
  const auto again = farshore::codec::parse_json(text, roomy);
  FS_CHECK(again.has_value());
  FS_CHECK(*again == *value);
  FS_CHECK(again->text() == text);
  return 0;
}
