// SPDX-License-Identifier: Apache-2.0
// Any bytes as an XML body: never a crash, and what was read is read again from what the writer makes of it.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "codec/xml.h"

namespace {

using farshore::codec::XmlNode;
using farshore::codec::XmlWriter;

// The writer takes names from its caller on trust, so they are replaced here; mixed content keeps its text only.
void copy(XmlWriter& xml, const XmlNode& node) {
  if (node.children().empty()) {
    xml.element("E", node.text());
    return;
  }
  xml.open("E");
  for (const XmlNode& child : node.children()) copy(xml, child);
  xml.close();
}

std::string copy_of(const XmlNode& root) {
  XmlWriter xml;
  copy(xml.declaration(), root);
  return xml.take();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const farshore::BytesView body(reinterpret_cast<const char*>(data), size);
  const auto document = farshore::codec::parse_xml(body);
  if (!document) {
    FS_CHECK(document.error().code() == farshore::ErrorCode::kMalformedXML);
    return 0;
  }
  (void)farshore::codec::required_text(document->root(), "Key");
  const std::string first = copy_of(document->root());
  const auto again = farshore::codec::parse_xml(first, {.max_bytes = first.size()});
  FS_CHECK(again.has_value());
  FS_CHECK(copy_of(again->root()) == first);
  return 0;
}
