// SPDX-License-Identifier: Apache-2.0
// Apart from other socket code, because the kernel's <linux/tcp.h> and the C library's <netinet/tcp.h> exclude each other.
#include "platform/path_sample.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstddef>

namespace farshore::platform {

std::optional<PathSample> sample_path(int socket) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return std::nullopt;
  if (size < offsetof(tcp_info, tcpi_delivered) + sizeof info.tcpi_delivered) return std::nullopt;
  using std::chrono::microseconds;
  PathSample sample;
  sample.busy = microseconds(info.tcpi_busy_time);
  sample.round_trip = microseconds(info.tcpi_rtt);
  sample.shortest = microseconds(info.tcpi_min_rtt);
  sample.rate = info.tcpi_delivery_rate;
  sample.starved = info.tcpi_delivery_rate_app_limited != 0;
  sample.delivered = std::uint64_t{info.tcpi_delivered} * info.tcpi_snd_mss;
  sample.packets = info.tcpi_segs_out;
  sample.packets_again = info.tcpi_total_retrans;
  return sample;
}

void limit_pace(int socket, std::uint64_t bytes_per_second) {
  ::setsockopt(socket, SOL_SOCKET, SO_MAX_PACING_RATE, &bytes_per_second, sizeof bytes_per_second);
}

void choose_congestion_control(int socket, const std::string& name) {
  ::setsockopt(socket, IPPROTO_TCP, TCP_CONGESTION, name.data(), static_cast<socklen_t>(name.size()));
}

}  // namespace farshore::platform
