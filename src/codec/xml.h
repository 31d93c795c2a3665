// SPDX-License-Identifier: Apache-2.0
// XML bodies: XmlWriter writes elements and escaped text; parse_xml reads an untrusted document within limits.
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "codec/text.h"

namespace pugi {
class xml_document;
struct xml_node_struct;
}  // namespace pugi

namespace farshore::codec {

/// Appends elements to a text. No attributes, no namespaces.
///
///   XmlWriter xml;
///   xml.declaration().open("Tagging").open("TagSet");
///   xml.open("Tag").element("Key", key).element("Value", value).close();
///   std::string body = xml.close().close().take();
///
/// Text is escaped. Bytes that XML 1.0 cannot carry (most control characters, malformed UTF-8) become '?';
/// listings that must carry them are percent-encoded by the caller first. Element names are ours, never input.
/// Plain value type; one thread at a time.
class XmlWriter {
 public:
  /// <?xml version="1.0" encoding="UTF-8"?> and a line feed.
  XmlWriter& declaration();
  XmlWriter& open(std::string_view name);
  /// Ends the innermost open element.
  XmlWriter& close();
  /// <name>text</name>
  XmlWriter& element(std::string_view name, std::string_view text);
  /// Numbers in decimal; bool as "true" or "false".
  template <std::integral T>
  XmlWriter& element(std::string_view name, T value) {
    if constexpr (std::same_as<T, bool>) {
      return element(name, std::string_view(value ? "true" : "false"));
    } else {
      return element(name, std::string_view(std::to_string(value)));
    }
  }
  /// Writes the element only if there is a value.
  template <class T>
  XmlWriter& element_if(std::string_view name, const std::optional<T>& value) {
    return value ? element(name, *value) : *this;
  }
  /// Escaped text inside the innermost open element.
  XmlWriter& text(std::string_view text);

  const std::string& view() const { return out_; }
  /// The document; every element must have been closed.
  std::string take();

 private:
  struct OpenName {
    std::size_t at;  // of the name in out_
    std::size_t size;
  };
  std::string out_;
  std::vector<OpenName> open_;
};

/// What parse_xml accepts at most.
struct XmlLimits {
  std::size_t max_bytes = 1 << 20;
  std::size_t max_depth = 32;     ///< the root has depth 1
  std::size_t max_nodes = 20000;  ///< elements and pieces of text together; comments and the like count as half
};

/// An element of an XmlDocument, or nothing: reading from nothing gives nothing, so that lookups chain.
/// A handle, cheap to copy, valid while its document lives. Names are local names: prefixes are cut, xmlns ignored.
class XmlNode {
 public:
  XmlNode() = default;

  explicit operator bool() const { return node_ != nullptr; }
  std::string_view name() const;
  /// The text directly inside, CDATA included, in pieces joined; nested elements contribute nothing.
  std::string text() const;
  /// The first child element of that name.
  XmlNode child(std::string_view name) const;
  /// The child elements of that name, or all of them, in order.
  std::vector<XmlNode> children(std::string_view name) const;
  std::vector<XmlNode> children() const;

 private:
  friend class XmlDocument;
  explicit XmlNode(pugi::xml_node_struct* node) : node_(node) {}
  pugi::xml_node_struct* node_ = nullptr;
};

/// A parsed document. Owns the text its nodes point into; moving it keeps them valid.
class XmlDocument {
 public:
  explicit XmlDocument(std::unique_ptr<pugi::xml_document> document);
  XmlDocument(XmlDocument&&) noexcept;
  XmlDocument& operator=(XmlDocument&&) noexcept;
  ~XmlDocument();

  XmlNode root() const;

 private:
  std::unique_ptr<pugi::xml_document> document_;
};

/// Reads one UTF-8 document. Control characters other than NUL are let through, raw or as references: object
/// keys may carry them, and clients that name such a key in a body have no other way to write it.
///
/// Errors  kMalformedXML: not well formed, not UTF-8, a DOCTYPE, an unknown entity, or beyond a limit
Result<XmlDocument> parse_xml(BytesView body, const XmlLimits& limits = {});

/// The document's root if it has that name; kMalformedXML otherwise.
Result<XmlNode> required_root(const XmlDocument& document, std::string_view name);
/// The child of that name; kMalformedXML with detail "element" if there is none.
Result<XmlNode> required_child(const XmlNode& node, std::string_view name);
/// The text of the child of that name (may be empty); kMalformedXML with detail "element" if there is no such child.
Result<std::string> required_text(const XmlNode& node, std::string_view name);
/// The text of the child of that name, if there is one.
std::optional<std::string> optional_text(const XmlNode& node, std::string_view name);
/// "true" or "false" in any case; the fallback if there is no such child; kMalformedXML for other text.
Result<bool> optional_bool(const XmlNode& node, std::string_view name, bool fallback);

/// The number in the child of that name, blanks around it ignored; kMalformedXML if it is missing or no such number.
template <std::integral T>
Result<T> required_number(const XmlNode& node, std::string_view name) {
  TRY(const std::string text, required_text(node, name));
  if (const auto number = parse_decimal<T>(trim(text))) return *number;
  return Error(ErrorCode::kMalformedXML, "not a number in range").with("element", name);
}

/// As required_number, but nothing if there is no such child.
template <std::integral T>
Result<std::optional<T>> optional_number(const XmlNode& node, std::string_view name) {
  if (!node.child(name)) return std::optional<T>();
  TRY(const T number, required_number<T>(node, name));
  return std::optional<T>(number);
}

}  // namespace farshore::codec
