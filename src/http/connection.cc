// SPDX-License-Identifier: Apache-2.0
#include "http/connection.h"

#include <algorithm>
#include <chrono>
#include <iterator>

#include <fmt/format.h>

#include "codec/date.h"
#include "codec/text.h"

namespace farshore::http {

namespace {
using namespace std::chrono_literals;
constexpr std::size_t kLingerBytesMax = 4 * 1024 * 1024;
constexpr Duration kLingerMax = 2s;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

/// A request without a body.
class NoBody : public BodySource {
 public:
  Task<Result<Buffer>> read(OpContext) override { co_return Buffer(); }
  std::optional<std::uint64_t> length() const override { return 0; }
};

/// Lines that the server writes itself. The length of a response without a body is the handler's to say.
bool is_framing(std::string_view name, bool length_given) {
  switch (name.size()) {
    case 10: return codec::iequals(name, "connection");
    case 14: return !length_given && codec::iequals(name, "content-length");
    case 17: return codec::iequals(name, "transfer-encoding");
    default: return false;
  }
}

bool sends_no_body(int status) { return status == 204 || status == 304 || status < 200; }
}  // namespace

/// A request's body as its handler sees it; cut off from the connection when the exchange is over.
class RequestBody : public BodySource {
 public:
  explicit RequestBody(Connection& connection) : connection_(&connection) { connection.live_body_ = this; }
  ~RequestBody() override {
    if (connection_ != nullptr) connection_->live_body_ = nullptr;
  }
  Task<Result<Buffer>> read(OpContext op) override {
    if (connection_ == nullptr) return gone();
    return connection_->read_body(std::move(op));
  }
  std::optional<std::uint64_t> length() const override {
    return connection_ == nullptr ? std::nullopt : connection_->body().length();
  }
  void detach() { connection_ = nullptr; }

