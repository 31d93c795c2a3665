// SPDX-License-Identifier: Apache-2.0
#include "api/peer/peer_service.h"

#include <algorithm>

#include "codec/record.h"
#include "crypto/equal.h"
#include "identity/directory_submission.h"

namespace farshore::api::peer {

using replication::PeerCall;
using replication::PeerHello;
using replication::PeerMethod;
using replication::PeerReply;

namespace {
constexpr std::size_t kFeedChangesMax = 200;
constexpr Duration kFeedWaitMax = std::chrono::seconds(30);

PeerReply with_header(Bytes header) { return PeerReply{std::move(header), Buffer()}; }
Result<PeerReply> empty_reply(Result<void> result) {
  if (!result) return result.error();
  return PeerReply{};
}
}  // namespace

/// One connection: greets, then serves.
class PeerService::Session : public replication::PeerCallHandler {
 public:
  Session(PeerService& service, std::optional<std::string> peer_name)
      : service_(service), peer_name_(std::move(peer_name)) {
    ++service_.unproved_;
  }
  ~Session() override {
    if (!proved_) --service_.unproved_;
    if (follower_) service_.directory_.follower_lost(region_);
  }

  bool keeps(Duration lasted) const override { return proved_ || lasted < service_.settings_.proof_time_max; }

  Task<Result<PeerReply>> handle(OpContext op, PeerCall call) override {
    const auto method = static_cast<PeerMethod>(call.method);
    if (method == PeerMethod::kHello) co_return greet(call.header);
    if (!proved_) co_return Error(ErrorCode::kAccessDenied, "the connection has not proved that it is a region of this realm");
    auto& receiver = service_.receiver_;
    switch (method) {
      case PeerMethod::kHello: break;
      case PeerMethod::kOpenStream: {
        CO_TRY(auto open, replication::decode_stream_open(call.header));
        open.caller = region_;
        CO_TRY(const auto position, co_await receiver.open_stream(op, std::move(open)));
        co_return with_header(encode(position));
      }
      case PeerMethod::kApply: {
        CO_TRY(auto change, replication::decode_change_message(call.header));
        CO_TRY_OK(check_stream(change.rule, change.source));
        CO_TRY(Buffer body, co_await call.body->read(op));
        CO_TRY(const auto outcome, co_await receiver.apply(op, std::move(change), std::move(body)));
        co_return with_header(replication::encode(outcome));
      }
      case PeerMethod::kSettle: co_return co_await settle(std::move(op), std::move(call.header));
      case PeerMethod::kStagedRanges: {
        CO_TRY(auto query, replication::decode_staged_query(call.header));
        CO_TRY_OK(check_stream(query.rule, query.source));
        CO_TRY(const auto ranges, co_await receiver.staged_ranges(op, std::move(query)));
        co_return with_header(encode(ranges));
      }
      case PeerMethod::kStageRange: {
        CO_TRY(auto range, replication::decode_stage_range(call.header));
        CO_TRY_OK(check_stream(range.rule, range.source));
        co_return empty_reply(co_await receiver.stage_range(op, std::move(range), std::move(call.body)));
      }
      case PeerMethod::kRegisterRule: {
        CO_TRY(auto rule, replication::decode_register_rule(call.header));
        if (rule.rule.source_region != region_) co_return Error(ErrorCode::kAccessDenied, "a region may register rules of its own buckets only");
        co_return empty_reply(co_await receiver.register_rule(op, std::move(rule)));
      }
      case PeerMethod::kConfirmRule: {
        CO_TRY(auto rule, replication::decode_rule_reference(call.header));
        rule.caller = region_;
        co_return empty_reply(co_await receiver.confirm_rule(op, std::move(rule)));
      }
      case PeerMethod::kRemoveRule: {
        CO_TRY(auto rule, replication::decode_rule_reference(call.header));
        rule.caller = region_;
        co_return empty_reply(co_await receiver.remove_rule(op, std::move(rule)));
      }
      case PeerMethod::kLocate: {
        CO_TRY(auto query, replication::decode_locate_query(call.header));
        query.caller = region_;
        CO_TRY(const auto reply, co_await receiver.locate(op, std::move(query)));
        co_return with_header(encode(reply));
      }
      case PeerMethod::kDirectorySubmit: {
        CO_TRY(auto batch, identity::decode_directory_batch(call.header));
        CO_TRY_OK(identity::check_submission(service_.directory_.view(), batch, region_));
        CO_TRY(const auto sequence, co_await service_.directory_.submit(op, std::move(batch)));
        codec::RecordWriter header;
        header.u64(1, sequence.get());
        co_return with_header(std::move(header).take());
      }
      case PeerMethod::kDirectoryFeed: co_return co_await feed(std::move(op), std::move(call.header));
      case PeerMethod::kDirectoryState: break;
    }
    co_return Error(ErrorCode::kProtocolViolation, "unknown peer method").with("method", std::to_string(call.method));
  }

