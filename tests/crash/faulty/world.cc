// SPDX-License-Identifier: Apache-2.0
// Stands in front of what else of the world a server sees: the time of day, and what it sends.
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>

#include "control.h"
#include "steps.h"

using namespace farshore::faults;

namespace {

constexpr std::int64_t kMicros = 1000000;

timespec wall_time() {
  timespec at{};
  syscall(SYS_clock_gettime, CLOCK_REALTIME, &at);
  if (const Control* file = control()) {
    const std::int64_t micros = static_cast<std::int64_t>(at.tv_sec) * kMicros + at.tv_nsec / 1000 + file->clock_offset_micros.load();
    at.tv_sec = micros / kMicros;
    at.tv_nsec = micros % kMicros * 1000 + at.tv_nsec % 1000;
  }
  return at;
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* at) noexcept {
  if (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE) return static_cast<int>(syscall(SYS_clock_gettime, clock, at));
  *at = wall_time();
  return 0;
}
int gettimeofday(timeval* at, void*) noexcept {
  const timespec now = wall_time();
  *at = timeval{now.tv_sec, now.tv_nsec / 1000};
  return 0;
}
time_t time(time_t* at) noexcept {
  const time_t now = wall_time().tv_sec;
  if (at != nullptr) *at = now;
  return now;
}

ssize_t sendmsg(int socket, const msghdr* message, int flags) {
  const Verdict verdict = begin(step(Kind::kSocket, Call::kSend));
  if (verdict.action == Action::kFail) {
    errno = static_cast<int>(verdict.number);
    return -1;
  }
  const ssize_t sent = syscall(SYS_sendmsg, socket, message, flags);
  end(verdict);
  return sent;
}

}  // extern "C"
