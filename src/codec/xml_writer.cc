// SPDX-License-Identifier: Apache-2.0
// XmlWriter: escaping and the stack of open elements.
#include "base/check.h"
#include "codec/xml.h"

namespace farshore::codec {
namespace {

// XML 1.0, "Char": every character but most controls, U+FFFE and U+FFFF. Surrogates are no UTF-8 to begin with.
bool is_xml_character(std::string_view character) {
  if (character.size() == 1) {
    const auto c = static_cast<unsigned char>(character[0]);
    return c >= 0x20 || c == '\t' || c == '\n' || c == '\r';
  }
  return character != "\xEF\xBF\xBE" && character != "\xEF\xBF\xBF";
}

void append_character(std::string& out, std::string_view character) {
  switch (character[0]) {
    case '&': out += "&amp;"; return;
    case '<': out += "&lt;"; return;
    case '>': out += "&gt;"; return;
    case '"': out += "&quot;"; return;
    // A reader would turn a bare CR into LF, and then the key that holds it is another key.
    case '\r': out += "&#13;"; return;
    default: break;
  }
  if (is_xml_character(character)) {
    out += character;
  } else {
    out += '?';
  }
}

// Printable ASCII that needs no escape: nearly every byte of a listing, so it goes out in runs.
bool is_plain(char c) { return c >= ' ' && c <= '~' && c != '&' && c != '<' && c != '>' && c != '"'; }

void append_escaped(std::string& out, std::string_view text) {
  while (!text.empty()) {
    std::size_t plain = 0;
    while (plain < text.size() && is_plain(text[plain])) ++plain;
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) return;
    const std::size_t length = utf8_length_at_front(text);
    if (length == 0) {
      out += '?';
      text.remove_prefix(1);
    } else {
      append_character(out, text.substr(0, length));
      text.remove_prefix(length);
    }
  }
}

}  // namespace

XmlWriter& XmlWriter::declaration() {
  out_ += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  return *this;
}

XmlWriter& XmlWriter::open(std::string_view name) {
  out_ += '<';
  open_.push_back({out_.size(), name.size()});
  out_ += name;
  out_ += '>';
  return *this;
}

XmlWriter& XmlWriter::close() {
  FS_CHECK(!open_.empty());
  const OpenName name = open_.back();
  open_.pop_back();
  out_ += "</";
  out_.append(out_, name.at, name.size);
  out_ += '>';
  return *this;
}

XmlWriter& XmlWriter::element(std::string_view name, std::string_view text) {
  out_ += '<';
  out_ += name;
  out_ += '>';
  append_escaped(out_, text);
  out_ += "</";
  out_ += name;
  out_ += '>';
  return *this;
}

XmlWriter& XmlWriter::text(std::string_view text) {
  FS_CHECK(!open_.empty());
  append_escaped(out_, text);
  return *this;
}

std::string XmlWriter::take() {
  FS_CHECK(open_.empty());
  return std::exchange(out_, {});
}

}  // namespace farshore::codec
