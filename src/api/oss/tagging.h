// SPDX-License-Identifier: Apache-2.0
// Tags of objects as headers and as XML.
#pragma once

#include <string_view>

#include "base/result.h"
#include "codec/xml.h"
#include "model/version.h"

namespace farshore::api::oss {

// Rule: OSS, "Object tagging": 10 tags, keys to 128 bytes, values to 256; letters, digits, blanks and + - = . _ : /
inline constexpr std::size_t kRuleObjectTagsMax = 10;
inline constexpr std::size_t kRuleTagKeyBytesMax = 128;
inline constexpr std::size_t kRuleTagValueBytesMax = 256;

/// "k1=v1&k2=v2", URL-encoded; a name alone has an empty value. Errors: kInvalidTag, kTooManyTags.
Result<TagSet> read_tagging_header(std::string_view text);
/// Tagging{TagSet{Tag*{Key Value}}}. Errors: kMalformedXML, kInvalidTag, kTooManyTags.
Result<TagSet> read_tagging(BytesView xml);
void write_tagging(codec::XmlWriter& xml, const TagSet& tags);

}  // namespace farshore::api::oss
