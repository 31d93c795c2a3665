// SPDX-License-Identifier: Apache-2.0
#include "api/oss/tagging.h"

#include <algorithm>

#include "codec/text.h"
#include "codec/url.h"

namespace farshore::api::oss {
namespace {

bool is_tag_text(std::string_view text) {
  if (!codec::is_valid_utf8(text)) return false;
  // No letters, and XML cannot carry them: such a tag could be set by a header and never be read back.
  for (const std::string_view noncharacter : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {
    if (text.find(noncharacter) != std::string_view::npos) return false;
  }
  // Letters of every language are allowed; of ASCII only these.
  return std::all_of(text.begin(), text.end(), [](char c) {
    const bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return alphanumeric || static_cast<unsigned char>(c) >= 0x80 || std::string_view(" +-=._:/").find(c) != std::string_view::npos;
  });
}

Result<void> check(const TagSet& tags) {
  if (tags.size() > kRuleObjectTagsMax) return Error(ErrorCode::kTooManyTags, "");
  for (std::size_t i = 0; i < tags.size(); ++i) {
    const Tag& tag = tags[i];
    if (tag.key.empty() || tag.key.size() > kRuleTagKeyBytesMax || !is_tag_text(tag.key)) {
      return Error(ErrorCode::kInvalidTag, "The TagKey you have provided is invalid.").with("TagKey", tag.key);
    }
    if (tag.value.size() > kRuleTagValueBytesMax || !is_tag_text(tag.value)) {
      return Error(ErrorCode::kInvalidTag, "The TagValue you have provided is invalid.").with("TagValue", tag.value);
    }
    for (std::size_t k = 0; k < i; ++k) {
      if (tags[k].key == tag.key) return Error(ErrorCode::kInvalidTag, "Cannot provide multiple Tags with the same key.").with("TagKey", tag.key);
    }
  }
  return {};
}

}  // namespace

Result<TagSet> read_tagging_header(std::string_view text) {
  const auto pairs = codec::Query::parse(text);
  if (!pairs) return Error(ErrorCode::kInvalidTag, "The tagging header is not URL-encoded.");
  TagSet tags;
  for (const codec::QueryItem& item : pairs->items()) tags.push_back({item.name, item.value});
  TRY_OK(check(tags));
  return tags;
}

Result<TagSet> read_tagging(BytesView xml) {
  TRY(const codec::XmlDocument document, codec::parse_xml(xml));
  TRY(const codec::XmlNode root, codec::required_root(document, "Tagging"));
  TRY(const codec::XmlNode set, codec::required_child(root, "TagSet"));
  TagSet tags;
  for (const codec::XmlNode& node : set.children("Tag")) {
    TRY(std::string key, codec::required_text(node, "Key"));
    tags.push_back({std::move(key), codec::optional_text(node, "Value").value_or("")});
  }
  TRY_OK(check(tags));
  return tags;
}

void write_tagging(codec::XmlWriter& xml, const TagSet& tags) {
  xml.declaration().open("Tagging").open("TagSet");
  for (const Tag& tag : tags) xml.open("Tag").element("Key", tag.key).element("Value", tag.value).close();
  xml.close().close();
}

}  // namespace farshore::api::oss
