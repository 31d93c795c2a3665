// SPDX-License-Identifier: Apache-2.0
// SimStream and SimNetwork: connections between simulated nodes, with latency, bandwidth and faults.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/stream.h"
#include "sim/world/sim_loop.h"

namespace farshore::sim {

/// How a link between two hosts behaves. May be changed while connections use it.
struct SimLink {
  Duration latency{};                        ///< one way
  std::uint64_t bytes_per_second = 0;        ///< each way and connection; 0: unlimited
  std::size_t bytes_in_flight_max = 1 << 20; ///< written and not yet read by the other side; more makes a write wait
  std::size_t read_bytes_max = 0;            ///< a read gives no more than this; 0: what is there
  Duration jitter{};                         ///< each piece takes up to so much longer, so that connections overtake one another
  bool up = true;                            ///< false: nothing arrives, nothing connects; changed by SimWires::set_up
  /// One way only, by the name of the sending host: [0] the lesser, [1] the greater. Changed by SimWires::set_one_way.
  bool blocked[2] = {false, false};
  std::uint64_t bytes_sent = 0;              ///< counted: both directions, all connections
};

/// One direction of a connection.
class SimPipe;

/// One end of a connection. Everything a Stream promises, in virtual time.
class SimStream : public Stream {
 public:
  SimStream(SimLoop& loop, std::shared_ptr<SimPipe> in, std::shared_ptr<SimPipe> out, NetworkAddress remote);
  ~SimStream() override;
  Task<Result<std::size_t>> read(OpContext op, std::span<char> into) override;
  Task<Result<void>> readable(OpContext op) override;
  Task<Result<void>> write(OpContext op, std::span<const BytesView> parts) override;
  Task<Result<void>> finish(OpContext op) override;
  void close() override;
  NetworkAddress remote() const override { return remote_; }
  bool secure() const override { return is_secure; }
  std::optional<std::string> peer_name() const override { return name; }
  /// How many write() calls there were: what would be system calls.
  std::size_t writes() const { return writes_; }

  bool is_secure = false;           ///< what a test wants secure() to say
  std::optional<std::string> name;  ///< and peer_name()

 private:
  SimLoop& loop_;
  std::shared_ptr<SimPipe> in_;
  std::shared_ptr<SimPipe> out_;
  NetworkAddress remote_;
  std::size_t writes_ = 0;
};

using SimStreamPair = std::pair<std::unique_ptr<SimStream>, std::unique_ptr<SimStream>>;

/// Two connected ends. The link must outlive what is sent over it.
SimStreamPair connect_pair(SimLoop& loop, std::shared_ptr<SimLink> link = std::make_shared<SimLink>());

/// All hosts of a simulated world. Each node uses a SimNetwork view of it that carries the node's own host name.
class SimWires {
 public:
  explicit SimWires(SimLoop& loop) : loop_(loop) {}
  SimLoop& loop() { return loop_; }
  /// The link between two hosts, the same whichever is named first.
  SimLink& link(const std::string& a, const std::string& b) { return *shared_link(a, b); }
  std::shared_ptr<SimLink> shared_link(const std::string& a, const std::string& b);
  /// Takes the link down, which connections feel only as silence, or up again: what was sent meanwhile then arrives.
  void set_up(const std::string& a, const std::string& b, bool up);
  /// What `from` sends does not reach `to` (or does again); the other way is as it was. Felt as silence.
  void set_one_way(const std::string& from, const std::string& to, bool blocked);
  /// Breaks every connection between the two now: both ends see kConnectionClosed.
  void cut(const std::string& a, const std::string& b);
  /// Breaks every connection of a host and forgets its listeners: its power was cut.
  void cut_host(const std::string& host);
  /// Forgets its listeners only: a process was killed, and the system still delivers what it had sent before its connections end.
  void forget_listeners(const std::string& host);

 private:
  friend class SimNetwork;
  friend class SimListener;
  struct Connection {
    std::string from;
    std::string to;
    std::weak_ptr<SimPipe> there;
    std::weak_ptr<SimPipe> back;
  };
  void break_if(const std::function<bool(const Connection&)>& matches);
  void look_again();
  SimLoop& loop_;
  std::map<std::pair<std::string, std::string>, std::shared_ptr<SimLink>> links_;
  std::map<std::pair<std::string, std::uint16_t>, class SimListener*> listeners_;
  std::vector<Connection> connections_;
  std::uint16_t next_port_ = 40000;
};

/// The Network of one host. TLS settings are taken as kept: a stream of a TLS connect is secure(), and its peer_name is
/// the name of the other side's certificate file (in place of a common name).
class SimNetwork : public Network {
 public:
  SimNetwork(SimWires& wires, std::string host) : wires_(wires), host_(std::move(host)) {}
  Result<std::unique_ptr<Listener>> listen(const NetworkAddress& address, const std::optional<TlsSettings>& tls, bool plain_too) override;
  Task<Result<std::unique_ptr<Stream>>> connect(OpContext op, NetworkAddress address, std::optional<TlsSettings> tls) override;

 private:
  SimWires& wires_;
  std::string host_;
};

}  // namespace farshore::sim
