// SPDX-License-Identifier: Apache-2.0
#include "http/message.h"

#include <algorithm>

#include "codec/text.h"

namespace farshore::http {
namespace {

bool breaks_lines(char c) { return c == '\r' || c == '\n' || c == '\0'; }

}  // namespace

HeaderView Headers::operator[](std::size_t index) const {
  const Line& line = lines_[index];
  const std::string_view block(block_);
  return HeaderView{block.substr(line.name, line.name_size), block.substr(line.value, line.value_size)};
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    if (lines_[i].name_size != name.size()) continue;
    const HeaderView line = (*this)[i];
    if (codec::iequals(line.name, name)) return line.value;
  }
  return std::nullopt;
}

std::vector<std::string_view> Headers::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const HeaderView line : *this) {
    if (codec::iequals(line.name, name)) values.push_back(line.value);
  }
  return values;
}

void Headers::add(std::string_view name, std::string_view value) {
  Line line{};
  line.name = static_cast<std::uint32_t>(block_.size());
  line.name_size = static_cast<std::uint32_t>(name.size());
  block_ += name;
  line.value = static_cast<std::uint32_t>(block_.size());
  line.value_size = static_cast<std::uint32_t>(value.size());
  const bool clean = std::count_if(value.begin(), value.end(), breaks_lines) == 0;  // no early end: many bytes at a time
  block_ += value;
  if (!clean) std::replace_if(block_.begin() + static_cast<std::ptrdiff_t>(line.value), block_.end(), breaks_lines, ' ');
  lines_.push_back(line);
}

void Headers::set(std::string_view name, std::string_view value) {
  // Both views may point into this block.
  const std::string name_copy(name);
  const std::string value_copy(value);
  remove(name_copy);
  add(name_copy, value_copy);
}

void Headers::remove(std::string_view name) {
  std::erase_if(lines_, [&](const Line& line) {
    return codec::iequals(std::string_view(block_).substr(line.name, line.name_size), name);
  });
}

void Headers::reserve(std::size_t lines, std::size_t bytes) {
  lines_.reserve(lines);
  block_.reserve(bytes);
}

bool has_token(std::string_view value, std::string_view token) {
  for (const std::string_view piece : codec::split(value, ',')) {
    if (codec::iequals(codec::trim(piece), token)) return true;
  }
  return false;
}

Response&& Response::text(std::string_view content_type, Bytes bytes) && {
  headers_.set("Content-Type", content_type);
  set_body(std::move(bytes));
  return std::move(*this);
}

Response&& Response::upgrade(std::string_view protocol, Upgrade callback) && {
  status_ = 101;
  headers_.set("Upgrade", protocol);
  upgrade_ = std::move(callback);
  return std::move(*this);
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 100: return "Continue";
    case 101: return "Switching Protocols";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 203: return "Non-Authoritative Information";
    case 204: return "No Content";
    case 205: return "Reset Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 426: return "Upgrade Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    default: return "Unknown";
  }
}

}  // namespace farshore::http
