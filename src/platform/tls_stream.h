// SPDX-License-Identifier: Apache-2.0
// TlsStream: TLS over any Stream.
#pragma once

#include <memory>
#include <string>

#include "platform/tls_context.h"
#include "runtime/stream.h"
#include "runtime/wait.h"

namespace farshore::platform {

/// The handshake happens inside the first read, write or readable(). Its failure is kConnectionClosed with OpenSSL's reason;
/// a peer that is not who it should be is kUnreachable. Loop thread only.
class TlsStream : public Stream {
 public:
  TlsStream(Executor& executor, std::unique_ptr<Stream> inner, std::shared_ptr<TlsContext> context, std::string host);
  ~TlsStream() override;
  /// Does the handshake if it was not done. Connectors await it, so that a refused certificate fails connect().
  Task<Result<void>> handshake(OpContext op);
  Task<Result<std::size_t>> read(OpContext op, std::span<char> into) override;
  Task<Result<void>> readable(OpContext op) override;
  Task<Result<void>> write(OpContext op, std::span<const BytesView> parts) override;
  Task<Result<void>> finish(OpContext op) override;
  void close() override;
  void tune(const StreamTuning& tuning) override { inner_->tune(tuning); }
  NetworkAddress remote() const override { return inner_->remote(); }
  bool secure() const override { return true; }
  std::optional<std::string> peer_name() const override;

 private:
  Task<Result<void>> send_pending(OpContext op);
  /// Brings more from the wire into OpenSSL; 0 at the wire's end.
  Task<Result<std::size_t>> receive(OpContext op);
  Error failure(const char* what) const;
  Result<void> check_peer() const;

  std::unique_ptr<Stream> inner_;
  std::shared_ptr<TlsContext> context_;
  std::string host_;
  ssl_st* session_ = nullptr;
  bool ready_ = false;
  bool broken_ = false;
  AsyncMutex handshaking_;
  AsyncMutex sending_;
};

}  // namespace farshore::platform
