// SPDX-License-Identifier: Apache-2.0
#include "replication/peer_link.h"

#include <algorithm>

#include "codec/record.h"
#include "crypto/crc32c.h"

namespace farshore::replication {

using codec::Frame;
using codec::FrameKind;

/// A call of ours that waits for its end; lives in the caller's frame.
struct PeerLink::Pending {
  Pending(PeerLink& owner, std::uint64_t id) : link(owner), call(id), done(owner.runtime_.executor) { link.pending_[call] = this; }
  ~Pending() { link.pending_.erase(call); }
  PeerLink& link;
  std::uint64_t call;
  std::optional<Result<PeerReply>> result;
  Signal done;
};

/// The data frames of a streamed call as they arrive; a few are held, then the reader waits.
struct ReceivedBody {
  explicit ReceivedBody(Executor& executor) : changed(executor) {}
  std::deque<Buffer> pieces;
  std::size_t held = 0;
  bool complete = false;
  bool broken = false;   ///< the link ended before the body did
  bool unwanted = false; ///< the handler is gone; drop what comes
  Signal changed;
};

class PeerLink::StreamedBody : public BodySource {
 public:
  explicit StreamedBody(std::shared_ptr<ReceivedBody> body) : body_(std::move(body)) {}
  ~StreamedBody() override {
    body_->unwanted = true;
    body_->changed.notify_all();
  }
  Task<Result<Buffer>> read(OpContext op) override {
    while (body_->pieces.empty()) {
      if (body_->complete) co_return Buffer();
      if (body_->broken) co_return Error(ErrorCode::kConnectionClosed, "the peer's connection ended inside a body");
      CO_TRY_OK(woken_result(co_await body_->changed.wait(op)));
    }
    Buffer piece = std::move(body_->pieces.front());
    body_->pieces.pop_front();
    body_->held -= piece.size();
    body_->changed.notify_all();
    co_return piece;
  }
  std::optional<std::uint64_t> length() const override { return std::nullopt; }

