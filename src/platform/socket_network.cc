// SPDX-License-Identifier: Apache-2.0
#include "platform/socket_network.h"

#include <cerrno>
#include <cstring>
#include <vector>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fmt/format.h>

#include "platform/socket_stream.h"
#include "platform/tls_stream.h"

namespace farshore::platform {

namespace {

/// A socket address of either family.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

NetworkAddress readable_address(const SocketAddress& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.storage.ss_family == AF_INET) {
    const auto* four = reinterpret_cast<const sockaddr_in*>(&address.storage);
    inet_ntop(AF_INET, &four->sin_addr, text, sizeof text);
    return NetworkAddress{text, ntohs(four->sin_port)};
  }
  const auto* six = reinterpret_cast<const sockaddr_in6*>(&address.storage);
  inet_ntop(AF_INET6, &six->sin6_addr, text, sizeof text);
  std::string_view host = text;
  if (host.starts_with("::ffff:")) host.remove_prefix(7);  // IPv4 through an IPv6 listener
  return NetworkAddress{std::string(host), ntohs(six->sin6_port)};
}

Error unreachable(const NetworkAddress& address, std::string_view reason) {
  return Error(ErrorCode::kUnreachable, fmt::format("{}:{}: {}", address.host, address.port, reason));
}

/// Blocking unless the host is an IP literal.
Result<std::vector<SocketAddress>> resolve(const NetworkAddress& address, int flags) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const std::string port = std::to_string(address.port);
  const int outcome = ::getaddrinfo(address.host.empty() ? nullptr : address.host.c_str(), port.c_str(), &hints, &list);
  if (outcome != 0) return unreachable(address, ::gai_strerror(outcome));
  std::vector<SocketAddress> found;
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    SocketAddress one;
    std::memcpy(&one.storage, entry->ai_addr, entry->ai_addrlen);
    one.size = entry->ai_addrlen;
    found.push_back(one);
  }
  ::freeaddrinfo(list);
  if (found.empty()) return unreachable(address, "no address");
  return found;
}

void set_option(int socket, int level, int name, int value) { ::setsockopt(socket, level, name, &value, sizeof value); }

/// Decides at the first byte whether a connection speaks TLS. A TLS record of a handshake begins with 0x16, which no
/// HTTP method does.
class SniffingStream : public Stream {
 public:
  SniffingStream(EventLoop& loop, std::unique_ptr<SocketStream> socket, std::shared_ptr<TlsContext> context)
      : loop_(loop), socket_(socket.get()), inner_(std::move(socket)), context_(std::move(context)) {}
  Task<Result<std::size_t>> read(OpContext op, std::span<char> into) override {
    return decided_ ? inner_->read(std::move(op), into) : first_read(std::move(op), into);
  }
  Task<Result<void>> readable(OpContext op) override { return decided_ ? inner_->readable(std::move(op)) : first_readable(std::move(op)); }
  Task<Result<void>> write(OpContext op, std::span<const BytesView> parts) override {
    // A server that speaks first does so in plain text.
    return inner_->write(std::move(op), parts);
  }
  Task<Result<void>> finish(OpContext op) override { return inner_->finish(std::move(op)); }
  void close() override { inner_->close(); }
  void tune(const StreamTuning& tuning) override { inner_->tune(tuning); }
  NetworkAddress remote() const override { return inner_->remote(); }
  bool secure() const override { return inner_->secure(); }
  std::optional<std::string> peer_name() const override { return inner_->peer_name(); }

 private:
  Task<Result<void>> decide(OpContext op) {
    CO_TRY(const std::optional<char> first, co_await socket_->peek(std::move(op)));
    if (first == '\x16' && !decided_) inner_ = std::make_unique<TlsStream>(loop_, std::move(inner_), context_, std::string());
    decided_ = true;
    co_return Result<void>();
  }
  Task<Result<std::size_t>> first_read(OpContext op, std::span<char> into) {
    CO_TRY_OK(co_await decide(op));
    co_return co_await inner_->read(std::move(op), into);
  }
  Task<Result<void>> first_readable(OpContext op) {
    CO_TRY_OK(co_await decide(op));
    co_return co_await inner_->readable(std::move(op));
  }
  EventLoop& loop_;
  SocketStream* socket_;
  std::unique_ptr<Stream> inner_;
  std::shared_ptr<TlsContext> context_;
  bool decided_ = false;
};

class SocketListener : public Listener {
 public:
  SocketListener(EventLoop& loop, int socket, NetworkAddress local, std::shared_ptr<TlsContext> context, bool plain_too)
      : loop_(loop), socket_(loop, socket), local_(std::move(local)), context_(std::move(context)), plain_too_(plain_too) {}

