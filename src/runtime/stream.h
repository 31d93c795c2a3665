// SPDX-License-Identifier: Apache-2.0
// Stream, Listener, Network: connections, plain or TLS, without saying how.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "runtime/op_context.h"
#include "runtime/task.h"

namespace farshore {

/// Host (name or IP literal) and port.
struct NetworkAddress {
  std::string host;
  std::uint16_t port = 0;
};

/// Wishes about how the kernel sends; what it does not support is ignored.
struct StreamTuning {
  std::string congestion_control;           ///< e.g. "bbr", for links with a long round trip; empty: the system's
  std::string congestion_control_lossy;     ///< while the path loses packets; empty: the same
  std::uint32_t unsent_bytes_low_water = 0; ///< keep no more than this unsent in the kernel (TCP_NOTSENT_LOWAT); 0: the system's
  bool yields = false;                      ///< leave the queue of the path empty for others, as far as that costs no throughput
};

/// Port: one connection. At most one read and one write at a time; loop thread only.
/// Owned by a unique_ptr; close() before destroying if a read or write is outstanding, and let it return first.
class Stream {
 public:
  virtual ~Stream() = default;
  /// Reads at least one byte into `into`. 0 means the other side ended its half.
  /// Errors: kConnectionClosed, kDeadlineExceeded, kCancelled.
  virtual Task<Result<std::size_t>> read(OpContext op, std::span<char> into) = 0;
  /// Waits until a read will most likely give something at once (bytes, an end or an error), so that an idle connection
  /// needs no buffer. May return early; a stream that cannot tell returns at once.
  virtual Task<Result<void>> readable(OpContext) { co_return Result<void>(); }
  /// Writes all parts in order, in as few system calls as possible. The bytes must live until this returns.
  virtual Task<Result<void>> write(OpContext op, std::span<const BytesView> parts) = 0;
  /// Ends our half; the other side reads 0.
  virtual Task<Result<void>> finish(OpContext op) = 0;
  /// Drops the connection at once; outstanding calls end with kConnectionClosed.
  virtual void close() = 0;
  virtual void tune(const StreamTuning&) {}
  virtual NetworkAddress remote() const = 0;
  virtual bool secure() const = 0;
  /// The verified subject common name of the other side's certificate (mutual TLS), if there is one.
  virtual std::optional<std::string> peer_name() const = 0;
};

/// TLS as the listener's or connector's owner configures it. Files are PEM.
struct TlsSettings {
  std::string certificate_file;
  std::string key_file;
  std::string ca_file;             ///< whom to trust; required for mutual authentication
  bool require_peer = false;       ///< listener: ask for and require a client certificate signed by ca_file
  std::string expected_peer_name;  ///< connector: the subject common name the other side must show; empty: host name check
};

/// Port: accepts connections until closed.
class Listener {
 public:
  virtual ~Listener() = default;
  /// kCancelled after close(). TLS handshakes happen inside the stream's first read, never here.
  virtual Task<Result<std::unique_ptr<Stream>>> accept(OpContext op) = 0;
  virtual NetworkAddress local() const = 0;
  virtual void close() = 0;
};

/// Port: makes listeners and connections.
class Network {
 public:
  virtual ~Network() = default;
  /// Port 0 picks a free one. With TLS the listener answers TLS and plain HTTP on one port, told apart by the first byte,
  /// if `plain_too`. Error: kUnreachable with the address and the system's reason.
  virtual Result<std::unique_ptr<Listener>> listen(const NetworkAddress& address, const std::optional<TlsSettings>& tls, bool plain_too) = 0;
  virtual Task<Result<std::unique_ptr<Stream>>> connect(OpContext op, NetworkAddress address, std::optional<TlsSettings> tls) = 0;
};

}  // namespace farshore
