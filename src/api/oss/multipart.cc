// SPDX-License-Identifier: Apache-2.0
#include "api/oss/multipart.h"

#include "codec/text.h"
#include "codec/xml.h"

namespace farshore::api::oss {
namespace {

Result<PartNumber> checked(std::optional<std::uint32_t> number, std::string_view text) {
  if (number && *number >= 1 && *number <= objects::kRulePartNumberMax) return PartNumber(*number);
  return Error(ErrorCode::kInvalidArgument, "Part number must be an integer between 1 and 10000, inclusive.")
      .with("ArgumentName", "partNumber")
      .with("ArgumentValue", text);
}

}  // namespace

objects::UploadRef upload_ref(const Call& call) { return {call.key(), UploadId(std::string(call.query.find("uploadId").value_or("")))}; }

Result<PartNumber> read_part_number(const Call& call) {
  const auto text = call.query.find("partNumber");
  if (!text) return Error(ErrorCode::kInvalidArgument, "The partNumber parameter is required.").with("ArgumentName", "partNumber");
  return checked(codec::parse_decimal<std::uint32_t>(*text), *text);
}

Result<std::vector<objects::ListedPart>> read_parts(BytesView xml) {
  // 10,000 parts of about 120 bytes and five nodes each, with room for other clients' layouts.
  TRY(const codec::XmlDocument document, codec::parse_xml(xml, {.max_bytes = 4 << 20, .max_nodes = 150000}));
  TRY(const codec::XmlNode root, codec::required_root(document, "CompleteMultipartUpload"));
  std::vector<objects::ListedPart> parts;
  for (const codec::XmlNode& node : root.children("Part")) {
    TRY(const std::uint32_t number, codec::required_number<std::uint32_t>(node, "PartNumber"));
    TRY(const std::string etag, codec::required_text(node, "ETag"));
    std::string_view bare = codec::trim(etag);
    if (bare.size() >= 2 && bare.front() == '"' && bare.back() == '"') bare = bare.substr(1, bare.size() - 2);
    TRY(const PartNumber part, checked(number, std::to_string(number)));
    parts.push_back({part, std::string(bare)});
  }
  if (parts.empty()) return Error(ErrorCode::kMalformedXML, "").with("EC", "0042-00000205");
  return parts;
}

}  // namespace farshore::api::oss
