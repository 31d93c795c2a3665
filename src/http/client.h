// SPDX-License-Identifier: Apache-2.0
// Client: HTTP/1.1 requests over Network, with connections kept for reuse.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "http/message.h"
#include "runtime/runtime.h"

namespace farshore::http {

/// Where a request goes. Connections are pooled per (host, port, TLS settings).
struct Endpoint {
  NetworkAddress address;
  std::optional<TlsSettings> tls;
};

/// A request to send. The client adds Host (unless given), Content-Length or Transfer-Encoding.
struct ClientRequest {
  std::string method = "GET";
  std::string target = "/";  ///< origin-form, already percent-encoded
  Headers headers;
  Buffer bytes;                        ///< the body, if `source` is null
  std::unique_ptr<BodySource> source;  ///< the body, sent with its length or chunked
};

/// The response's head, and its body as it comes. Reading the body to its end gives the connection back to the pool;
/// destroying it earlier closes the connection. The body must not outlive the client.
struct ClientResponse {
  int status = 0;
  Headers headers;
  std::unique_ptr<BodySource> body;  ///< never null; errors: kIncompleteBody, kConnectionClosed, kDeadlineExceeded, kCancelled
};

/// A connection after 101.
struct UpgradedConnection {
  Headers headers;
  std::unique_ptr<Stream> stream;
  Bytes already_read;
};

struct ClientSettings {
  std::size_t idle_per_endpoint_max = 64;                 ///< connections kept
  Duration idle_timeout = std::chrono::seconds(60);       ///< an older idle connection is not used again
  Duration connect_timeout = std::chrono::seconds(10);
  std::size_t head_bytes_max = 64 * 1024;
};

/// Sends requests. Several may run at once, each on its own connection. Owned by whoever calls; loop thread only.
class Client {
 public:
  Client(Runtime runtime, Network& network, ClientSettings settings = {});
  ~Client();
  /// Gives the response as soon as its head is there, whatever its status. `op` bounds sending and the head; the body's
  /// reads carry their own. Head and a small body leave in one write.
  /// A kept connection that turns out dead before any answer is replaced once, if the method is idempotent and the body
  /// is in `bytes`. Errors: kUnreachable (nothing was sent), kConnectionClosed, kDeadlineExceeded, kCancelled,
  /// kProtocolViolation; after all but the first the request may have been applied (Effect::kMaybeApplied).
  Task<Result<ClientResponse>> send(OpContext op, Endpoint endpoint, ClientRequest request);
  /// Asks for `Upgrade: protocol` on a connection of its own. kUnreachable; kProtocolViolation with detail "status" if the
  /// answer is not 101.
  Task<Result<UpgradedConnection>> upgrade(OpContext op, Endpoint endpoint, ClientRequest request, std::string protocol);
  /// Closes the idle connections.
  void close_idle();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Reads a body into memory; kEntityTooLarge beyond `bytes_max`.
Task<Result<Bytes>> read_all(OpContext op, BodySource& body, std::size_t bytes_max);

}  // namespace farshore::http
