// SPDX-License-Identifier: Apache-2.0
// PeerService: answers the other regions of the realm on connections upgraded to the peer protocol.
#pragma once

#include <map>
#include <memory>
#include <set>

#include "http/message.h"
#include "identity/directory_store.h"
#include "replication/peer_hello.h"
#include "replication/peer_link.h"
#include "replication/receiver.h"
#include "runtime/task_scope.h"

namespace farshore::api::peer {

struct PeerServiceSettings {
  bool require_tls = false;  ///< refuse plain connections; set wherever bytes leave the host
  std::size_t unproved_links_max = 64;                 ///< connections that have not proved themselves; beyond: 503
  Duration proof_time_max = std::chrono::seconds(10);  ///< then they are ended, within a ping interval
};

/// One per region. Until a connection has proved that it is a region of this realm, it can do nothing but greet, and not for long.
/// What a region submits to the directory is judged before the home commits it (identity/directory_submission.h).
/// Threads: loop only. close() before destroying.
class PeerService {
 public:
  PeerService(Runtime runtime, replication::Receiver& receiver, identity::DirectoryStore& directory, const replication::PeerIdentity& self,
              std::vector<RegionId> realm_regions, PeerServiceSettings settings);
  ~PeerService();
  /// True for a request that asks for the peer protocol.
  static bool is_peer_request(const http::Request& request);
  /// 101 and the link, or a refusal.
  Task<http::Response> handle(OpContext op, http::Request request);
  /// Ends all links, and refuses new ones from now on: a region that dials again at once would hold up the end for ever.
  void close_links();

 private:
  class Session;
  Task<void> serve(std::unique_ptr<Stream> stream, Bytes already_read, std::optional<std::string> peer_name);

  Runtime runtime_;
  replication::Receiver& receiver_;
  identity::DirectoryStore& directory_;
  const replication::PeerIdentity& self_;
  std::vector<RegionId> realm_regions_;
  PeerServiceSettings settings_;
  std::set<std::pair<std::uint64_t, replication::PeerLink*>> links_;
  std::uint64_t next_link_ = 0;
  bool closing_ = false;
  std::size_t unproved_ = 0;  ///< links that have not proved themselves
};

}  // namespace farshore::api::peer
