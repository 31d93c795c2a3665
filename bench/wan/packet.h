// SPDX-License-Identifier: Apache-2.0
// Packet: one packet as a TUN device with offloads gives it, perhaps many TCP segments in one, and how to cut it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace farshore::wan {

/// What surrounds each packet on an Ethernet: preamble, header, checksum, gap. With it, 1 Gbit/s carries 117.7 MB/s of TCP payload.
inline constexpr std::size_t kEthernetBytes = 38;
inline constexpr std::size_t kOffloadHeadBytes = 10;  ///< virtio_net_hdr, in front of every packet of the device

/// A value. IPv4 TCP is understood; anything else is one segment without payload. One thread.
class Packet {
 public:
  explicit Packet(std::span<const char> with_offload_head);
  /// What is written to the other device.
  std::span<const char> data() const { return bytes_; }
  /// How many packets of the line it stands for.
  std::size_t segments() const { return segments_; }
  /// Bytes of the line that segments take: IP packets with their headers repeated, each with kEthernetBytes.
  std::size_t line_bytes() const { return segments_ * (header_bytes_ + kEthernetBytes) + payload_bytes_; }
  std::size_t payload_bytes() const { return payload_bytes_; }
  /// `count` segments from the `first` on, as the sender's kernel would have made them. Precondition: they are there.
  Packet slice(std::size_t first, std::size_t count) const;

 private:
  Packet() = default;
  void measure();
  std::vector<char> bytes_;
  std::size_t header_bytes_ = 0;   // IP and TCP; all of a packet that is not TCP
  std::size_t payload_bytes_ = 0;
  std::size_t segment_bytes_ = 0;  // payload of each segment but the last
  std::size_t segments_ = 1;
};

}  // namespace farshore::wan