 private:
  Result<PeerReply> greet(BytesView header) {
    TRY(const PeerHello hello, replication::decode_peer_hello(header));
    const auto& self = service_.self_;
    if (proof_expected_.empty()) {
      const auto& regions = service_.realm_regions_;
      if (hello.realm != self.realm || std::find(regions.begin(), regions.end(), hello.region) == regions.end()) {
        return Error(ErrorCode::kAccessDenied, fmt::format("region {} of realm {} does not belong here", hello.region.get(), hello.realm));
      }
      // Mutual TLS: the certificate must be the region's own, not just any of the realm.
      if (peer_name_ && *peer_name_ != hello.region.get()) return Error(ErrorCode::kAccessDenied, "the certificate belongs to another region");
      if (hello.version_min > replication::kPeerVersionMax || hello.version_max < replication::kPeerVersionMin) {
        return Error(ErrorCode::kProtocolViolation, "the regions' peer protocols have no version in common");
      }
      region_ = hello.region;
      PeerHello answer;
      answer.version_min = answer.version_max = std::min(hello.version_max, replication::kPeerVersionMax);
      answer.region = self.region;
      answer.nonce = service_.runtime_.random.bytes(replication::kPeerNonceBytes);
      answer.proof = peer_proof(self.secret, replication::PeerSide::kCallee, hello.region, self.region, hello.nonce, answer.nonce);
      proof_expected_ = peer_proof(self.secret, replication::PeerSide::kCaller, hello.region, self.region, answer.nonce, hello.nonce);
      return with_header(encode(answer));
    }
    if (!crypto::equal_constant_time(hello.proof, proof_expected_)) return Error(ErrorCode::kAccessDenied, "the proof of the realm's peer secret is wrong");
    if (!proved_) --service_.unproved_;
    proved_ = true;
    return PeerReply{};
  }

  /// A region feeds only the streams it opened. Unknown ones: kNotFound makes the sender open them.
  Result<void> check_stream(const RuleId& rule, const PartitionId& source) {
    const auto owner = service_.receiver_.stream_owner(rule, source);
    if (!owner) return Error(ErrorCode::kNotFound, "the stream is not open here; open it");
    if (*owner != region_) return Error(ErrorCode::kAccessDenied, "the stream belongs to another region");
    return {};
  }

  Task<Result<PeerReply>> settle(OpContext op, Bytes header) {
    codec::RecordReader in(header);
    Bytes stream;
    Sequence settled;
    while (in.next()) {
      if (in.field() == 1) stream = in.owned();
      if (in.field() == 2) settled = Sequence(in.u64());
    }
    CO_TRY(auto open, replication::decode_stream_open(stream));
    CO_TRY_OK(check_stream(open.rule, open.source));
    co_return empty_reply(co_await service_.receiver_.settle(std::move(op), std::move(open), settled));
  }

