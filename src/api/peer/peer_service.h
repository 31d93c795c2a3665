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
};

/// One per region. Until a connection has proved that it is a region of this realm, it can do nothing but greet.
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
  /// Ends all links.
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
  std::map<Bytes, RegionId> streams_;  ///< which region opened a stream: nobody else may feed it
};

}  // namespace farshore::api::peer
