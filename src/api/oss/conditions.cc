// SPDX-License-Identifier: Apache-2.0
#include "api/oss/conditions.h"

#include "codec/date.h"
#include "codec/text.h"

namespace farshore::api::oss {
namespace {

bool lists_etag(std::string_view header, std::string_view etag) {
  for (std::string_view candidate : codec::split(header, ',')) {
    candidate = codec::trim(candidate);
    if (candidate == "*") return true;
    if (candidate.size() >= 2 && candidate.front() == '"' && candidate.back() == '"') candidate = candidate.substr(1, candidate.size() - 2);
    if (codec::iequals(candidate, etag)) return true;
  }
  return false;
}

std::optional<std::int64_t> parse_date(std::string_view text) {
  if (const auto date = codec::parse_rfc1123(text)) return date;
  return codec::parse_iso8601(text);
}

Error failed(std::string_view condition) { return Error(ErrorCode::kPreconditionFailed, "").with("Condition", condition); }

Error not_modified(const Version& version) {
  return Error(ErrorCode::kNotModified, "").with("ETag", version.etag).with("LastModifiedMillis", std::to_string(version.last_modified_millis));
}

struct ByteSpec {
  std::optional<std::uint64_t> first, last;
};

/// "bytes=a-b", "bytes=a-", "bytes=-n"; nothing for every other form.
std::optional<ByteSpec> parse_spec(std::string_view header) {
  constexpr std::string_view kUnit = "bytes=";
  if (!header.starts_with(kUnit)) return std::nullopt;
  const std::string_view spec = header.substr(kUnit.size());
  const std::size_t dash = spec.find('-');
  if (dash == std::string_view::npos || spec.size() == 1) return std::nullopt;
  ByteSpec parsed;
  if (dash > 0 && !(parsed.first = codec::parse_decimal<std::uint64_t>(spec.substr(0, dash)))) return std::nullopt;
  if (dash + 1 < spec.size() && !(parsed.last = codec::parse_decimal<std::uint64_t>(spec.substr(dash + 1)))) return std::nullopt;
  if (parsed.first && parsed.last && *parsed.first > *parsed.last) return std::nullopt;
  return parsed;
}

}  // namespace

Result<void> check_conditions(const Conditions& conditions, const Version& version) {
  const std::int64_t modified = version.last_modified_millis / 1000;
  if (conditions.if_match && !lists_etag(*conditions.if_match, version.etag)) return failed("If-Match");
  if (conditions.if_unmodified_since) {
    const auto at = parse_date(*conditions.if_unmodified_since);
    if (at && modified > *at / 1000) return failed("If-Unmodified-Since");
  }
  if (conditions.if_none_match && lists_etag(*conditions.if_none_match, version.etag)) return not_modified(version);
  if (conditions.if_modified_since) {
    const auto at = parse_date(*conditions.if_modified_since);
    if (at && modified <= *at / 1000) return not_modified(version);
  }
  return {};
}

Result<RangeAnswer> read_range(std::optional<std::string_view> header, bool standard, std::uint64_t size) {
  const RangeAnswer whole{false, {0, size}};
  if (!header) return whole;
  const auto spec = parse_spec(*header);
  if (!spec) return whole;
  if (!spec->first) {  // the last n bytes
    if (*spec->last == 0 || size == 0) {
      if (!standard) return whole;
      return Error(ErrorCode::kInvalidRange, "").with("ActualObjectSize", std::to_string(size)).with("RangeRequested", *header);
    }
    if (*spec->last > size && !standard) return whole;
    const std::uint64_t length = *spec->last < size ? *spec->last : size;
    return RangeAnswer{true, {size - length, length}};
  }
  if (*spec->first >= size) {
    if (!standard) return whole;
    return Error(ErrorCode::kInvalidRange, "").with("ActualObjectSize", std::to_string(size)).with("RangeRequested", *header);
  }
  if (spec->last && *spec->last >= size && !standard) return whole;
  const std::uint64_t end = spec->last && *spec->last < size ? *spec->last + 1 : size;
  return RangeAnswer{true, {*spec->first, end - *spec->first}};
}

}  // namespace farshore::api::oss