 private:
  static Task<Result<Buffer>> gone() { co_return Error(ErrorCode::kConnectionClosed, "the request is over"); }
  Connection* connection_;
};

ServerShared::ServerShared(Runtime ports, ServerSettings limits, Handler& service)
    : runtime(ports), settings(limits), handler(service), changed(ports.executor),
      connections_gauge(ports.metrics.gauge("farshore_http_connections", "Open connections")) {
  for (std::size_t i = 1; i < answered.size(); ++i) {
    answered[i] = &ports.metrics.counter("farshore_http_responses_total", "Responses by status class", {{"class", fmt::format("{}xx", i)}});
  }
}

const std::string& ServerShared::date() {
  const std::int64_t second = runtime.clock.now().seconds();
  if (second != date_second) {
    date_second = second;
    date_text = codec::format_rfc1123(second * 1000);
  }
  return date_text;
}

OpContext Connection::running() const { return OpContext().with_cancel(shared_.all_stop.token()); }

Task<void> Connection::run() {
  while (co_await exchange()) {
  }
  if (stream_ && unread_) co_await linger();
  if (stream_) stream_->close();
}

Task<void> Connection::turn_away() {
  keep_ = false;
  co_await refuse(503, Error(ErrorCode::kServiceBusy, "Too many connections."));
  if (stream_) co_await linger();
  if (stream_) stream_->close();
}

Task<bool> Connection::exchange() {
  minor_ = 1;
  head_request_ = awaits_continue_ = unread_ = false;
  keep_ = true;
  auto size = co_await receive_head();
  if (!size) co_return co_await refuse(size.error().code() == ErrorCode::kRequestTimeout ? 408 : 400, std::move(size).error());
  if (*size == 0) co_return false;
  auto request = read_head(*size);
  if (!request) {
    const std::string_view status = request.error().detail("status");
    co_return co_await refuse(codec::parse_decimal<int>(status).value_or(400), std::move(request).error());
  }
  if (shared_.requests >= shared_.settings.requests_max) {
    request->body.reset();
    unread_ = !body_->finished();
    co_return co_await refuse(503, Error(ErrorCode::kServiceBusy, "Too many requests at once."));
  }
  co_return co_await answer(*std::move(request));
}

Task<Result<std::size_t>> Connection::receive_head() {
  HeadScanner scanner(shared_.settings.head_bytes_max);
  OpContext op = OpContext().with_cancel(shared_.idle_stop.token()).with_deadline(shared_.runtime.executor.now() + shared_.settings.idle_timeout);
  if (input_.empty()) {
    input_.rest();
    if (shared_.draining || !co_await stream_->readable(op)) co_return std::size_t{0};
  }
  bool first = true;
  bool blank_skipped = false;
  while (true) {
    // Rule: RFC 9112 section 2.2: an empty line before a request is skipped; once is enough.
    if (!blank_skipped && input_.view().starts_with("\r\n")) {
      input_.consume(2);
      blank_skipped = true;
    }
    if (input_.view() != "\r") {
      CO_TRY(const std::size_t size, scanner.scan(input_.view()));
      if (size > 0) co_return size;
    }
    if (!input_.empty() && first) {
      first = false;
      op = running().with_deadline(shared_.runtime.executor.now() + shared_.settings.head_timeout);
    }
    const auto count = co_await input_.fill(op, *stream_, shared_.settings.head_bytes_max);
    if (!count && count.error().code() == ErrorCode::kDeadlineExceeded && !first) {
      co_return Error(ErrorCode::kRequestTimeout, "The request head did not arrive in time.");
    }
    if (!count || *count == 0) co_return std::size_t{0};
  }
}

Result<Request> Connection::read_head(std::size_t size) {
  const HeadLimits limits{shared_.settings.head_bytes_max, shared_.settings.target_bytes_max, shared_.settings.header_lines_max};
  TRY(RequestHead head, parse_request_head(input_.view().substr(0, size), limits));
  input_.consume(size);
  TRY(const Framing framing, request_framing(head));
  minor_ = head.minor;
  keep_ = keeps_alive(head.minor, head.headers);
  Request request;
  TRY_OK(read_target(head, request));
  if (const auto expect = head.headers.find("expect")) {
    if (!codec::iequals(*expect, "100-continue")) {
      return Error(ErrorCode::kInvalidRequest, "The expectation is not supported.").with("status", "417");
    }
    awaits_continue_ = head.minor == 1;
  }
  request.method = std::move(head.method);
  request.headers = std::move(head.headers);
  request.body_declared = request.headers.has("content-length") || framing.kind == FramingKind::kChunked;
  request.remote = stream_->remote();
  request.secure = stream_->secure();
  request.peer_name = stream_->peer_name();
  head_request_ = request.method == "HEAD";
  body_.emplace(shared_.runtime.executor, framing, BodyPace{shared_.settings.body_timeout, shared_.settings.body_rate_min});
  if (body_->finished()) {
    awaits_continue_ = false;
    request.body = std::make_unique<NoBody>();
  } else {
    request.body = std::make_unique<RequestBody>(*this);
  }
  return request;
}

Task<bool> Connection::answer(Request request) {
  ++shared_.requests;
  input_.rest();  // a long-running handler holds no buffer
  Response response = co_await shared_.handler.handle(running(), std::move(request));
  --shared_.requests;
  const bool go_on = co_await respond(std::move(response));
  if (live_body_ != nullptr) live_body_->detach();
  live_body_ = nullptr;
  if (!go_on || !stream_) co_return false;
  co_return co_await skip_rest_of_body();
}

Task<Result<Buffer>> Connection::read_body(OpContext op) {
  if (awaits_continue_) {
    awaits_continue_ = false;
    if (input_.empty() && !co_await send(kContinue)) co_return Error(ErrorCode::kConnectionClosed, "the client went away");
  }
  co_return co_await body_->next(std::move(op), input_, *stream_);
}

Task<bool> Connection::refuse(int status, Error error) {
  // The request's end is unknown, or nobody will read it.
  keep_ = false;
  unread_ = true;
  body_.reset();
  Response response = shared_.handler.refuse(status, error);
  co_await respond(std::move(response));
  co_return false;
}

bool Connection::settle_keep_alive(const Response& response) {
  if (response.closes() || shared_.draining) keep_ = false;
  if (body_ && !body_->finished()) {
    const bool readable = !body_->failed() && !awaits_continue_ && body_->left() <= shared_.settings.unread_body_max;
    // After refusing to say "100 Continue", whether the body follows is the client's choice: the connection cannot go on.
    if (!readable) keep_ = false;
    if (!keep_) unread_ = true;
  }
  return keep_;
}

std::string Connection::response_head(Response& response, std::optional<std::uint64_t> length, bool chunked) {
  const int status = response.status();
  const Headers& headers = response.headers();
  std::string head;
  head.reserve(1024);
  fmt::format_to(std::back_inserter(head), "HTTP/1.1 {} {}\r\n", status, reason_phrase(status));
  for (const HeaderView line : headers) {
    if (is_framing(line.name, head_request_ || status == 304)) continue;
    head.append(line.name).append(": ").append(line.value).append("\r\n");
  }
  if (!headers.has("date")) head.append("Date: ").append(shared_.date()).append("\r\n");
  if (status == 101) {
    head.append("Connection: Upgrade\r\n\r\n");
    return head;
  }
  if (chunked) {
    head.append("Transfer-Encoding: chunked\r\n");
  } else if (length && !sends_no_body(status) && !(head_request_ && headers.has("content-length"))) {
    fmt::format_to(std::back_inserter(head), "Content-Length: {}\r\n", *length);
  }
  head.append(keep_ ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n");
  return head;
}

Task<bool> Connection::respond(Response response) {
  const int status = response.status();
  if (Counter* counter = status < 600 ? shared_.answered[static_cast<std::size_t>(status) / 100] : nullptr) counter->add();
  if (response.upgrade()) co_return co_await hand_over(std::move(response));
  if (response.source() && !sends_no_body(status)) {
    if (response.source()->length() || !head_request_) co_return co_await send_source(std::move(response));
    // HEAD of a body of unknown length: the head alone says all there is.
    settle_keep_alive(response);
    const std::string head = response_head(response, std::nullopt, minor_ == 1);
    co_return co_await send(head) && keep_;
  }
  settle_keep_alive(response);
  const std::string head = response_head(response, response.bytes().size(), false);
  const bool with_body = !head_request_ && !sends_no_body(status);
  co_return co_await send(head, with_body ? response.bytes().view() : BytesView()) && keep_;
}

Task<bool> Connection::send_source(Response response) {
  std::unique_ptr<BodySource> source = std::move(response.source());
  const std::optional<std::uint64_t> length = source->length();
  Buffer piece;
  if (!head_request_) {
    auto first = co_await source->read(running());
    if (!first) {
      source.reset();
      // Nothing has been said yet, so this can still be told as it is. The request itself was whole.
      Response failure = shared_.handler.refuse(500, first.error());
      if (failure.source() || failure.upgrade()) failure = Response(500);
      co_return co_await respond(std::move(failure));
    }
    piece = *std::move(first);
  }
  if (!length && minor_ == 0) keep_ = false;  // HTTP/1.0 learns the end from the connection's
  const bool chunked = !length && minor_ == 1;
  settle_keep_alive(response);
  std::string head = response_head(response, length, chunked);
  if (head_request_) co_return co_await send(head) && keep_;
  std::uint64_t sent = 0;
  while (true) {
    const bool last = piece.empty();
    sent += piece.size();
    if (length && sent > *length) co_return false;
    if (chunked) {
      if (last) {
        head += "0\r\n\r\n";
      } else {
        fmt::format_to(std::back_inserter(head), "{:x}\r\n", piece.size());
      }
      if (!co_await send(head, piece.view(), last ? BytesView() : BytesView("\r\n"))) co_return false;
    } else if (!co_await send(head, piece.view())) {
      co_return false;
    }
    head.clear();
    if (last || (length && sent == *length)) break;
    auto next = co_await source->read(running());
    if (!next) {
      // The promised length cannot be kept: only a cut tells the client.
      shared_.runtime.log.warn("http.response_cut", {{"sent", sent}, {"error", next.error().text()}});
      co_return false;
    }
    piece = *std::move(next);
  }
  if (length && sent < *length) {
    shared_.runtime.log.error("http.response_short", {{"sent", sent}, {"length", *length}});
    co_return false;
  }
  co_return keep_;
}

Task<bool> Connection::hand_over(Response response) {
  const std::string head = response_head(response, std::nullopt, false);
  if (!co_await send(head)) co_return false;
  if (live_body_ != nullptr) live_body_->detach();
  live_body_ = nullptr;
  Bytes already_read = input_.take_all();
  input_.rest();
  Upgrade callback = std::move(response.upgrade());
  unlink();  // the stream's new owner ends it
  co_await callback(std::move(stream_), std::move(already_read));
  co_return false;
}

Task<bool> Connection::send(BytesView a, BytesView b, BytesView c) {
  const std::array<BytesView, 3> all{a, b, c};
  std::array<BytesView, 3> parts;
  std::size_t count = 0;
  for (const BytesView part : all) {
    if (!part.empty()) parts[count++] = part;
  }
  if (count == 0) co_return true;
  OpContext op = running().with_deadline(shared_.runtime.executor.now() + shared_.settings.write_timeout);
  const auto written = co_await stream_->write(std::move(op), std::span<const BytesView>(parts.data(), count));
  co_return written.has_value();
}

Task<bool> Connection::skip_rest_of_body() {
  if (!keep_) co_return false;
  std::size_t skipped = 0;
  while (body_ && !body_->finished()) {
    const auto piece = co_await body_->next(running(), input_, *stream_);
    if (!piece) co_return false;
    skipped += piece->size();
    if (skipped > shared_.settings.unread_body_max) {
      unread_ = true;
      co_return false;
    }
  }
  body_.reset();
  co_return true;
}

Task<void> Connection::linger() {
  const OpContext op = running().with_deadline(shared_.runtime.executor.now() + kLingerMax);
  if (!co_await stream_->finish(op)) co_return;
  std::size_t dropped = 0;
  while (dropped < kLingerBytesMax) {
    input_.take_all();
    const auto count = co_await input_.fill(op, *stream_, BufferPool::kBufferBytes);
    if (!count || *count == 0) co_return;
    dropped += *count;
  }
}

}  // namespace farshore::http
