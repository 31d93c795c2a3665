// SPDX-License-Identifier: Apache-2.0
// The only file that includes Beast, and only its parser of heads: bytes that strangers send meet well-worn code first.
#include "http/head.h"

#include <cstring>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

namespace farshore::http {

namespace {
namespace beast = boost::beast;
using beast::error_code;

BytesView view(beast::string_view text) { return BytesView(text.data(), text.size()); }

/// Collects what Beast finds. Bodies never reach it.
template <bool kRequest>
class Collector : public beast::http::basic_parser<kRequest> {
 public:
  explicit Collector(std::size_t head_size) {
    this->header_limit(static_cast<std::uint32_t>(head_size + 1));
    this->body_limit(boost::none);
    headers.reserve(16, head_size);
  }
  std::string method;
  std::string target;
  int status = 0;
  int version = 0;
  Headers headers;

 private:
  void on_request_impl(beast::http::verb, beast::string_view name, beast::string_view uri, int number, error_code&) override {
    method = view(name);
    target = view(uri);
    version = number;
  }
  void on_response_impl(int code, beast::string_view, int number, error_code&) override {
    status = code;
    version = number;
  }
  void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value, error_code&) override {
    headers.add(view(name), view(value));
  }
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(beast::string_view body, error_code&) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body, error_code&) override { return body.size(); }
  void on_finish_impl(error_code&) override {}
};

/// An empty text if the head is well formed, else what is wrong with it.
template <bool kRequest>
std::string parse(Collector<kRequest>& collector, BytesView head) {
  error_code failure;
  collector.put(boost::asio::const_buffer(head.data(), head.size()), failure);
  if (failure && failure != beast::http::error::need_more) return failure.message();
  if (!collector.is_header_done()) return "incomplete head";
  return std::string();
}

Error malformed(std::string message) { return Error(ErrorCode::kMalformedRequest, std::move(message)); }

}  // namespace

Result<std::size_t> HeadScanner::scan(BytesView bytes) {
  while (seen_ < bytes.size()) {
    if (seen_ == line_ && line_ > 0 && (bytes[line_] == ' ' || bytes[line_] == '\t')) return malformed("a header line is folded");
    const void* found = std::memchr(bytes.data() + seen_, '\n', bytes.size() - seen_);
    if (found == nullptr) {
      seen_ = bytes.size();
      break;
    }
    const auto at = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
    if (at == line_ || bytes[at - 1] != '\r') return malformed("a line ends without CR");
    const bool empty = at == line_ + 1;
    seen_ = line_ = at + 1;
    if (seen_ > bytes_max_) break;
    if (empty) return seen_;
  }
  if (seen_ > bytes_max_) return Error(ErrorCode::kHeaderTooLarge, "The request line and headers are too large.");
  return std::size_t{0};
}

Result<RequestHead> parse_request_head(BytesView head, const HeadLimits& limits) {
  Collector<true> collector(head.size());
  if (std::string wrong = parse(collector, head); !wrong.empty()) {
    // Beast reports a version such as HTTP/2.0 as a bad one; RFC 9110 has a status for it.
    const BytesView line = head.substr(0, head.find('\r'));
    const std::size_t at = line.rfind(" HTTP/");
    const bool version = at != BytesView::npos && line.size() == at + 9 && !line.ends_with("/1.1") && !line.ends_with("/1.0");
    Error error = malformed(std::move(wrong));
    return version ? std::move(error).with("status", "505") : error;
  }
  if (collector.version != 10 && collector.version != 11) return malformed("unsupported HTTP version").with("status", "505");
  if (collector.target.size() > limits.target_bytes_max) return Error(ErrorCode::kHeaderTooLarge, "The request target is too long.");
  if (collector.headers.size() > limits.header_lines_max) return Error(ErrorCode::kHeaderTooLarge, "The request has too many headers.");
  return RequestHead{std::move(collector.method), std::move(collector.target), collector.version - 10, std::move(collector.headers)};
}

Result<ResponseHead> parse_response_head(BytesView head) {
  Collector<false> collector(head.size());
  if (std::string wrong = parse(collector, head); !wrong.empty()) {
    return Error(ErrorCode::kProtocolViolation, "the server's response head is malformed: " + wrong);
  }
  if (collector.version != 10 && collector.version != 11) return Error(ErrorCode::kProtocolViolation, "unsupported HTTP version");
  return ResponseHead{collector.status, collector.version - 10, std::move(collector.headers)};
}

}  // namespace farshore::http
