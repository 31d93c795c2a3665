// SPDX-License-Identifier: Apache-2.0
#include "packet.h"

#include <algorithm>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>

namespace farshore::wan {
namespace {

/// virtio_net_hdr of the Linux user API, whose header C++ cannot read.
struct OffloadHead {
  std::uint8_t flags = 0;
  std::uint8_t gso_type = 0;  // kOneSegment or how to cut
  std::uint16_t header_bytes = 0;
  std::uint16_t gso_size = 0;
  std::uint16_t checksum_from = 0;
  std::uint16_t checksum_at = 0;
};
static_assert(sizeof(OffloadHead) == kOffloadHeadBytes);
constexpr std::uint8_t kOneSegment = 0;
constexpr std::size_t kLengthMin = kOffloadHeadBytes + sizeof(iphdr);
constexpr std::uint8_t kFin = 0x01, kPush = 0x08, kReduced = 0x80;  // flags of TCP that belong to one end of a super-packet

template <typename T>
T load(const std::vector<char>& bytes, std::size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}
template <typename T>
void store(std::vector<char>& bytes, std::size_t at, const T& value) {
  std::memcpy(bytes.data() + at, &value, sizeof value);
}

/// Internet checksum arithmetic over 16-bit words as they lie in memory.
std::uint16_t fold(std::uint64_t sum) {
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(sum);
}
std::uint64_t sum_words(const void* data, std::size_t size) {
  std::uint64_t sum = 0;
  for (std::size_t at = 0; at + 1 < size; at += 2) {
    std::uint16_t word;
    std::memcpy(&word, static_cast<const char*>(data) + at, sizeof word);
    sum += word;
  }
  return sum;
}

}  // namespace

Packet::Packet(std::span<const char> with_offload_head) : bytes_(with_offload_head.begin(), with_offload_head.end()) { measure(); }

void Packet::measure() {
  header_bytes_ = bytes_.size() - std::min(bytes_.size(), kOffloadHeadBytes);
  payload_bytes_ = 0;
  segments_ = 1;
  if (bytes_.size() < kLengthMin) return;
  const auto ip = load<iphdr>(bytes_, kOffloadHeadBytes);
  const std::size_t tcp_at = kOffloadHeadBytes + ip.ihl * 4u;
  if (ip.version != 4 || ip.protocol != IPPROTO_TCP || bytes_.size() < tcp_at + sizeof(tcphdr)) return;
  const auto tcp = load<tcphdr>(bytes_, tcp_at);
  const std::size_t headers = ip.ihl * 4u + tcp.doff * 4u;
  if (headers > header_bytes_) return;
  payload_bytes_ = header_bytes_ - headers;
  header_bytes_ = headers;
  const auto offload = load<OffloadHead>(bytes_, 0);
  segment_bytes_ = offload.gso_type == kOneSegment || offload.gso_size == 0 ? payload_bytes_ : offload.gso_size;
  if (payload_bytes_ > segment_bytes_) segments_ = (payload_bytes_ + segment_bytes_ - 1) / segment_bytes_;
}

Packet Packet::slice(std::size_t first, std::size_t count) const {
  if (first == 0 && count == segments_) return *this;
  const std::size_t begin = first * segment_bytes_;
  const std::size_t size = std::min(payload_bytes_ - begin, count * segment_bytes_);
  Packet out;
  const auto payload = bytes_.begin() + static_cast<std::ptrdiff_t>(kOffloadHeadBytes + header_bytes_);
  out.bytes_.reserve(kOffloadHeadBytes + header_bytes_ + size);
  out.bytes_.assign(bytes_.begin(), payload);
  out.bytes_.insert(out.bytes_.end(), payload + static_cast<std::ptrdiff_t>(begin), payload + static_cast<std::ptrdiff_t>(begin + size));

  auto offload = load<OffloadHead>(bytes_, 0);
  if (size <= segment_bytes_) {
    offload.gso_type = kOneSegment;
    offload.gso_size = 0;
  }
  store(out.bytes_, 0, offload);

  auto ip = load<iphdr>(bytes_, kOffloadHeadBytes);
  ip.tot_len = htons(static_cast<std::uint16_t>(header_bytes_ + size));
  ip.id = htons(static_cast<std::uint16_t>(ntohs(ip.id) + first));
  ip.check = 0;
  store(out.bytes_, kOffloadHeadBytes, ip);
  const std::size_t ip_bytes = ip.ihl * 4u;
  ip.check = static_cast<std::uint16_t>(~fold(sum_words(out.bytes_.data() + kOffloadHeadBytes, ip_bytes)));
  store(out.bytes_, kOffloadHeadBytes, ip);

  const std::size_t tcp_at = kOffloadHeadBytes + ip_bytes;
  auto tcp = load<tcphdr>(bytes_, tcp_at);
  tcp.seq = htonl(ntohl(tcp.seq) + static_cast<std::uint32_t>(begin));
  // The kernel left the checksum to the device: the field holds the sum of the pseudo header alone.
  const std::uint16_t length = htons(static_cast<std::uint16_t>(header_bytes_ - ip_bytes + size));
  const std::uint16_t protocol = htons(IPPROTO_TCP);
  tcp.check = fold(sum_words(&ip.saddr, sizeof ip.saddr) + sum_words(&ip.daddr, sizeof ip.daddr) + protocol + length);
  store(out.bytes_, tcp_at, tcp);
  auto& flags = reinterpret_cast<std::uint8_t&>(out.bytes_[tcp_at + 13]);
  if (begin + size < payload_bytes_) flags &= static_cast<std::uint8_t>(~(kFin | kPush));
  if (first > 0) flags &= static_cast<std::uint8_t>(~kReduced);
  out.measure();
  return out;
}

}  // namespace farshore::wan
