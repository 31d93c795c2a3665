// SPDX-License-Identifier: Apache-2.0
#include "http/client.h"

#include <array>
#include <iterator>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "http/body_reader.h"

namespace farshore::http {

namespace {

/// A connection to an endpoint, with what was read from it and not used.
struct Wire {
  Wire(BufferPool& pool, std::unique_ptr<Stream> connected) : stream(std::move(connected)), input(pool) {}
  std::unique_ptr<Stream> stream;
  Input input;
  std::optional<BodyReader> body;
  std::string key;       // of its endpoint
  bool reused = false;
  bool keep = true;
  Instant idle_since{};
};

/// Idle connections by endpoint; the one used last is taken first.
class Pool {
 public:
  Pool(Executor& executor, const ClientSettings& settings) : executor_(executor), settings_(settings) {}
  std::unique_ptr<Wire> take(const std::string& key) {
    const auto found = idle_.find(key);
    if (found == idle_.end()) return nullptr;
    auto& wires = found->second;
    std::unique_ptr<Wire> wire = std::move(wires.back());
    wires.pop_back();
    // All below it are older still.
    const bool stale = executor_.now() - wire->idle_since > settings_.idle_timeout;
    if (wires.empty() || stale) idle_.erase(found);
    if (stale) return nullptr;
    wire->reused = true;
    return wire;
  }
  void give(std::unique_ptr<Wire> wire) {
    auto& wires = idle_[wire->key];
    if (wires.size() >= settings_.idle_per_endpoint_max) wires.erase(wires.begin());
    wire->body.reset();
    wire->input.rest();
    wire->idle_since = executor_.now();
    wires.push_back(std::move(wire));
  }
  void clear() { idle_.clear(); }

 private:
  Executor& executor_;
  const ClientSettings& settings_;
  std::map<std::string, std::vector<std::unique_ptr<Wire>>> idle_;
};

/// A response's body; gives its connection back at the end.
class ResponseBody : public BodySource {
 public:
  ResponseBody(Pool& pool, std::unique_ptr<Wire> wire) : pool_(pool), wire_(std::move(wire)), length_(wire_->body->length()) { settle(); }
  Task<Result<Buffer>> read(OpContext op) override {
    if (!wire_) co_return failed_ ? Result<Buffer>(Error(ErrorCode::kConnectionClosed, "the body failed before")) : Result<Buffer>(Buffer());
    auto piece = co_await wire_->body->next(std::move(op), wire_->input, *wire_->stream);
    if (!piece) {
      failed_ = true;
      wire_->stream->close();
      wire_.reset();
      if (piece.error().code() == ErrorCode::kMalformedRequest) co_return Error(ErrorCode::kProtocolViolation, piece.error().message());
    } else {
      settle();
    }
    co_return piece;
  }
  std::optional<std::uint64_t> length() const override { return length_; }

 private:
  void settle() {
    if (!wire_->body->finished()) return;
    // Bytes beyond the body were never asked for: such a connection is not trusted again.
    if (wire_->keep && wire_->input.empty()) {
      pool_.give(std::move(wire_));
    } else {
      wire_.reset();
    }
  }
  Pool& pool_;
  std::unique_ptr<Wire> wire_;
  std::optional<std::uint64_t> length_;
  bool failed_ = false;
};

std::string pool_key(const Endpoint& endpoint) {
  std::string key = fmt::format("{}\n{}", endpoint.address.host, endpoint.address.port);
  if (endpoint.tls) {
    const TlsSettings& tls = *endpoint.tls;
    key += fmt::format("\n{}\n{}\n{}\n{}", tls.certificate_file, tls.key_file, tls.ca_file, tls.expected_peer_name);
  }
  return key;
}

std::string host_of(const Endpoint& endpoint) {
  const NetworkAddress& address = endpoint.address;
  const bool usual = address.port == (endpoint.tls ? 443 : 80);
  const bool six = address.host.find(':') != std::string::npos;
  const std::string host = six ? "[" + address.host + "]" : address.host;
  return usual ? host : fmt::format("{}:{}", host, address.port);
}

std::string request_head(const Endpoint& endpoint, const ClientRequest& request) {
  std::string head;
  head.reserve(512);
  head.append(request.method).append(" ").append(request.target).append(" HTTP/1.1\r\n");
  if (!request.headers.has("host")) head.append("Host: ").append(host_of(endpoint)).append("\r\n");
  for (const HeaderView line : request.headers) head.append(line.name).append(": ").append(line.value).append("\r\n");
  if (request.headers.has("content-length") || request.headers.has("transfer-encoding")) return head += "\r\n";
  const auto length = request.source ? request.source->length() : std::optional<std::uint64_t>(request.bytes.size());
  if (!length) {
    head += "Transfer-Encoding: chunked\r\n";
  } else if (*length > 0 || request.method == "PUT" || request.method == "POST") {
    fmt::format_to(std::back_inserter(head), "Content-Length: {}\r\n", *length);
  }
  return head += "\r\n";
}

/// Nothing that a server sends may be a line of its own in our request, nor the other way round.
bool well_formed(const ClientRequest& request) {
  constexpr std::string_view kForbidden("\r\n \t\0", 5);
  return !request.method.empty() && request.method.find_first_of(kForbidden) == std::string::npos && !request.target.empty() &&
         request.target.find_first_of(kForbidden) == std::string::npos;
}

bool idempotent(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE" || method == "OPTIONS";
}

Error maybe_applied(Error error) { return std::move(error).with_effect(Effect::kMaybeApplied); }

Task<Result<void>> write_parts(OpContext op, Stream& stream, BytesView a, BytesView b = {}, BytesView c = {}) {
  const std::array<BytesView, 3> parts{a, b, c};
  const std::size_t count = !c.empty() ? 3 : !b.empty() ? 2 : 1;
  co_return co_await stream.write(std::move(op), std::span<const BytesView>(parts.data(), count));
}

}  // namespace

struct Client::State {
  State(Runtime ports, Network& net, ClientSettings limits)
      : runtime(ports), network(net), settings(limits), idle(ports.executor, settings) {}