 private:
  std::shared_ptr<ReceivedBody> body_;
};

namespace {
constexpr std::uint16_t kReplyIsError = 1;
constexpr std::size_t kStreamedBytesHeld = 2u << 20;
constexpr std::size_t kWriteBatchParts = 256;
constexpr std::size_t kAcksHeldMax = 16384;
constexpr std::size_t kPaddingBytes = 16u << 10;  // of one ping
constexpr std::size_t kReplyHeaderBytesMax = codec::kFrameBytesMax - codec::kFrameHeadBytes - codec::kFrameBodyBytesMax;

Error closed_error() {
  return Error(ErrorCode::kConnectionClosed, "the connection to the peer region ended").with_effect(Effect::kMaybeApplied).with_retry(Retry::kSameRequest);
}
}  // namespace

Bytes encode_error(const Error& error) {
  codec::RecordWriter out;
  out.bytes(1, error.message());
  for (const auto& [name, value] : error.details()) {
    codec::RecordWriter detail;
    detail.bytes(1, name);
    detail.bytes(2, value);
    out.record(2, detail);
  }
  out.u64(3, static_cast<std::uint64_t>(error.effect()));
  out.bytes(4, error_code_name(error.code()));
  return std::move(out).take();
}

Error decode_error(BytesView bytes) {
  ErrorCode code = ErrorCode::kInternalError;
  std::string message;
  std::vector<std::pair<std::string, std::string>> details;
  Effect effect = Effect::kNone;
  codec::RecordReader in(bytes);
  while (in.next()) {
    if (in.field() == 1) message = in.owned();
    if (in.field() == 3 && in.u64() == 1) effect = Effect::kMaybeApplied;
    if (in.field() == 4) code = error_code_named(in.bytes());
    if (in.field() != 2) continue;
    std::pair<std::string, std::string> detail;
    codec::RecordReader nested(in.bytes());
    while (nested.next()) (nested.field() == 1 ? detail.first : detail.second) = nested.owned();
    details.push_back(std::move(detail));
  }
  Error error = Error(code, std::move(message)).with_effect(effect);
  for (const auto& [name, value] : details) error = std::move(error).with(name, value);
  return error;
}

PeerLink::PeerLink(Runtime runtime, std::unique_ptr<Stream> stream, PeerCallHandler& handler, PeerLinkSettings settings, Bytes already_read)
    : runtime_(runtime), stream_(std::move(stream)), handler_(handler), settings_(settings), input_(std::move(already_read)),
      began_(runtime.executor.now()), last_heard_(began_), last_written_(began_), writable_(runtime.executor), written_(runtime.executor), streaming_(runtime.executor),
      calls_(runtime.executor, settings.calls_served_max), bytes_(runtime.executor, settings.bytes_served_max), scope_(runtime.executor) {
  stream_->tune(settings_.tuning);
}

PeerLink::~PeerLink() {
  if (scope_.size() > 0) scope_.abandon();  // a power cut; run() has closed the scope otherwise
}

void PeerLink::close() {
  if (closed_) return;
  closed_ = true;
  stream_->close();
  serving_.cancel();
  if (receiving_) {
    receiving_->broken = true;
    receiving_->changed.notify_all();
  }
  for (auto& [call, pending] : pending_) {
    pending->result.emplace(closed_error());
    pending->done.notify_all();
  }
  writable_.notify_all();
  written_.notify_all();
}

Task<Result<void>> PeerLink::run(OpContext op) {
  scope_.spawn(write_loop(op));
  scope_.spawn(keep_alive(op));
  Result<void> ended = co_await read_loop(op);
  close();
  co_await scope_.close();
  co_return ended;
}

void PeerLink::queue(Frame frame, Buffer body) {
  frame.body = body.view();
  Outgoing outgoing{codec::encode_frame_head(frame, crypto::crc32c_update), std::move(body), frame.kind == FrameKind::kReply};
  const std::size_t bytes = outgoing.head.size() + outgoing.body.size();
  if (out_bytes_ == 0) last_written_ = runtime_.executor.now();
  out_bytes_ += bytes;
  if (outgoing.reply) reply_bytes_ += bytes;
  out_.push_back(std::move(outgoing));
  writable_.notify_one();
}

Task<void> PeerLink::write_loop(OpContext op) {
  std::vector<Outgoing> batch;
  std::vector<BytesView> parts;
  while (!closed_) {
    if (!acks_.empty()) {
      // Invariant 1: acknowledgements that gathered during the last write leave as one frame.
      codec::RecordWriter ids;
      for (const std::uint64_t id : std::exchange(acks_, {})) ids.u64(1, id);
      Frame frame;
      frame.kind = FrameKind::kAcks;
      frame.header = ids.view();
      queue(frame, Buffer());
    }
    if (out_.empty()) {
      co_await writable_.wait();
      continue;
    }
    batch.clear();
    parts.clear();
    while (!out_.empty() && batch.size() < kWriteBatchParts) {
      batch.push_back(std::move(out_.front()));
      out_.pop_front();
    }
    std::size_t bytes = 0;
    std::size_t replies = 0;
    for (const Outgoing& outgoing : batch) {
      parts.push_back(outgoing.head);
      if (!outgoing.body.empty()) parts.push_back(outgoing.body.view());
      bytes += outgoing.head.size() + outgoing.body.size();
      if (outgoing.reply) replies += outgoing.head.size() + outgoing.body.size();
    }
    if (const auto sent = co_await stream_->write(op, parts); !sent) {
      close();
      co_return;
    }
    bytes_sent_ += bytes;
    if (settings_.sent_bytes != nullptr) settings_.sent_bytes->add(static_cast<double>(bytes));
    out_bytes_ -= bytes;
    reply_bytes_ -= replies;
    last_written_ = runtime_.executor.now();
    written_.notify_all();
  }
}

Task<void> PeerLink::keep_alive(OpContext op) {
  op.cancel = scope_.token();
  while (!closed_) {
    if (co_await sleep_for(runtime_.executor, op, settings_.ping_interval) == Woken::kCancelled) co_return;
    if (closed_) co_return;
    if (!holding_back_ && runtime_.executor.now() - last_heard_ > settings_.silence_max) {
      runtime_.log.warn("peer.link_silent", {{"remote", stream_->remote().host}});
      close();
      co_return;
    }
    if (stuck() || !handler_.keeps(runtime_.executor.now() - began_)) {
      runtime_.log.warn("peer.link_cut", {{"remote", stream_->remote().host}, {"reason", stuck() ? "it takes nothing" : "it has not proved itself"}});
      close();
      co_return;
    }
    if (out_bytes_ > 0) continue;  // what is under way says that we live, and pings must not gather behind it
    Frame ping;
    ping.kind = FrameKind::kPing;
    queue(ping, Buffer());
  }
}

/// A batch of a slow but living connection leaves in less: it has at most kWriteBatchParts frames.
bool PeerLink::stuck() const { return holding_back_ && out_bytes_ > 0 && runtime_.executor.now() - last_written_ > settings_.silence_max; }

void PeerLink::pad(std::size_t bytes) {
  Frame ping;
  ping.kind = FrameKind::kPing;
  for (; bytes > 0 && !closed_; bytes -= std::min(bytes, kPaddingBytes)) queue(ping, Buffer(Bytes(std::min(bytes, kPaddingBytes), '\0')));
}

Task<Result<PeerReply>> PeerLink::finish_call(OpContext op, Pending& pending) {
  while (!pending.result) {
    const auto woken = woken_result(co_await pending.done.wait(op));
    if (!woken && !pending.result) co_return Error(woken.error()).with_effect(Effect::kMaybeApplied);
  }
  co_return std::move(*pending.result);
}

Task<Result<PeerReply>> PeerLink::call(OpContext op, std::uint16_t method, Bytes header, Buffer body) {
  if (closed_) co_return closed_error().with_effect(Effect::kNone);
  FS_CHECK(body.size() <= codec::kFrameBodyBytesMax);
  Pending pending(*this, next_call_++);
  Frame frame;
  frame.method = method;
  frame.call = pending.call;
  frame.header = header;
  queue(frame, std::move(body));
  co_return co_await finish_call(std::move(op), pending);
}

Task<Result<PeerReply>> PeerLink::call_streaming(OpContext op, std::uint16_t method, Bytes header, std::unique_ptr<BodySource> body) {
  CO_TRY(auto turn, co_await streaming_.lock(op));
  if (closed_) co_return closed_error().with_effect(Effect::kNone);
  Pending pending(*this, next_call_++);
  Frame frame;
  frame.method = method;
  frame.call = pending.call;
  frame.header = header;
  frame.more = true;
  queue(frame, Buffer());
  frame.kind = FrameKind::kData;
  frame.header = {};
  while (frame.more) {
    auto piece = co_await body->read(op);
    if (!piece) {
      // Half a body cannot be taken back from the other side: the connection ends, and it sees a broken body.
      close();
      co_return piece.error();
    }
    frame.more = !piece->empty();
    do {
      const Buffer part = piece->slice(0, codec::kFrameBodyBytesMax);
      *piece = piece->slice(part.size());
      queue(frame, part);
      while (out_bytes_ > settings_.write_queue_bytes && !closed_) co_await written_.wait();
      if (closed_) co_return closed_error();
    } while (!piece->empty());
    if (pending.result) {  // refused before the end: end the body properly and give the answer
      frame.more = false;
      queue(frame, Buffer());
    }
  }
  turn.unlock();
  co_return co_await finish_call(std::move(op), pending);
}

Task<Result<void>> PeerLink::read_loop(OpContext op) {
  // Frames are taken from where they were read to: input_ holds bytes in [at, end) and room behind them.
  std::size_t at = 0;
  std::size_t end = input_.size();
  input_.resize(std::max(end, settings_.read_bytes));
  while (!closed_) {
    const BytesView read = BytesView(input_).substr(at, end - at);
    if (read.size() >= codec::kFramePrefixBytes) {
      const BytesView prefix = read.substr(0, codec::kFramePrefixBytes);
      CO_TRY(const std::size_t size, codec::frame_size(prefix));
      if (read.size() >= codec::kFramePrefixBytes + size) {
        CO_TRY(const Frame frame, codec::decode_frame(prefix, read.substr(codec::kFramePrefixBytes, size), crypto::crc32c_update));
        holding_back_ = true;
        CO_TRY_OK(co_await receive(op, frame));
        holding_back_ = false;
        last_heard_ = runtime_.executor.now();
        at += codec::kFramePrefixBytes + size;
        continue;
      }
      if (input_.size() < codec::kFramePrefixBytes + size) input_.resize(codec::kFramePrefixBytes + size);
    }
    if (at > 0) std::char_traits<char>::move(input_.data(), input_.data() + at, end - at);
    end -= at;
    at = 0;
    CO_TRY(const std::size_t count, co_await stream_->read(op, std::span<char>(input_.data() + end, input_.size() - end)));
    if (count == 0) co_return Error(ErrorCode::kConnectionClosed, "the peer region ended the connection");
    last_heard_ = runtime_.executor.now();
    end += count;
  }
  co_return Error(ErrorCode::kConnectionClosed, "the link was closed");
}

void PeerLink::end_pending(std::uint64_t call, Result<PeerReply> result) {
  const auto found = pending_.find(call);
  if (found == pending_.end() || found->second->result) return;  // it gave up waiting
  found->second->result.emplace(std::move(result));
  found->second->done.notify_all();
}

Task<Result<void>> PeerLink::receive(OpContext op, const Frame& frame) {
  switch (frame.kind) {
    case FrameKind::kPing: break;
    case FrameKind::kAcks: {
      codec::RecordReader ids(frame.header);
      while (ids.next()) end_pending(ids.u64(), PeerReply());
      break;
    }
    case FrameKind::kReply: {
      if (frame.method == 0) {
        end_pending(frame.call, PeerReply{Bytes(frame.header), Buffer(Bytes(frame.body))});
        break;
      }
      end_pending(frame.call, decode_error(frame.header));
      break;
    }
    case FrameKind::kCall: {
      PeerCall call{frame.method, Bytes(frame.header), nullptr};
      // Invariant 4: nothing more is read until there is room for this call.
      if (!calls_.try_acquire(1)) CO_TRY_OK(co_await calls_.acquire(op, 1));
      // Nor while replies pile up that the other side does not take. Ours to it do not count: both sides would wait for ever.
      while ((reply_bytes_ > settings_.write_queue_bytes || acks_.size() > kAcksHeldMax) && !closed_) co_await written_.wait();
      if (closed_) co_return closed_error();
      std::size_t bytes = 0;
      if (frame.more) {
        if (receiving_ && !receiving_->complete) co_return Error(ErrorCode::kProtocolViolation, "two streamed calls at once");
        receiving_ = std::make_shared<ReceivedBody>(runtime_.executor);
        receiving_call_ = frame.call;
        call.body = std::make_unique<StreamedBody>(receiving_);
      } else {
        if (!frame.body.empty()) {
          bytes = std::min(frame.body.size(), settings_.bytes_served_max);
          if (!bytes_.try_acquire(bytes)) CO_TRY_OK(co_await bytes_.acquire(op, bytes));
        }
        call.body = memory_body(Bytes(frame.body));
      }
      scope_.spawn(serve(op, frame.call, std::move(call), bytes));
      break;
    }
    case FrameKind::kData: {
      if (!receiving_ || receiving_->complete || receiving_call_ != frame.call) co_return Error(ErrorCode::kProtocolViolation, "data of no call");
      const auto body = receiving_;
      if (!frame.body.empty() && !body->unwanted) {
        body->pieces.push_back(Buffer(Bytes(frame.body)));
        body->held += frame.body.size();
      }
      if (!frame.more) body->complete = true;
      body->changed.notify_all();
      while (body->held > kStreamedBytesHeld && !body->unwanted && !closed_) co_await body->changed.wait();
      break;
    }
  }
  co_return Result<void>();
}

Task<void> PeerLink::serve(OpContext op, std::uint64_t id, PeerCall call, std::size_t bytes) {
  op.cancel = serving_.token();
  auto reply = co_await handler_.handle(std::move(op), std::move(call));
  calls_.release(1);
  if (bytes > 0) bytes_.release(bytes);
  if (closed_) co_return;
  if (reply && reply->header.empty() && reply->body.empty()) {
    acks_.push_back(id);
    writable_.notify_one();
    co_return;
  }
  if (reply && (reply->header.size() > kReplyHeaderBytesMax || reply->body.size() > codec::kFrameBodyBytesMax)) {
    reply = Error(ErrorCode::kInternalError, "the answer does not fit into a frame of the peer protocol");
  }
  Frame frame;
  frame.kind = FrameKind::kReply;
  frame.call = id;
  Bytes error;
  if (reply) {
    frame.header = reply->header;
  } else {
    frame.method = kReplyIsError;
    error = encode_error(reply.error());
    frame.header = error;
  }
  queue(frame, reply ? std::move(reply->body) : Buffer());
}

}  // namespace farshore::replication
