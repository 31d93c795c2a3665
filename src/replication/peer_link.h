// SPDX-License-Identifier: Apache-2.0
// PeerLink: pipelined calls in both directions over one connection between two regions.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>

#include "codec/frame.h"
#include "runtime/body.h"
#include "runtime/runtime.h"
#include "runtime/stream.h"
#include "runtime/task_scope.h"

namespace farshore::replication {

/// What a call asks. Methods are listed in replication/messages.h.
struct PeerCall {
  std::uint16_t method = 0;
  Bytes header;
  std::unique_ptr<BodySource> body;  ///< never null; empty for most calls
};

/// What a call is answered with when it succeeded. A failure is an Error; its code, message and details travel.
struct PeerReply {
  Bytes header;
  Buffer body;
};

/// Answers the calls that the other side makes.
class PeerCallHandler {
 public:
  virtual ~PeerCallHandler() = default;
  virtual Task<Result<PeerReply>> handle(OpContext op, PeerCall call) = 0;
  /// Asked from time to time: false ends a link that has lasted so long. For connections that never prove who they are.
  virtual bool keeps(Duration) const { return true; }
};

struct PeerLinkSettings {
  std::size_t calls_served_max = 4096;           ///< calls of the other side being handled at once
  std::size_t bytes_served_max = 64u << 20;      ///< bodies of those calls held in memory
  /// Cubic, for small calls: it never stops to measure the way, as BBR does for 200 ms every 10 s. BBR fills a long way in spite of loss. Little
  /// unsent in the kernel lets a small frame overtake a large body.
  StreamTuning tuning{"cubic", "bbr", 256u << 10, false};
  std::size_t read_bytes = 256u << 10;           ///< taken from the connection at once
  std::size_t write_queue_bytes = 1u << 20;      ///< a streamed body, and the next call of the other side, wait while more than this is queued
  Duration ping_interval = std::chrono::seconds(5);
  Duration silence_max = std::chrono::seconds(15);  ///< nothing heard for so long: the link is dead
  Counter* sent_bytes = nullptr;                 ///< counts what is written to the connection, if given; outlives the link
};

/// One connection. Not for reconnecting (peer/) nor for deciding what a call means (PeerCallHandler).
///
/// 1. A frame leaves as soon as the socket takes it; frames queued meanwhile leave together, bodies uncopied.
/// 2. A call ends exactly once: with its reply, with its own deadline or cancellation, or with kConnectionClosed when the
///    link ends. In the last two cases it may have been applied (Effect::kMaybeApplied).
/// 3. A body longer than a frame streams in data frames, one streamed call at a time in each direction; small calls and
///    replies pass between its frames.
/// 4. Memory is bounded: reading stops while calls_served_max or bytes_served_max are out, or while the other side does not take
///    the replies it has (write_queue_bytes). One that takes nothing at all for silence_max is cut off.
///
/// Threads: loop only. Call run() once; when it returns, the link is dead and every call has ended.
class PeerLink {
 public:
  PeerLink(Runtime runtime, std::unique_ptr<Stream> stream, PeerCallHandler& handler, PeerLinkSettings settings = {}, Bytes already_read = {});
  ~PeerLink();

  Task<Result<void>> run(OpContext op);
  /// Sends header and body in one frame; the body must fit (codec::kFrameBodyBytesMax).
  Task<Result<PeerReply>> call(OpContext op, std::uint16_t method, Bytes header, Buffer body = {});
  /// Streams the body after the call. Errors of the body end the call and close the link.
  Task<Result<PeerReply>> call_streaming(OpContext op, std::uint16_t method, Bytes header, std::unique_ptr<BodySource> body);
  /// Sends so many bytes that mean nothing, in frames that others may pass between.
  void pad(std::size_t bytes);
  void close();
  bool closed() const { return closed_; }
  std::uint64_t bytes_sent() const { return bytes_sent_; }

 private:
  struct Pending;
  struct Outgoing {
    Bytes head;
    Buffer body;
    bool reply = false;
  };
  class StreamedBody;

  void queue(codec::Frame frame, Buffer body);
  bool stuck() const;
  Task<void> write_loop(OpContext op);
  Task<void> keep_alive(OpContext op);
  Task<void> serve(OpContext op, std::uint64_t call, PeerCall request, std::size_t bytes);
  Task<Result<void>> read_loop(OpContext op);
  Task<Result<void>> receive(OpContext op, const codec::Frame& frame);
  Task<Result<PeerReply>> finish_call(OpContext op, Pending& pending);
  void end_pending(std::uint64_t call, Result<PeerReply> result);

  Runtime runtime_;
  std::unique_ptr<Stream> stream_;
  PeerCallHandler& handler_;
  PeerLinkSettings settings_;
  Bytes input_;
  bool closed_ = false;
  bool holding_back_ = false;  ///< we have stopped reading, so silence is ours
  std::uint64_t next_call_ = 1;
  std::uint64_t bytes_sent_ = 0;
  Instant began_;
  Instant last_heard_;
  Instant last_written_;
  std::map<std::uint64_t, Pending*> pending_;
  std::deque<Outgoing> out_;
  std::size_t out_bytes_ = 0;
  std::size_t reply_bytes_ = 0;  ///< of out_bytes_, what are replies
  std::vector<std::uint64_t> acks_;
  Signal writable_;   ///< something to write, or closed
  Signal written_;    ///< the queue shrank, or closed
  AsyncMutex streaming_;
  std::uint64_t receiving_call_ = 0;
  std::shared_ptr<struct ReceivedBody> receiving_;
  Permits calls_;
  Permits bytes_;
  CancelSource serving_;  ///< cancelled when the link ends, so that handlers stop
  TaskScope scope_;
};

/// An error as it travels between regions, and back. The cause stays at home.
Bytes encode_error(const Error& error);
Error decode_error(BytesView bytes);

}  // namespace farshore::replication
