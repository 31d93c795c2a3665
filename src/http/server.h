// SPDX-License-Identifier: Apache-2.0
// Server: HTTP/1.1 over Streams. Reads requests, calls one Handler, writes responses, and refuses what is ambiguous.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>

#include "http/message.h"
#include "runtime/runtime.h"
#include "runtime/task_scope.h"

namespace farshore::http {

/// Limits of a server. All can change only at a restart.
struct ServerSettings {
  std::size_t head_bytes_max = 32 * 1024;    ///< request line and headers together; 1 KiB to 1 MiB
  std::size_t target_bytes_max = 16 * 1024;  ///< the request target
  std::size_t header_lines_max = 200;        ///< 8 to 10000
  Duration idle_timeout = std::chrono::seconds(75);   ///< between requests
  Duration head_timeout = std::chrono::seconds(20);   ///< from a request's first byte to the end of its head
  Duration body_timeout = std::chrono::seconds(30);   ///< between two pieces of a request body
  Duration write_timeout = std::chrono::seconds(60);  ///< for one piece (at most 256 KiB) of a response to leave
  std::size_t body_rate_min = 512;                    ///< bytes a second that an upload must average after body_timeout; 0: none
  std::size_t connections_max = 20000;                ///< beyond: 503 and closed
  std::size_t requests_max = 4096;                    ///< in handlers at once; beyond: 503
  std::size_t unread_body_max = 256 * 1024;           ///< what a handler left unread is skipped up to this; beyond: closed
};

/// What a server does with a request. One for all connections; outlives the server. Loop thread only.
class Handler {
 public:
  virtual ~Handler() = default;
  /// Answers one request. `op` has no deadline and no request id; it is cancelled when the server must end at once.
  virtual Task<Response> handle(OpContext op, Request request) = 0;
  /// The answer to a request that never became one, or to a response body whose first piece failed.
  /// status and code: 400 kMalformedRequest, 400 kHeaderTooLarge, 408 kRequestTimeout, 417 kInvalidRequest,
  /// 503 kServiceBusy, 505 kMalformedRequest, 500 any.
  virtual Response refuse(int status, const Error& error) = 0;
};

/// Serves connections until drained. Owned by the composition root, which calls drain() before destroying it. Loop thread only.
///
/// Requests of one connection run one after the other, pipelined ones in order. A request whose framing could be read in two
/// ways (Transfer-Encoding with Content-Length, differing Content-Lengths, unknown codings, folded lines, bare LF, blanks
/// before a colon) is answered 400 and ends its connection, so that nothing can be smuggled past a proxy.
class Server {
 public:
  Server(Runtime runtime, ServerSettings settings, Handler& handler);
  ~Server();
  /// Accepts from it until drained. Several listeners may be given.
  void listen(std::unique_ptr<Listener> listener);
  /// Serves one connection.
  void serve(std::unique_ptr<Stream> stream);
  /// Stops accepting and closes idle connections, lets running requests finish for `grace`, then cancels the rest and cuts
  /// their connections. Upgraded connections are not the server's any more, but drain waits for their callbacks;
  /// their owner ends them. When it returns the server may be destroyed.
  Task<void> drain(Duration grace);
  /// Power cut, for the simulator: destroys every connection's coroutine where it stands.
  void abandon();
  std::size_t connections() const;
  std::size_t requests() const;  ///< in handlers now

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace farshore::http
