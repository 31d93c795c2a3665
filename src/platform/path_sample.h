// SPDX-License-Identifier: Apache-2.0
// PathSample: what the kernel knows of a TCP connection's path at one moment.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "runtime/time.h"

namespace farshore::platform {

struct PathSample {
  Duration busy{};                  ///< how long bytes have been under way since the connection began; idle time does not count
  Duration round_trip{};            ///< smoothed
  Duration shortest{};              ///< the shortest round trip seen
  std::uint64_t rate = 0;           ///< bytes a second that arrived over the last round trips; what is sent in drops does not lower it
  bool starved = false;             ///< `rate` says how much there was to send, not what the path takes
  std::uint64_t delivered = 0;      ///< bytes that arrived since the connection began
  std::uint64_t packets = 0;        ///< sent since the connection began
  std::uint64_t packets_again = 0;  ///< of those, sent because the first did not arrive in time
};

/// Nothing where the kernel does not tell (before Linux 4.19, or no TCP).
std::optional<PathSample> sample_path(int socket);
/// The kernel sends no faster than this, in bytes a second.
void limit_pace(int socket, std::uint64_t bytes_per_second);
/// One that the kernel does not have is ignored.
void choose_congestion_control(int socket, const std::string& name);

}  // namespace farshore::platform
