// SPDX-License-Identifier: Apache-2.0
// Headers, Request and Response: one HTTP/1.1 exchange as values. Knows nothing of what the messages mean.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "runtime/body.h"
#include "runtime/stream.h"

namespace farshore::http {

/// One header line. Views into the Headers it came from: valid until those change, move or die.
struct HeaderView {
  std::string_view name;
  std::string_view value;
};

/// Header lines in the order they came. Names compare without ASCII case; values are raw bytes, never decoded, with the
/// blanks around them removed. All text lies in one block, so that reading a head costs two allocations.
class Headers {
 public:
  /// The first value of that name.
  std::optional<std::string_view> find(std::string_view name) const;
  bool has(std::string_view name) const { return find(name).has_value(); }
  /// The first value, or an empty view.
  std::string_view get(std::string_view name) const { return find(name).value_or(std::string_view()); }
  /// All values of that name, in order.
  std::vector<std::string_view> all(std::string_view name) const;
  /// Appends a line. CR, LF and NUL in a value become blanks: a value can never start a line of its own.
  void add(std::string_view name, std::string_view value);
  /// Replaces all lines of that name by one.
  void set(std::string_view name, std::string_view value);
  void remove(std::string_view name);
  void reserve(std::size_t lines, std::size_t bytes);

  std::size_t size() const { return lines_.size(); }
  bool empty() const { return lines_.empty(); }
  HeaderView operator[](std::size_t index) const;

  class Iterator {
   public:
    Iterator(const Headers* headers, std::size_t index) : headers_(headers), index_(index) {}
    HeaderView operator*() const { return (*headers_)[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    bool operator==(const Iterator& other) const { return index_ == other.index_; }

   private:
    const Headers* headers_;
    std::size_t index_;
  };
  Iterator begin() const { return Iterator(this, 0); }
  Iterator end() const { return Iterator(this, lines_.size()); }

 private:
  struct Line {
    std::uint32_t name;
    std::uint32_t name_size;
    std::uint32_t value;
    std::uint32_t value_size;
  };
  std::string block_;
  std::vector<Line> lines_;
};

/// True if a comma-separated header value ("keep-alive, Upgrade") names the token; ASCII case ignored.
bool has_token(std::string_view value, std::string_view token);

/// A request as a client sent it. Move only.
struct Request {
  std::string method;     ///< upper case as sent; any token
  std::string target;     ///< the request line's, in whatever form
  std::string raw_path;   ///< still percent-encoded; begins with '/', or is "*"
  std::string raw_query;  ///< without the '?'; still percent-encoded
  bool has_query = false; ///< tells "/a?" from "/a"
  std::string host;       ///< from an absolute-form target, else the Host header; may carry ":port"
  Headers headers;        ///< exactly as sent
  bool body_declared = false;  ///< Content-Length or chunked was given, even if empty
  NetworkAddress remote;
  bool secure = false;
  std::optional<std::string> peer_name;  ///< of mutual TLS
  /// Never null. Lives no longer than its exchange: use it in handle() or as (part of) the response's body.
  /// length(): 0 without a body, nothing for a chunked one. The first read sends "100 Continue" if the client waits for it.
  std::unique_ptr<BodySource> body;
};

/// What to do with the connection after "101 Switching Protocols": the stream, and what was already read from it.
using Upgrade = std::move_only_function<Task<void>(std::unique_ptr<Stream> stream, Bytes already_read)>;

/// A response to send. Move only; the chained forms serve `return Response(200).header("ETag", etag).text(...)`.
/// The server adds Date, Connection and the framing. Content-Length is taken from the body; a handler sets it only when it
/// answers HEAD without a body.
class Response {
 public:
  explicit Response(int status = 200) : status_(status) {}
  int status() const { return status_; }
  void set_status(int status) { status_ = status; }
  Headers& headers() { return headers_; }
  const Headers& headers() const { return headers_; }

  /// Adds a header line.
  Response&& header(std::string_view name, std::string_view value) && {
    headers_.add(name, value);
    return std::move(*this);
  }
  Response& header(std::string_view name, std::string_view value) & {
    headers_.add(name, value);
    return *this;
  }
  /// Sets Content-Type and the body.
  Response&& text(std::string_view content_type, Bytes bytes) &&;
  Response&& body(Bytes bytes) && {
    set_body(std::move(bytes));
    return std::move(*this);
  }
  /// A source of known length is sent with Content-Length, one of unknown length chunked. Its first piece is read before
  /// the head leaves, so an error there still becomes an error response; a later one cuts the connection.
  Response&& body(std::unique_ptr<BodySource> source) && {
    set_body(std::move(source));
    return std::move(*this);
  }
  void set_body(Bytes bytes) { bytes_ = Buffer(std::move(bytes)); }
  void set_body(Buffer bytes) { bytes_ = std::move(bytes); }
  void set_body(std::unique_ptr<BodySource> source) { source_ = std::move(source); }
  const Buffer& bytes() const { return bytes_; }
  std::unique_ptr<BodySource>& source() { return source_; }

  /// Ends the connection after this response.
  Response&& close() && {
    close_ = true;
    return std::move(*this);
  }
  bool closes() const { return close_; }
  /// Makes this a 101: the server sends the head (with `Upgrade: protocol`) and hands the connection over.
  Response&& upgrade(std::string_view protocol, Upgrade callback) &&;
  Upgrade& upgrade() { return upgrade_; }

 private:
  int status_;
  Headers headers_;
  Buffer bytes_;
  std::unique_ptr<BodySource> source_;
  bool close_ = false;
  Upgrade upgrade_;
};

/// "OK", "Not Found"; "Unknown" for a number without a registered phrase.
std::string_view reason_phrase(int status);

}  // namespace farshore::http
