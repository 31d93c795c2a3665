// SPDX-License-Identifier: Apache-2.0
// RemoteRegion: another region of the realm, reached over the peer link: Destination for replication, home for the directory.
#pragma once

#include <memory>
#include <optional>

#include "http/client.h"
#include "identity/directory_store.h"
#include "replication/destination.h"
#include "replication/peer_hello.h"
#include "replication/peer_link.h"
#include "runtime/runtime.h"
#include "runtime/task_scope.h"

namespace farshore::peer {

/// Where and how a region is reached.
struct RegionAddress {
  RegionId region;
  NetworkAddress address;
  std::optional<TlsSettings> tls;  ///< required outside loopback; mutual
};

/// What a follower learns of the home's directory in one call.
struct DirectoryFeed {
  identity::DirectorySequence latest;
  std::vector<identity::DirectoryChange> changes;
};

/// Keeps two long-lived connections: one for small calls and one for large contents, which yields on the way (StreamTuning), so that a
/// small change never waits behind a large one. The second is dialled as soon as the first stands, so that the first large object need not
/// wait for it. They are dialled when first needed and again, with back-off, after they broke. Calls do not wait for a region that is away:
/// they end with kUnreachable at once while the back-off runs.
///
/// Threads: loop only. Owned by the composition root; close() before destroying.
class RemoteRegion : public replication::Destination, public identity::DirectoryWriter {
 public:
  RemoteRegion(Runtime runtime, Network& network, RegionAddress address, const replication::PeerIdentity& self);
  ~RemoteRegion() override;
  Task<void> close();
  /// Power cut, for the simulator.
  void abandon();
  const RegionId& region() const { return address_.region; }
  bool connected() const;
  void set_address(RegionAddress address) { address_ = std::move(address); }

  Task<Result<replication::StreamPosition>> open_stream(OpContext op, replication::StreamOpen open) override;
  Task<Result<replication::Outcome>> apply(OpContext op, replication::ChangeMessage change, Buffer body) override;
  Task<Result<void>> settle(OpContext op, replication::StreamOpen stream, Sequence settled) override;
  Task<Result<std::vector<replication::StagedRange>>> staged_ranges(OpContext op, replication::StagedQuery query) override;
  Task<Result<void>> stage_range(OpContext op, replication::StageRange range, std::unique_ptr<BodySource> body) override;
  Task<Result<void>> register_rule(OpContext op, replication::RegisterRule rule) override;
  Task<Result<void>> confirm_rule(OpContext op, replication::RuleReference rule) override;
  Task<Result<void>> remove_rule(OpContext op, replication::RuleReference rule) override;
  Task<Result<replication::LocateReply>> locate(OpContext op, replication::LocateQuery query) override;

  Task<Result<identity::DirectorySequence>> submit(OpContext op, identity::DirectoryBatch batch) override;
  /// Changes of the home's directory above `after`; waits up to `wait` for one. Tells the home that we have applied `after`.
  Task<Result<DirectoryFeed>> directory_feed(OpContext op, identity::DirectorySequence after, Duration wait);

 private:
  using LinkRef = std::shared_ptr<replication::PeerLink>;
  struct Slot {
    explicit Slot(Executor& executor) : dialled(executor) {}
    LinkRef link;
    bool dialling = false;
    Signal dialled;  ///< a dial has ended, either way
    Instant next_try{};
    Duration backoff{};
    std::string last_error;
  };
  Task<Result<LinkRef>> link(OpContext op, Slot& slot);
  Task<void> dial(Slot* slot);
  Task<Result<LinkRef>> connect(Slot& slot);
  Task<void> dial_bulk();
  Task<void> run_link(Slot* slot, LinkRef link);
  Task<Result<void>> greet(OpContext op, LinkRef link);
  Task<void> teach_rate(LinkRef link, Duration round_trip);
  Task<Result<replication::PeerReply>> call(OpContext op, replication::PeerMethod method, Bytes header, Buffer body = {});
  Task<Result<void>> call_void(OpContext op, replication::PeerMethod method, Bytes header);
  Error told(const Error& error) const;

  class NoCalls;
  Runtime runtime_;
  RegionAddress address_;
  const replication::PeerIdentity& self_;
  std::unique_ptr<NoCalls> no_calls_;
  http::Client client_;
  Counter& sent_bytes_total_;
  Slot small_;
  Slot bulk_;
  TaskScope scope_;
};

Bytes encode_directory_feed(const DirectoryFeed& feed);
Result<DirectoryFeed> decode_directory_feed(BytesView bytes);

}  // namespace farshore::peer
