// SPDX-License-Identifier: Apache-2.0
#include "peer/remote_region.h"

#include <algorithm>

#include "codec/record.h"
#include "crypto/equal.h"

namespace farshore::peer {

using namespace replication;  // NOLINT: this file is nothing but the other end of replication's messages

namespace {
/// For each of a dial's two halves, connection and greeting, which take two round trips each (and TLS one or two more).
constexpr Duration kConnectDeadline = std::chrono::seconds(10);
constexpr Duration kBackoffMin = std::chrono::milliseconds(50);
constexpr Duration kBackoffMax = std::chrono::seconds(5);
constexpr Duration kLongRoundTrip = std::chrono::milliseconds(5);
constexpr std::size_t kTeachingBytesFirst = 16u << 10;   // what a fresh connection may send at once
constexpr std::size_t kTeachingBytesLast = 128u << 10;

Error unreachable(const RegionAddress& address, std::string_view why) {
  return Error(ErrorCode::kUnreachable, fmt::format("region {} at {}:{} cannot be reached: {}", address.region.get(), address.address.host, address.address.port, why))
      .with_retry(Retry::kSameRequest);
}
}  // namespace

/// We dial to call; the other region dials us for its own calls.
class RemoteRegion::NoCalls : public PeerCallHandler {
 public:
  Task<Result<PeerReply>> handle(OpContext, PeerCall) override {
    co_return Error(ErrorCode::kProtocolViolation, "calls are made by the side that dialled");
  }
};

RemoteRegion::RemoteRegion(Runtime runtime, Network& network, RegionAddress address, const PeerIdentity& self)
    : runtime_(runtime), address_(std::move(address)), self_(self), no_calls_(std::make_unique<NoCalls>()), client_(runtime, network),
      sent_bytes_total_(runtime.metrics.counter("farshore_peer_sent_bytes_total", "Bytes written to connections to another region, before TLS.", {{"peer", address_.region.get()}})), small_(runtime.executor),
      bulk_(runtime.executor), scope_(runtime.executor) {}

RemoteRegion::~RemoteRegion() = default;

Task<void> RemoteRegion::close() {
  scope_.cancel();
  if (small_.link) small_.link->close();
  if (bulk_.link) bulk_.link->close();
  client_.close_idle();
  co_await scope_.close();
}

void RemoteRegion::abandon() { scope_.abandon(); }

bool RemoteRegion::connected() const { return small_.link && !small_.link->closed(); }

Task<Result<RemoteRegion::LinkRef>> RemoteRegion::link(OpContext op, Slot& slot) {
  while (true) {
    if (slot.link && !slot.link->closed()) co_return slot.link;
    if (scope_.token().cancelled()) co_return Error(ErrorCode::kCancelled, "the region is shutting down");
    if (!slot.dialling) {
      if (runtime_.executor.now() < slot.next_try) co_return unreachable(address_, slot.last_error);
      slot.dialling = true;
      scope_.spawn(dial(&slot));
    }
    if (!slot.dialling) continue;
    const Woken woken = co_await slot.dialled.wait(op);
    if (woken == Woken::kCancelled) co_return woken_result(woken).error();
    if (woken == Woken::kDeadline) co_return unreachable(address_, slot.last_error.empty() ? "it has not answered yet" : slot.last_error);
  }
}

Task<void> RemoteRegion::dial(Slot* slot) {
  const auto connected = co_await connect(*slot);
  if (connected) {
    slot->backoff = {};
    slot->last_error.clear();
  } else {
    slot->backoff = std::clamp(slot->backoff * 2, kBackoffMin, kBackoffMax);
    const auto half = static_cast<std::uint64_t>(slot->backoff.count() / 2);
    slot->next_try = runtime_.executor.now() + Duration(static_cast<std::int64_t>(half + runtime_.random.below(half)));
    if (slot->last_error != connected.error().message()) {
      runtime_.log.warn("peer.connect_failed", {{"region", address_.region.get()}, {"error", connected.error().text()}});
    }
    slot->last_error = connected.error().message();
  }
  slot->dialling = false;
  slot->dialled.notify_all();
}

Task<Result<RemoteRegion::LinkRef>> RemoteRegion::connect(Slot& slot) {
  OpContext op = OpContext().with_cancel(scope_.token()).with_deadline(runtime_.executor.now() + kConnectDeadline);
  http::ClientRequest request;
  request.method = "POST";
  request.target = "/";
  http::Endpoint endpoint{address_.address, address_.tls};
  CO_TRY(auto upgraded, co_await client_.upgrade(op, std::move(endpoint), std::move(request), std::string(kPeerProtocol)));
  PeerLinkSettings settings;
  settings.sent_bytes = &sent_bytes_total_;
  if (&slot == &bulk_) {
    settings.tuning.congestion_control = settings.tuning.congestion_control_lossy;  // it has time, and much to lose
    settings.tuning.yields = true;
  }
  auto fresh = std::make_shared<PeerLink>(runtime_, std::move(upgraded.stream), *no_calls_, settings, std::move(upgraded.already_read));
  scope_.spawn(run_link(&slot, fresh));
  const Instant asked = runtime_.executor.now();
  op.deadline = asked + kConnectDeadline;
  if (const auto greeted = co_await greet(op, fresh); !greeted) {
    fresh->close();
    co_return greeted.error();
  }
  const Duration round_trip = (runtime_.executor.now() - asked) / 2;  // greeting takes two
  if (round_trip > kLongRoundTrip) scope_.spawn(teach_rate(fresh, round_trip));
  slot.link = fresh;
  if (&slot == &small_) scope_.spawn(dial_bulk());
  runtime_.log.info("peer.connected", {{"region", address_.region.get()}, {"host", address_.address.host}, {"port", address_.address.port}});
  co_return fresh;
}

/// Congestion control that paces (BBR) guesses a connection's rate from its first packets, and learns more only from what is sent. One
/// that carries little would pace every 4 KiB by that guess for ever: 7 ms at a round trip of 100; and a large object would begin by learning.
/// So each round trip carries twice as much as the one before, no more than the connection takes without a queue in which a call would wait.
Task<void> RemoteRegion::teach_rate(LinkRef link, Duration round_trip) {
  const OpContext op = OpContext().with_cancel(scope_.token());
  for (std::size_t bytes = kTeachingBytesFirst; bytes <= kTeachingBytesLast && !link->closed(); bytes *= 2) {
    link->pad(bytes);
    if (co_await sleep_for(runtime_.executor, op, round_trip) == Woken::kCancelled) co_return;
  }
}

Task<void> RemoteRegion::dial_bulk() {
  // What fails is tried again by the first large object.
  static_cast<void>(co_await link(OpContext().with_cancel(scope_.token()), bulk_));
}

Task<void> RemoteRegion::run_link(Slot* slot, LinkRef link) {
  OpContext op;
  op.cancel = scope_.token();
  const auto ended = co_await link->run(op);
  if (slot->link == link) {
    slot->link.reset();
    if (!scope_.token().cancelled()) {
      runtime_.log.info("peer.disconnected", {{"region", address_.region.get()}, {"error", ended ? std::string() : ended.error().message()}});
    }
  }
}

Task<Result<void>> RemoteRegion::greet(OpContext op, LinkRef link) {
  const auto method = static_cast<std::uint16_t>(PeerMethod::kHello);
  PeerHello hello;
  hello.version_min = kPeerVersionMin;
  hello.version_max = kPeerVersionMax;
  hello.realm = self_.realm;
  hello.region = self_.region;
  hello.nonce = runtime_.random.bytes(kPeerNonceBytes);
  CO_TRY(const auto reply, co_await link->call(op, method, encode(hello)));
  CO_TRY(const PeerHello answer, decode_peer_hello(reply.header));
  if (answer.region != address_.region) {
    co_return Error(ErrorCode::kProtocolViolation, fmt::format("expected region {}, found region {}", address_.region.get(), answer.region.get()));
  }
  if (!crypto::equal_constant_time(answer.proof, peer_proof(self_.secret, PeerSide::kCallee, self_.region, address_.region, hello.nonce, answer.nonce))) {
    co_return Error(ErrorCode::kProtocolViolation, "the other side does not know the realm's peer secret");
  }
  PeerHello proof;
  proof.proof = peer_proof(self_.secret, PeerSide::kCaller, self_.region, address_.region, answer.nonce, hello.nonce);
  CO_TRY_OK(co_await link->call(op, method, encode(proof)));
  co_return Result<void>();
}

Task<Result<PeerReply>> RemoteRegion::call(OpContext op, PeerMethod method, Bytes header, Buffer body) {
  LinkRef target = small_.link;
  if (!target || target->closed()) {
    CO_TRY(target, co_await link(op, small_));
  }
  co_return co_await target->call(std::move(op), static_cast<std::uint16_t>(method), std::move(header), std::move(body));
}

Task<Result<void>> RemoteRegion::call_void(OpContext op, PeerMethod method, Bytes header) {
  const auto reply = co_await call(std::move(op), method, std::move(header));
  if (!reply) co_return told(reply.error());
  co_return Result<void>();
}

/// For callers who pass errors on to a client: a connection of ours that ended is not his.
Error RemoteRegion::told(const Error& error) const {
  if (error.code() != ErrorCode::kConnectionClosed) return error;
  return unreachable(address_, error.message()).with_effect(error.effect());
}

Task<Result<StreamPosition>> RemoteRegion::open_stream(OpContext op, StreamOpen open) {
  CO_TRY(const auto reply, co_await call(std::move(op), PeerMethod::kOpenStream, encode(open)));
  co_return decode_stream_position(reply.header);
}

Task<Result<Outcome>> RemoteRegion::apply(OpContext op, ChangeMessage change, Buffer body) {
  CO_TRY(const auto reply, co_await call(std::move(op), PeerMethod::kApply, encode(change), std::move(body)));
  co_return decode_outcome(reply.header);
}

Task<Result<void>> RemoteRegion::settle(OpContext op, StreamOpen stream, Sequence settled) {
  codec::RecordWriter header;
  header.bytes(1, encode(stream));
  header.u64(2, settled.get());
  co_return co_await call_void(std::move(op), PeerMethod::kSettle, std::move(header).take());
}

Task<Result<std::vector<StagedRange>>> RemoteRegion::staged_ranges(OpContext op, StagedQuery query) {
  CO_TRY(const auto reply, co_await call(std::move(op), PeerMethod::kStagedRanges, encode(query)));
  co_return decode_staged_ranges(reply.header);
}

Task<Result<void>> RemoteRegion::stage_range(OpContext op, StageRange range, std::unique_ptr<BodySource> body) {
  CO_TRY(const LinkRef target, co_await link(op, bulk_));
  CO_TRY_OK(co_await target->call_streaming(std::move(op), static_cast<std::uint16_t>(PeerMethod::kStageRange), encode(range), std::move(body)));
  co_return Result<void>();
}

Task<Result<void>> RemoteRegion::register_rule(OpContext op, RegisterRule rule) { co_return co_await call_void(std::move(op), PeerMethod::kRegisterRule, encode(rule)); }
Task<Result<void>> RemoteRegion::confirm_rule(OpContext op, RuleReference rule) { co_return co_await call_void(std::move(op), PeerMethod::kConfirmRule, encode(rule)); }
Task<Result<void>> RemoteRegion::remove_rule(OpContext op, RuleReference rule) { co_return co_await call_void(std::move(op), PeerMethod::kRemoveRule, encode(rule)); }

Task<Result<LocateReply>> RemoteRegion::locate(OpContext op, LocateQuery query) {
  const auto reply = co_await call(std::move(op), PeerMethod::kLocate, encode(query));
  if (!reply) co_return told(reply.error());
  co_return decode_locate_reply(reply->header);
}

Task<Result<identity::DirectorySequence>> RemoteRegion::submit(OpContext op, identity::DirectoryBatch batch) {
  auto reply = co_await call(std::move(op), PeerMethod::kDirectorySubmit, identity::encode_directory_batch(batch));
  if (!reply) {
    const ErrorCode code = reply.error().code();
    if (code == ErrorCode::kUnreachable || code == ErrorCode::kConnectionClosed || code == ErrorCode::kDeadlineExceeded) {
      co_return Error(ErrorCode::kHomeUnavailable, fmt::format("The realm's home region {} cannot be reached, so accounts, roles, policies and bucket names cannot be "
                                                               "changed at the moment. Data calls go on.", address_.region.get()))
          .with_effect(reply.error().effect())
          .caused_by(reply.error());
    }
    co_return reply.error();
  }
  codec::RecordReader in(reply->header);
  identity::DirectorySequence sequence;
  while (in.next()) {
    if (in.field() == 1) sequence = identity::DirectorySequence(in.u64());
  }
  co_return sequence;
}

Task<Result<DirectoryFeed>> RemoteRegion::directory_feed(OpContext op, identity::DirectorySequence after, Duration wait) {
  codec::RecordWriter header;
  header.bytes(1, self_.region.get());
  header.u64(2, after.get());
  header.u64(3, static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(wait).count()));
  CO_TRY(const auto reply, co_await call(std::move(op), PeerMethod::kDirectoryFeed, std::move(header).take()));
  co_return decode_directory_feed(reply.body.view());
}

Bytes encode_directory_feed(const DirectoryFeed& feed) {
  codec::RecordWriter out;
  out.u64(1, feed.latest.get());
  for (const auto& change : feed.changes) out.bytes(2, identity::encode_directory_change(change));
  return std::move(out).take();
}

Result<DirectoryFeed> decode_directory_feed(BytesView bytes) {
  DirectoryFeed feed;
  codec::RecordReader in(bytes);
  while (in.next()) {
    if (in.field() == 1) feed.latest = identity::DirectorySequence(in.u64());
    if (in.field() != 2) continue;
    TRY(auto change, identity::decode_directory_change(in.bytes()));
    feed.changes.push_back(std::move(change));
  }
  if (!in.ok()) return Error(ErrorCode::kProtocolViolation, "malformed peer message: DirectoryFeed");
  return feed;
}

}  // namespace farshore::peer
