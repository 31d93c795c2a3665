// SPDX-License-Identifier: Apache-2.0
// SocketStream: a TCP connection as a Stream, without TLS.
#pragma once

#include "platform/descriptor.h"
#include "platform/loss_watch.h"
#include "platform/path_pacer.h"
#include "runtime/stream.h"

namespace farshore::platform {

class SocketStream : public Stream {
 public:
  /// Takes a connected, non-blocking socket.
  SocketStream(EventLoop& loop, int socket, NetworkAddress remote) : loop_(loop), socket_(loop, socket), remote_(std::move(remote)) {}
  Task<Result<std::size_t>> read(OpContext op, std::span<char> into) override;
  Task<Result<void>> readable(OpContext op) override { return socket_.wait_readable(std::move(op)); }
  Task<Result<void>> write(OpContext op, std::span<const BytesView> parts) override;
  Task<Result<void>> finish(OpContext op) override;
  void close() override { socket_.close(); }
  void tune(const StreamTuning& tuning) override;
  NetworkAddress remote() const override { return remote_; }
  bool secure() const override { return false; }
  std::optional<std::string> peer_name() const override { return std::nullopt; }
  /// The first byte, which stays unread; nothing at the stream's end.
  Task<Result<std::optional<char>>> peek(OpContext op);
  /// Waits for the end of a connect that is under way.
  Task<Result<void>> connected(OpContext op) { return socket_.wait_writable(std::move(op)); }

 private:
  /// True when this connection has moved so much without waiting that others should go first.
  bool took_its_turn(std::size_t bytes);
  void follow_path();
  EventLoop& loop_;
  Descriptor socket_;
  NetworkAddress remote_;
  std::size_t unwaited_bytes_ = 0;
  StreamTuning tuning_;
  LossWatch losses_;
  bool lossy_ = false;              ///< what the kernel was told
  PathPacer pacer_;
  std::uint64_t pace_ = 0;          ///< what the kernel was told; 0: nothing
};

}  // namespace farshore::platform
