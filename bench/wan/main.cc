// SPDX-License-Identifier: Apache-2.0
// farshore-wan: a wide-area line between two network namespaces, in user space. See README.md for options and commands.
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <sstream>
#include <string>

#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fmt/format.h>

#include "direction.h"
#include "tun_device.h"

namespace farshore::wan {
namespace {

struct Options {
  std::string a, b, device = "wan0";
  Shape shape{std::chrono::milliseconds(50), 1e9, 12'500'000, 0, 0, nanoseconds(0)};
  std::uint64_t seed = 1;
};

nanoseconds from_millis(double millis) { return nanoseconds(static_cast<std::int64_t>(millis * 1e6)); }

/// False if there is no such field or the value is out of range.
bool set_field(Shape& shape, const std::string& field, double value) {
  const bool share = value >= 0 && value <= 1;
  if (field == "delay-ms" && value >= 0) return shape.delay = from_millis(value), true;
  if (field == "rate-mbit" && value >= 0) return shape.rate_bits = value * 1e6, true;
  if (field == "queue-bytes" && value >= 0) return shape.queue_bytes = static_cast<std::uint64_t>(value), true;
  if (field == "loss" && share) return shape.loss = value, true;
  if (field == "reorder" && share) return shape.reorder = value, true;
  if (field == "reorder-ms" && value >= 0) return shape.reorder_delay = from_millis(value), true;
  return false;
}

bool parse(int argc, char** argv, Options& options) {
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i], value = argv[i + 1];
    if (!name.starts_with("--")) return false;
    const std::string field = name.substr(2);
    if (field == "a") options.a = value;
    else if (field == "b") options.b = value;
    else if (field == "device") options.device = value;
    else if (field == "seed") options.seed = std::strtoull(value.c_str(), nullptr, 10);
    else if (!set_field(options.shape, field, std::strtod(value.c_str(), nullptr))) return false;
  }
  return argc % 2 == 1 && !options.a.empty() && !options.b.empty();
}

std::string as_json(const Counts& counts, std::uint64_t queued) {
  return fmt::format(R"({{"offered":{},"delivered":{},"lost":{},"dropped_by_queue":{},"dropped_by_cut":{},"reordered":{},"offered_payload_bytes":{},)"
                     R"("delivered_payload_bytes":{},"delivered_line_bytes":{},"queue_bytes":{},"queue_bytes_max":{}}})",
                     counts.offered, counts.delivered, counts.lost, counts.dropped_by_queue, counts.dropped_by_cut, counts.reordered,
                     counts.offered_payload_bytes, counts.delivered_payload_bytes, counts.delivered_line_bytes, queued, counts.queue_bytes_max);
}

/// Both directions, the devices at their ends, and the commands on standard input.
class Line {
 public:
  explicit Line(const Options& options)
      : device_a_(options.a, options.device), device_b_(options.b, options.device), ab_(options.shape, options.seed), ba_(options.shape, ~options.seed) {}

  void run() {
    while (open_) {
      deliver(ab_, device_b_);
      deliver(ba_, device_a_);
      pollfd watched[] = {{device_a_.descriptor(), POLLIN, 0}, {device_b_.descriptor(), POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
      const timespec patience = until_next_arrival();
      if (::ppoll(watched, std::size(watched), &patience, nullptr) < 0 && errno != EINTR) return;
      if (watched[0].revents != 0) collect(device_a_, ab_);
      if (watched[1].revents != 0) collect(device_b_, ba_);
      if (watched[2].revents != 0) read_commands();
    }
  }

 private:
  static constexpr int kBatchPackets = 64;  // of one direction before the other has its turn

  timespec until_next_arrival() const {
    const Instant now = Clock::now();
    nanoseconds wait = std::chrono::seconds(1);
    for (const Direction* direction : {&ab_, &ba_}) {
      if (const auto next = direction->next()) wait = std::min(wait, nanoseconds(*next - now));
    }
    const auto count = std::max<std::int64_t>(wait.count(), 0);
    return timespec{count / 1'000'000'000, count % 1'000'000'000};
  }

  void collect(TunDevice& from, Direction& direction) {
    const Instant now = Clock::now();
    for (int i = 0; i < kBatchPackets; ++i) {
      auto packet = from.read();
      if (!packet) return;
      direction.offer(*std::move(packet), now);
    }
  }

  void deliver(Direction& direction, TunDevice& to) {
    const Instant now = Clock::now();
    while (auto packet = direction.take(now)) {
      if (!to.write(*packet)) ++refused_;
    }
  }

  void read_commands() {
    char buffer[4096];
    const ssize_t size = ::read(STDIN_FILENO, buffer, sizeof buffer);
    if (size <= 0) {
      open_ = false;  // whoever started us is gone, and the line with him
      return;
    }
    input_.append(buffer, static_cast<std::size_t>(size));
    for (std::size_t end = input_.find('\n'); end != std::string::npos; end = input_.find('\n')) {
      std::cout << answer(input_.substr(0, end)) << std::endl;
      input_.erase(0, end + 1);
    }
  }

  std::string answer(const std::string& line) {
    std::istringstream words(line);
    std::string command, way, field;
    double value = 0;
    words >> command;
    if (command == "stats") return stats();
    words >> way;
    if (way != "ab" && way != "ba" && way != "both") return "error: which way? ab, ba or both";
    const bool set = command == "set" && words >> field >> value;
    for (Direction* direction : {&ab_, &ba_}) {
      if (way != "both" && (way == "ab") != (direction == &ab_)) continue;
      if (command == "cut") direction->cut();
      else if (command == "heal") direction->heal();
      else if (!set || !set_field(direction->shape(), field, value)) return "error: not a command: " + line;
    }
    return "ok";
  }

  std::string stats() const {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; };
    const Instant now = Clock::now();
    return fmt::format(R"({{"ab":{},"ba":{},"refused":{},"cpu_seconds":{:.6f},"monotonic_seconds":{:.6f}}})", as_json(ab_.counts(), ab_.queued_bytes(now)),
                       as_json(ba_.counts(), ba_.queued_bytes(now)), refused_, seconds(usage.ru_utime) + seconds(usage.ru_stime),
                       std::chrono::duration<double>(now.time_since_epoch()).count());
  }

  TunDevice device_a_, device_b_;
  Direction ab_, ba_;
  std::uint64_t refused_ = 0;
  std::string input_;
  bool open_ = true;
};

}  // namespace
}  // namespace farshore::wan

int main(int argc, char** argv) {
  farshore::wan::Options options;
  if (!farshore::wan::parse(argc, argv, options)) {
    std::fputs("usage: farshore-wan --a NAMESPACE --b NAMESPACE [--device wan0] [--delay-ms 50] [--rate-mbit 1000] [--queue-bytes 12500000]\n"
               "                    [--loss 0] [--reorder 0] [--reorder-ms 0] [--seed 1]; commands on standard input, see bench/wan/README.md\n",
               stderr);
    return 2;
  }
  ::prctl(PR_SET_TIMERSLACK, 1);
  try {
    farshore::wan::Line line(options);
    std::cout << "ready" << std::endl;
    line.run();
    return 0;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "farshore-wan: %s\n", failure.what());
    return 1;
  }
}
