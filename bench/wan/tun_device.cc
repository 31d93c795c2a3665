// SPDX-License-Identifier: Apache-2.0
#include "tun_device.h"

#include <cerrno>
#include <cstring>
#include <system_error>

#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace farshore::wan {
namespace {

constexpr std::size_t kPacketBytesMax = 65536 + kOffloadHeadBytes;

int checked(int result, const std::string& what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

/// This thread in another network namespace, and back.
class InsideNamespace {
 public:
  explicit InsideNamespace(const std::string& space) : home_(checked(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), "own network namespace")) {
    const int there = checked(::open(("/run/netns/" + space).c_str(), O_RDONLY | O_CLOEXEC), "network namespace " + space);
    const int entered = ::setns(there, CLONE_NEWNET);
    ::close(there);
    checked(entered, "entering network namespace " + space);
  }
  ~InsideNamespace() {
    if (::setns(home_, CLONE_NEWNET) != 0) std::terminate();
    ::close(home_);
  }
  InsideNamespace(const InsideNamespace&) = delete;
  InsideNamespace& operator=(const InsideNamespace&) = delete;

 private:
  int home_;
};

}  // namespace

TunDevice::TunDevice(const std::string& space, const std::string& name) : buffer_(kPacketBytesMax) {
  const InsideNamespace inside(space);
  descriptor_ = checked(::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC), "/dev/net/tun");
  ifreq request{};
  request.ifr_flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR;
  std::strncpy(request.ifr_name, name.c_str(), sizeof request.ifr_name - 1);
  checked(::ioctl(descriptor_, TUNSETIFF, &request), "making interface " + name);
  checked(::ioctl(descriptor_, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4), "offloads of interface " + name);
}

TunDevice::~TunDevice() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::optional<Packet> TunDevice::read() {
  const ssize_t size = ::read(descriptor_, buffer_.data(), buffer_.size());
  if (size <= 0) return std::nullopt;
  return Packet(std::span(buffer_).first(static_cast<std::size_t>(size)));
}

bool TunDevice::write(const Packet& packet) { return ::write(descriptor_, packet.data().data(), packet.data().size()) >= 0; }

}  // namespace farshore::wan