  Task<Result<std::unique_ptr<Stream>>> accept(OpContext op) override {
    while (true) {
      if (socket_.get() < 0) co_return Error(ErrorCode::kCancelled, "the listener was closed");
      SocketAddress from;
      from.size = sizeof from.storage;
      const int socket = ::accept4(socket_.get(), from.get(), &from.size, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (socket >= 0) co_return wrap(socket, from);
      if (errno == EINTR || errno == ECONNABORTED) continue;
      if (errno != EAGAIN && errno != EWOULDBLOCK) co_return Error(ErrorCode::kUnreachable, std::strerror(errno));
      auto waited = co_await socket_.wait_readable(op);
      if (!waited && waited.error().code() != ErrorCode::kConnectionClosed) co_return waited.error();
    }
  }
  NetworkAddress local() const override { return local_; }
  void close() override { socket_.close(); }

 private:
  std::unique_ptr<Stream> wrap(int socket, const SocketAddress& from) {
    set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
    auto plain = std::make_unique<SocketStream>(loop_, socket, readable_address(from));
    if (!context_) return plain;
    if (plain_too_) return std::make_unique<SniffingStream>(loop_, std::move(plain), context_);
    return std::make_unique<TlsStream>(loop_, std::move(plain), context_, std::string());
  }
  EventLoop& loop_;
  Descriptor socket_;
  NetworkAddress local_;
  std::shared_ptr<TlsContext> context_;
  bool plain_too_;
};

/// Connects to one address; the socket belongs to the stream from the start, so that every exit closes it.
Task<Result<std::unique_ptr<Stream>>> connect_to(EventLoop* loop, OpContext op, NetworkAddress name, SocketAddress address) {
  const int socket = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket < 0) co_return unreachable(name, std::strerror(errno));
  set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  auto stream = std::make_unique<SocketStream>(*loop, socket, readable_address(address));
  if (::connect(socket, address.get(), address.size) != 0) {
    if (errno != EINPROGRESS) co_return unreachable(name, std::strerror(errno));
    CO_TRY_OK(co_await stream->connected(op));
    int failure = 0;
    socklen_t size = sizeof failure;
    ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &failure, &size);
    if (failure != 0) co_return unreachable(name, std::strerror(failure));
  }
  co_return std::unique_ptr<Stream>(std::move(stream));
}

/// A name lookup under way. getaddrinfo cannot be interrupted, so whoever asked may leave before it ends.
struct Lookup {
  explicit Lookup(Executor& executor) : done(executor) {}
  Signal done;
  std::optional<Result<std::vector<SocketAddress>>> found;
};

Task<void> look_up(EventLoop* loop, NetworkAddress address, std::shared_ptr<Lookup> lookup) {
  auto work = [address] { return resolve(address, AI_ADDRCONFIG); };
  lookup->found = co_await offload(*loop, WorkerClass::kPool, std::move(work));
  lookup->done.notify_all();
}

}  // namespace

SocketNetwork::~SocketNetwork() {
  // A lookup that outlasts the last turn of the loop still writes to its frame from a worker: it is left to the process's end.
  if (lookups_->size() > 0) static_cast<void>(lookups_.release());
}

Result<std::unique_ptr<Listener>> SocketNetwork::listen(const NetworkAddress& address, const std::optional<TlsSettings>& tls, bool plain_too) {
  std::shared_ptr<TlsContext> context;
  if (tls) {
    TRY(context, TlsContext::load(*tls, TlsRole::kServer));
  }
  NetworkAddress wanted = address;
  if (wanted.host.empty()) wanted.host = "::";
  auto addresses = resolve(wanted, AI_PASSIVE);
  std::string reason = addresses ? "" : addresses.error().message();
  for (const SocketAddress& candidate : addresses ? *addresses : std::vector<SocketAddress>()) {
    const int socket = ::socket(candidate.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket < 0) {
      reason = std::strerror(errno);
      continue;
    }
    set_option(socket, SOL_SOCKET, SO_REUSEADDR, 1);
    if (candidate.storage.ss_family == AF_INET6 && address.host.empty()) set_option(socket, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    if (::bind(socket, candidate.get(), candidate.size) != 0 || ::listen(socket, 4096) != 0) {
      reason = std::strerror(errno);
      ::close(socket);
      continue;
    }
    SocketAddress bound;
    bound.size = sizeof bound.storage;
    ::getsockname(socket, bound.get(), &bound.size);
    return std::unique_ptr<Listener>(std::make_unique<SocketListener>(loop_, socket, readable_address(bound), std::move(context), plain_too));
  }
  if (address.host.empty()) return listen(NetworkAddress{"0.0.0.0", address.port}, tls, plain_too);  // no IPv6 here
  return unreachable(address, reason);
}

Result<std::shared_ptr<TlsContext>> SocketNetwork::client_context(const TlsSettings& settings) {
  const std::string key = fmt::format("{}\n{}\n{}\n{}", settings.certificate_file, settings.key_file, settings.ca_file, settings.expected_peer_name);
  const auto found = client_contexts_.find(key);
  if (found != client_contexts_.end()) return found->second;
  TRY(auto made, TlsContext::load(settings, TlsRole::kClient));
  client_contexts_[key] = made;
  return made;
}

Task<Result<std::unique_ptr<Stream>>> SocketNetwork::connect(OpContext op, NetworkAddress address, std::optional<TlsSettings> tls) {
  std::shared_ptr<TlsContext> context;
  if (tls) {
    CO_TRY(context, client_context(*tls));
  }
  Result<std::vector<SocketAddress>> addresses = resolve(address, AI_NUMERICHOST);
  if (!addresses) {
    const auto lookup = std::make_shared<Lookup>(loop_);
    lookups_->spawn(look_up(&loop_, address, lookup));
    while (!lookup->found) CO_TRY_OK(woken_result(co_await lookup->done.wait(op)));
    addresses = *lookup->found;
    if (!addresses) co_return addresses.error();
  }
  Error last = unreachable(address, "no address");
  for (const SocketAddress& candidate : *addresses) {
    auto stream = co_await connect_to(&loop_, op, address, candidate);
    if (!stream) {
      if (stream.error().code() != ErrorCode::kUnreachable) co_return stream.error();
      last = stream.error();
      continue;
    }
    if (!context) co_return std::move(stream);
    auto secure = std::make_unique<TlsStream>(loop_, *std::move(stream), context, address.host);
    CO_TRY_OK(co_await secure->handshake(op));
    co_return std::unique_ptr<Stream>(std::move(secure));
  }
  co_return last;
}

}  // namespace farshore::platform
