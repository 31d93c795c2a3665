// SPDX-License-Identifier: Apache-2.0
// SocketNetwork: TCP and TLS connections of this machine.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "platform/event_loop.h"
#include "platform/tls_context.h"
#include "runtime/stream.h"
#include "runtime/task_scope.h"

namespace farshore::platform {

/// Sockets have TCP_NODELAY; buffer sizes are left to the kernel's own tuning. Names are resolved on a worker.
/// listen() on an empty host means all addresses, IPv6 and IPv4. Outlives its listeners and streams. Loop thread only.
class SocketNetwork : public Network {
 public:
  explicit SocketNetwork(EventLoop& loop) : loop_(loop), lookups_(std::make_unique<TaskScope>(loop)) {}
  ~SocketNetwork() override;
  Result<std::unique_ptr<Listener>> listen(const NetworkAddress& address, const std::optional<TlsSettings>& tls, bool plain_too) override;
  Task<Result<std::unique_ptr<Stream>>> connect(OpContext op, NetworkAddress address, std::optional<TlsSettings> tls) override;

 private:
  Result<std::shared_ptr<TlsContext>> client_context(const TlsSettings& settings);
  EventLoop& loop_;
  std::map<std::string, std::shared_ptr<TlsContext>> client_contexts_;  // by all of the settings' fields
  std::unique_ptr<TaskScope> lookups_;  // name lookups, which may outlast the connects that asked
};

}  // namespace farshore::platform
