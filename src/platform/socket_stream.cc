// SPDX-License-Identifier: Apache-2.0
#include "platform/socket_stream.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>

namespace farshore::platform {

namespace {
constexpr std::size_t kPartsPerCall = 64;
constexpr std::size_t kTurnBytes = 1024 * 1024;

Error closed(int reason) { return Error(ErrorCode::kConnectionClosed, reason == 0 ? "the connection was closed here" : std::strerror(reason)); }
bool would_wait(int reason) { return reason == EAGAIN || reason == EWOULDBLOCK; }
}  // namespace

bool SocketStream::took_its_turn(std::size_t bytes) {
  unwaited_bytes_ += bytes;
  if (unwaited_bytes_ < kTurnBytes) return false;
  unwaited_bytes_ = 0;
  return true;
}

Task<Result<std::size_t>> SocketStream::read(OpContext op, std::span<char> into) {
  while (true) {
    if (socket_.get() < 0) co_return closed(0);
    if (op.cancel.cancelled()) co_return woken_result(Woken::kCancelled).error();
    const ssize_t count = ::recv(socket_.get(), into.data(), into.size(), MSG_DONTWAIT);
    if (count >= 0) {
      if (took_its_turn(static_cast<std::size_t>(count))) co_await yield_now(loop_);
      co_return static_cast<std::size_t>(count);
    }
    if (errno == EINTR) continue;
    if (!would_wait(errno)) co_return closed(errno);
    unwaited_bytes_ = 0;
    CO_TRY_OK(co_await socket_.wait_readable(op));
  }
}

Task<Result<std::optional<char>>> SocketStream::peek(OpContext op) {
  while (true) {
    if (socket_.get() < 0) co_return closed(0);
    char first = 0;
    const ssize_t count = ::recv(socket_.get(), &first, 1, MSG_DONTWAIT | MSG_PEEK);
    if (count > 0) co_return std::optional<char>(first);
    if (count == 0) co_return std::optional<char>();
    if (errno == EINTR) continue;
    if (!would_wait(errno)) co_return closed(errno);
    CO_TRY_OK(co_await socket_.wait_readable(op));
  }
}

Task<Result<void>> SocketStream::write(OpContext op, std::span<const BytesView> parts) {
  std::size_t part = 0;    // the first part not wholly written
  std::size_t offset = 0;  // what of it is written
  while (part < parts.size()) {
    if (socket_.get() < 0) co_return closed(0);
    if (op.cancel.cancelled()) co_return woken_result(Woken::kCancelled).error();
    ssize_t count = 0;
    {
      std::array<iovec, kPartsPerCall> vectors;
      std::size_t used = 0;
      for (std::size_t i = part; i < parts.size() && used < vectors.size(); ++i) {
        const std::size_t skip = i == part ? offset : 0;
        vectors[used++] = iovec{const_cast<char*>(parts[i].data()) + skip, parts[i].size() - skip};
      }
      msghdr message{};
      message.msg_iov = vectors.data();
      message.msg_iovlen = used;
      count = ::sendmsg(socket_.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    if (count < 0) {
      if (errno == EINTR) continue;
      if (!would_wait(errno)) co_return closed(errno);
      unwaited_bytes_ = 0;
      CO_TRY_OK(co_await socket_.wait_writable(op));
      continue;
    }
    follow_path();
    if (took_its_turn(static_cast<std::size_t>(count))) co_await yield_now(loop_);
    offset += static_cast<std::size_t>(count);
    while (part < parts.size() && offset >= parts[part].size()) offset -= parts[part++].size();
  }
  co_return Result<void>();
}

Task<Result<void>> SocketStream::finish(OpContext) {
  if (socket_.get() < 0) co_return closed(0);
  if (::shutdown(socket_.get(), SHUT_WR) != 0) co_return closed(errno);
  co_return Result<void>();
}

void SocketStream::tune(const StreamTuning& tuning) {
  if (socket_.get() < 0) return;
  tuning_ = tuning;
  if (!tuning.congestion_control.empty()) choose_congestion_control(socket_.get(), tuning.congestion_control);
  if (tuning.unsent_bytes_low_water > 0) {
    const int bytes = static_cast<int>(tuning.unsent_bytes_low_water);
    ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &bytes, sizeof bytes);
  }
}

/// While bytes are written is when it matters, and often enough: the kernel takes little at once.
void SocketStream::follow_path() {
  if (!tuning_.yields && tuning_.congestion_control_lossy.empty()) return;
  const auto sample = sample_path(socket_.get());
  if (!sample) return;
  if (!tuning_.congestion_control_lossy.empty() && losses_.lossy(*sample) != lossy_) {
    lossy_ = !lossy_;
    choose_congestion_control(socket_.get(), lossy_ ? tuning_.congestion_control_lossy : tuning_.congestion_control);
  }
  if (!tuning_.yields) return;
  const auto limit = pacer_.limit(*sample);
  if (!limit || *limit == pace_) return;
  pace_ = *limit;
  limit_pace(socket_.get(), pace_);
}

}  // namespace farshore::platform
