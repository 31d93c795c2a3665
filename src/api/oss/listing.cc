// SPDX-License-Identifier: Apache-2.0
#include "api/oss/listing.h"

#include "codec/text.h"
#include "codec/url.h"

namespace farshore::api::oss {

Result<std::size_t> page_size(const Call& call, std::string_view parameter, std::size_t fallback) {
  // Rule: OSS, listings: a page holds 1 to 1,000 entries.
  constexpr std::size_t kRulePageMax = 1000;
  const auto text = call.parameter(parameter);
  if (!text) return fallback;
  const auto number = codec::parse_decimal<std::size_t>(*text);
  if (number && *number >= 1 && *number <= kRulePageMax) return *number;
  return Error(ErrorCode::kInvalidArgument, "The page size must be from 1 to 1000.").with("ArgumentName", parameter).with("ArgumentValue", *text);
}

Result<std::string> list_parameter(const Call& call, std::string_view name) {
  // Rule: OSS, listings: prefixes, markers and delimiters are at most as long as a key.
  constexpr std::size_t kRuleKeyBytesMax = 1023;
  const std::string_view text = call.parameter(name).value_or("");
  if (text.size() <= kRuleKeyBytesMax) return std::string(text);
  return Error(ErrorCode::kInvalidArgument, "The parameter is too long.").with("ArgumentName", name);
}

Result<bool> wants_url_encoding(const Call& call) {
  const auto type = call.parameter("encoding-type");
  if (!type) return false;
  if (codec::iequals(*type, "url")) return true;
  return Error(ErrorCode::kInvalidArgument, "Invalid Encoding Method specified in Request.").with("ArgumentName", "encoding-type").with("ArgumentValue", *type);
}

std::string listed(std::string_view text, bool encode) { return encode ? codec::percent_encode(text) : std::string(text); }

}  // namespace farshore::api::oss