  Task<Result<PeerReply>> feed(OpContext op, Bytes header) {
    codec::RecordReader in(header);
    identity::DirectorySequence after{0};
    std::int64_t wait_millis = 0;
    while (in.next()) {
      if (in.field() == 2) after = identity::DirectorySequence(in.u64());
      if (in.field() == 3) wait_millis = static_cast<std::int64_t>(std::min<std::uint64_t>(in.u64(), 60000));
    }
    auto& directory = service_.directory_;
    if (!directory.is_home()) co_return Error(ErrorCode::kHomeUnavailable, "this region is not the realm's home");
    follower_ = true;
    directory.follower_applied(region_, after);
    Duration wait = std::chrono::milliseconds(wait_millis);
    const Instant until = service_.runtime_.executor.now() + std::min(wait, kFeedWaitMax);
    while (directory.sequence() <= after) {
      if (co_await directory.changed().wait(op, until) != Woken::kNotified) break;
    }
    codec::RecordWriter out;
    out.u64(1, directory.sequence().get());
    CO_TRY(const auto changes, co_await directory.read_feed(op, after, kFeedChangesMax, region_));
    std::size_t bytes = 0;
    for (const auto& change : changes) {
      Bytes encoded = identity::encode_directory_change(change);
      bytes += encoded.size();
      if (bytes > codec::kFrameBodyBytesMax - (16u << 10) && bytes != encoded.size()) break;  // the rest in the next call
      out.bytes(2, encoded);
    }
    co_return PeerReply{Bytes(), Buffer(std::move(out).take())};
  }

  PeerService& service_;
  std::optional<std::string> peer_name_;
  RegionId region_;
  std::string proof_expected_;
  bool proved_ = false;
  bool follower_ = false;
};

PeerService::PeerService(Runtime runtime, replication::Receiver& receiver, identity::DirectoryStore& directory, const replication::PeerIdentity& self,
                         std::vector<RegionId> realm_regions, PeerServiceSettings settings)
    : runtime_(runtime), receiver_(receiver), directory_(directory), self_(self), realm_regions_(std::move(realm_regions)), settings_(settings) {}
PeerService::~PeerService() = default;

bool PeerService::is_peer_request(const http::Request& request) {
  return request.method == "POST" && request.headers.get("Upgrade") == replication::kPeerProtocol;
}

Task<http::Response> PeerService::handle(OpContext, http::Request request) {
  if (settings_.require_tls && (!request.secure || !request.peer_name)) {
    co_return http::Response(403).text("text/plain", "The peer protocol needs mutual TLS here.\n").close();
  }
  if (closing_) co_return http::Response(503).text("text/plain", "This region is shutting down.\n").close();
  if (unproved_ >= settings_.unproved_links_max) {
    co_return http::Response(503).text("text/plain", "Too many connections that have not proved themselves.\n").close();
  }
  auto upgrade = [this, peer_name = request.peer_name](std::unique_ptr<Stream> stream, Bytes already_read) {
    return serve(std::move(stream), std::move(already_read), peer_name);
  };
  co_return http::Response(101).upgrade(replication::kPeerProtocol, std::move(upgrade));
}

Task<void> PeerService::serve(std::unique_ptr<Stream> stream, Bytes already_read, std::optional<std::string> peer_name) {
  if (closing_) {
    stream->close();  // accepted a moment before; nobody would end it any more
    co_return;
  }
  Session session(*this, std::move(peer_name));
  replication::PeerLink link(runtime_, std::move(stream), session, {}, std::move(already_read));
  const auto entry = std::make_pair(next_link_++, &link);
  links_.insert(entry);
  const auto ended = co_await link.run(OpContext());
  links_.erase(entry);
  if (!ended && ended.error().code() != ErrorCode::kConnectionClosed) {
    runtime_.log.warn("peer.link_ended", {{"error", ended.error().text()}});
  }
}

void PeerService::close_links() {
  closing_ = true;
  for (const auto& [number, link] : links_) link->close();
}

}  // namespace farshore::api::peer
