// SPDX-License-Identifier: Apache-2.0
// parse_xml over pugixml, which is fast and forgiving: what it forgives and we do not is checked around it.
#include "codec/xml.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <pugixml.hpp>

namespace farshore::codec {
namespace {

Error malformed(std::string message) { return Error(ErrorCode::kMalformedXML, std::move(message)); }

// "#65" or "#x41", the text between '&' and ';'.
bool is_character_reference(std::string_view reference) {
  reference.remove_prefix(1);
  const bool hex = reference.starts_with('x');
  if (hex) reference.remove_prefix(1);
  if (reference.empty() || reference.size() > 8) return false;
  std::uint32_t code = 0;
  const char* end = reference.data() + reference.size();
  const auto [stop, failure] = std::from_chars(reference.data(), end, code, hex ? 16 : 10);
  if (failure != std::errc() || stop != end) return false;
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  return code != 0 && code <= 0x10ffff && !surrogate;
}

bool is_known_reference(std::string_view reference) {
  if (reference.starts_with('#')) return is_character_reference(reference);
  return reference == "amp" || reference == "lt" || reference == "gt" || reference == "quot" || reference == "apos";
}

// Where markup that holds no references ends, or 0 if none begins here.
std::size_t opaque_length(std::string_view rest) {
  struct Delimiters {
    std::string_view begin;
    std::string_view end;
  };
  static constexpr Delimiters kOpaque[] = {{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}};
  for (const auto& [begin, end] : kOpaque) {
    if (!rest.starts_with(begin)) continue;
    const std::size_t at = rest.find(end, begin.size());
    return at == std::string_view::npos ? rest.size() : at + end.size();
  }
  return 0;
}

// pugixml leaves unknown references as they stand, and a reference to NUL would cut its C strings short.
bool references_are_known(std::string_view body) {
  constexpr std::size_t kLongest = 10;  // of "#x0010FFFF"
  std::size_t at = 0;
  while ((at = body.find_first_of("&<", at)) != std::string_view::npos) {
    const std::string_view rest = body.substr(at);
    if (rest[0] == '<') {
      const std::size_t opaque = opaque_length(rest);
      at += opaque == 0 ? 1 : opaque;
      continue;
    }
    const std::size_t end = rest.substr(0, kLongest + 2).find(';');
    if (end == std::string_view::npos || end == 1 || !is_known_reference(rest.substr(1, end - 1))) return false;
    at += end + 1;
  }
  return true;
}

// Refuses what would cost memory or be misread before any of it is parsed.
Result<void> check_bytes(BytesView body, const XmlLimits& limits) {
  if (body.size() > limits.max_bytes) return malformed("body too long");
  if (body.find('\0') != BytesView::npos) return malformed("body holds a NUL");
  if (!is_valid_utf8(body)) return malformed("body is not UTF-8");
  if (!references_are_known(body)) return malformed("unknown or forbidden reference");
  const auto markup = static_cast<std::size_t>(std::ranges::count(body, '<'));
  if (markup / 2 > limits.max_nodes) return malformed("too many nodes");
  return {};
}

bool is_text(const pugi::xml_node& node) {
  return node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata;
}

// One element, around which only blanks stand.
Result<void> check_top(const pugi::xml_document& document) {
  std::size_t elements = 0;
  for (const pugi::xml_node node : document.children()) {
    if (node.type() == pugi::node_doctype) return malformed("DOCTYPE is not allowed");
    if (is_text(node) && !trim(node.value()).empty()) return malformed("text outside the root element");
    if (node.type() == pugi::node_cdata) return malformed("text outside the root element");
    if (node.type() == pugi::node_element) ++elements;
  }
  if (elements != 1) return malformed("there must be one root element");
  return {};
}

// Walks without recursion, so that a deep document cannot exhaust the stack before it is refused.
Result<void> check_size(pugi::xml_node root, const XmlLimits& limits) {
  std::size_t depth = 1;
  std::size_t nodes = 0;
  for (pugi::xml_node node = root;;) {
    if (++nodes > limits.max_nodes) return malformed("too many nodes");
    if (depth > limits.max_depth && !is_text(node)) return malformed("nested too deeply");
    if (pugi::xml_node inner = node.first_child()) {
      node = inner;
      ++depth;
      continue;
    }
    while (node != root && !node.next_sibling()) {
      node = node.parent();
      --depth;
    }
    if (node == root) return {};
    node = node.next_sibling();
  }
}

std::string_view local_name(const char* name) {
  const std::string_view whole(name);
  const std::size_t colon = whole.rfind(':');
  return colon == std::string_view::npos ? whole : whole.substr(colon + 1);
}

}  // namespace

XmlDocument::XmlDocument(std::unique_ptr<pugi::xml_document> document) : document_(std::move(document)) {}
XmlDocument::XmlDocument(XmlDocument&&) noexcept = default;
XmlDocument& XmlDocument::operator=(XmlDocument&&) noexcept = default;
XmlDocument::~XmlDocument() = default;

XmlNode XmlDocument::root() const { return XmlNode(document_->document_element().internal_object()); }

std::string_view XmlNode::name() const { return local_name(pugi::xml_node(node_).name()); }

std::string XmlNode::text() const {
  std::string out;
  for (const pugi::xml_node child : pugi::xml_node(node_).children()) {
    if (is_text(child)) out += child.value();
  }
  return out;
}

XmlNode XmlNode::child(std::string_view name) const {
  for (const pugi::xml_node child : pugi::xml_node(node_).children()) {
    if (child.type() == pugi::node_element && local_name(child.name()) == name) return XmlNode(child.internal_object());
  }
  return {};
}

std::vector<XmlNode> XmlNode::children(std::string_view name) const {
  std::vector<XmlNode> found = children();
  std::erase_if(found, [name](const XmlNode& node) { return node.name() != name; });
  return found;
}

std::vector<XmlNode> XmlNode::children() const {
  std::vector<XmlNode> found;
  for (const pugi::xml_node child : pugi::xml_node(node_).children()) {
    if (child.type() == pugi::node_element) found.push_back(XmlNode(child.internal_object()));
  }
  return found;
}

Result<XmlDocument> parse_xml(BytesView body, const XmlLimits& limits) {
  // A blank that is an element's whole text is kept, as a key may be one blank. DOCTYPE and stray text are kept
  // to be refused.
  constexpr unsigned kOptions =
      pugi::parse_default | pugi::parse_ws_pcdata_single | pugi::parse_doctype | pugi::parse_fragment;
  TRY_OK(check_bytes(body, limits));
  auto document = std::make_unique<pugi::xml_document>();
  const pugi::xml_parse_result parsed =
      document->load_buffer(body.data(), body.size(), kOptions, pugi::encoding_utf8);
  if (!parsed) return malformed(parsed.description()).with("offset", std::to_string(parsed.offset));
  TRY_OK(check_top(*document));
  TRY_OK(check_size(document->document_element(), limits));
  return XmlDocument(std::move(document));
}

Result<XmlNode> required_root(const XmlDocument& document, std::string_view name) {
  const XmlNode root = document.root();
  if (root.name() == name) return root;
  return malformed("another root element is expected").with("element", name);
}

Result<XmlNode> required_child(const XmlNode& node, std::string_view name) {
  if (const XmlNode child = node.child(name)) return child;
  return malformed("a required element is missing").with("element", name);
}

Result<std::string> required_text(const XmlNode& node, std::string_view name) {
  TRY(const XmlNode child, required_child(node, name));
  return child.text();
}

std::optional<std::string> optional_text(const XmlNode& node, std::string_view name) {
  if (const XmlNode child = node.child(name)) return child.text();
  return std::nullopt;
}

Result<bool> optional_bool(const XmlNode& node, std::string_view name, bool fallback) {
  const auto text = optional_text(node, name);
  if (!text) return fallback;
  if (iequals(trim(*text), "true")) return true;
  if (iequals(trim(*text), "false")) return false;
  return malformed("neither true nor false").with("element", name);
}

}  // namespace farshore::codec