  Task<Result<std::unique_ptr<Wire>>> dial(OpContext op, const Endpoint& endpoint) {
    OpContext bounded = op.with_deadline(runtime.executor.now() + settings.connect_timeout);
    auto stream = co_await network.connect(std::move(bounded), endpoint.address, endpoint.tls);
    if (!stream && stream.error().code() == ErrorCode::kDeadlineExceeded && runtime.executor.now() < op.deadline) {
      co_return Error(ErrorCode::kUnreachable, fmt::format("{}:{}: no answer", endpoint.address.host, endpoint.address.port));
    }
    if (!stream) co_return stream.error();
    auto wire = std::make_unique<Wire>(buffers, *std::move(stream));
    wire->key = pool_key(endpoint);
    co_return wire;
  }
  Task<Result<void>> send_request(OpContext op, Wire& wire, const Endpoint& endpoint, ClientRequest& request);
  /// The final response's head; interim ones are skipped.
  Task<Result<ResponseHead>> receive_head(OpContext op, Wire& wire);
  /// One try on one connection; `answered` tells whether any byte came back.
  Task<Result<ResponseHead>> exchange(OpContext op, Wire& wire, const Endpoint& endpoint, ClientRequest& request);

  Runtime runtime;
  Network& network;
  ClientSettings settings;
  BufferPool buffers;
  Pool idle;  // after the buffers that its connections borrow
};

Task<Result<void>> Client::State::send_request(OpContext op, Wire& wire, const Endpoint& endpoint, ClientRequest& request) {
  std::string head = request_head(endpoint, request);
  Stream& stream = *wire.stream;
  if (!request.source) co_return co_await write_parts(op, stream, head, request.bytes.view());
  const auto length = request.source->length();
  std::uint64_t sent = 0;
  while (true) {
    auto piece = co_await request.source->read(op);
    if (!piece) co_return piece.error();
    const bool last = piece->empty();
    sent += piece->size();
    if (length && (sent > *length || (last && sent < *length))) co_return Error(ErrorCode::kIncompleteBody, "the request's body has another length");
    if (length) {
      if (!head.empty() || !last) CO_TRY_OK(co_await write_parts(op, stream, head, piece->view()));
    } else {
      if (last) {
        head += "0\r\n\r\n";
      } else {
        fmt::format_to(std::back_inserter(head), "{:x}\r\n", piece->size());
      }
      CO_TRY_OK(co_await write_parts(op, stream, head, piece->view(), last ? BytesView() : BytesView("\r\n")));
    }
    head.clear();
    if (last || (length && sent == *length)) co_return Result<void>();
  }
}

Task<Result<ResponseHead>> Client::State::receive_head(OpContext op, Wire& wire) {
  while (true) {
    HeadScanner scanner(settings.head_bytes_max);
    while (true) {
      auto size = scanner.scan(wire.input.view());
      if (!size) co_return Error(ErrorCode::kProtocolViolation, size.error().message());
      if (*size == 0) {
        CO_TRY(const std::size_t count, co_await wire.input.fill(op, *wire.stream, settings.head_bytes_max));
        if (count == 0) co_return Error(ErrorCode::kConnectionClosed, "the server closed the connection without an answer");
        continue;
      }
      auto head = parse_response_head(wire.input.view().substr(0, *size));
      if (!head) co_return head.error();
      wire.input.consume(*size);
      if (head->status >= 200 || head->status == 101) co_return *std::move(head);
      break;  // 100 Continue and its kind
    }
  }
}

Task<Result<ResponseHead>> Client::State::exchange(OpContext op, Wire& wire, const Endpoint& endpoint, ClientRequest& request) {
  auto sent = co_await send_request(op, wire, endpoint, request);
  if (!sent && sent.error().code() != ErrorCode::kConnectionClosed) co_return maybe_applied(sent.error());
  // A server that refuses a body answers and closes while we still write: its answer counts.
  auto head = co_await receive_head(op, wire);
  if (!head) co_return maybe_applied(head.error());
  if (!sent) wire.keep = false;
  co_return *std::move(head);
}

Client::Client(Runtime runtime, Network& network, ClientSettings settings) : state_(std::make_unique<State>(runtime, network, settings)) {}
Client::~Client() = default;

Task<Result<ClientResponse>> Client::send(OpContext op, Endpoint endpoint, ClientRequest request) {
  if (!well_formed(request)) co_return Error(ErrorCode::kInvalidArgument, "malformed method or target");
  State& state = *state_;
  std::unique_ptr<Wire> wire = state.idle.take(pool_key(endpoint));
  Result<ResponseHead> head = ResponseHead();
  while (true) {
    if (!wire) {
      CO_TRY(wire, co_await state.dial(op, endpoint));
    }
    head = co_await state.exchange(op, *wire, endpoint, request);
    if (head) break;
    const bool dead = head.error().code() == ErrorCode::kConnectionClosed && wire->input.empty();
    wire->stream->close();
    if (!dead || !wire->reused || request.source || !idempotent(request.method)) co_return head.error();
    wire.reset();
    // Others kept as long are likely as dead: the next one is new, so this ends.
  }
  auto framing = response_framing(request.method, *head);
  if (!framing || head->status == 101) {
    wire->stream->close();
    co_return maybe_applied(framing ? Error(ErrorCode::kProtocolViolation, "the server switched protocols unasked") : framing.error());
  }
  if (framing->kind == FramingKind::kUntilClose || !keeps_alive(head->minor, head->headers)) wire->keep = false;
  wire->body.emplace(state.runtime.executor, *framing, BodyPace());
  ClientResponse response;
  response.status = head->status;
  response.headers = std::move(head->headers);
  response.body = std::make_unique<ResponseBody>(state.idle, std::move(wire));
  co_return std::move(response);
}

Task<Result<UpgradedConnection>> Client::upgrade(OpContext op, Endpoint endpoint, ClientRequest request, std::string protocol) {
  if (!well_formed(request)) co_return Error(ErrorCode::kInvalidArgument, "malformed method or target");
  State& state = *state_;
  request.headers.set("Connection", "Upgrade");
  request.headers.set("Upgrade", protocol);
  CO_TRY(std::unique_ptr<Wire> wire, co_await state.dial(op, endpoint));
  auto head = co_await state.exchange(op, *wire, endpoint, request);
  if (!head) {
    wire->stream->close();
    co_return head.error();
  }
  if (head->status != 101) {
    wire->stream->close();
    co_return Error(ErrorCode::kProtocolViolation, "the server did not switch protocols").with("status", fmt::format("{}", head->status));
  }
  UpgradedConnection connection;
  connection.headers = std::move(head->headers);
  connection.already_read = wire->input.take_all();
  connection.stream = std::move(wire->stream);
  co_return std::move(connection);
}

void Client::close_idle() { state_->idle.clear(); }

Task<Result<Bytes>> read_all(OpContext op, BodySource& body, std::size_t bytes_max) {
  Bytes all;
  if (const auto length = body.length()) {
    if (*length > bytes_max) co_return Error(ErrorCode::kEntityTooLarge, "the body is too large");
    all.reserve(static_cast<std::size_t>(*length));
  }
  while (true) {
    CO_TRY(const Buffer piece, co_await body.read(op));
    if (piece.empty()) co_return std::move(all);
    if (piece.size() > bytes_max - all.size()) co_return Error(ErrorCode::kEntityTooLarge, "the body is too large");
    all += piece.view();
  }
}

}  // namespace farshore::http
