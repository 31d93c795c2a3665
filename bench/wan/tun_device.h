// SPDX-License-Identifier: Apache-2.0
// TunDevice: a network interface inside a network namespace whose packets come to this process.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "packet.h"

namespace farshore::wan {

/// With checksum and TCP segmentation offload for IPv4, so that one read or write moves up to 64 KiB. Gone when closed. Needs root.
/// One thread; not copied.
class TunDevice {
 public:
  /// Makes interface `name` in the namespace that `ip netns` calls `space`. Throws std::system_error.
  TunDevice(const std::string& space, const std::string& name);
  ~TunDevice();
  TunDevice(const TunDevice&) = delete;
  TunDevice& operator=(const TunDevice&) = delete;
  int descriptor() const { return descriptor_; }
  /// Nothing when there is no packet now.
  std::optional<Packet> read();
  /// False if the kernel does not take it (the interface is down, for one).
  bool write(const Packet& packet);

 private:
  int descriptor_ = -1;
  std::vector<char> buffer_;
};

}  // namespace farshore::wan
