// SPDX-License-Identifier: Apache-2.0
#include "platform/path_pacer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

namespace farshore::platform {
namespace {
using namespace std::chrono_literals;

/// A path with a queue, and a sender that ignores its queue as BBR may: it sends at twice the path's rate whenever nothing limits it, with no more than two
/// round trips' worth under way. A step is a millisecond; what a sender learns is a round trip old.
class Path {
 public:
  Path(double megabytes, Duration shortest) : rate_(megabytes * 1e6), shortest_(shortest) {}

  void run(Duration duration) {
    for (Duration end = now_ + duration; now_ < end; now_ += 1ms) step();
  }
  void others_take(double megabytes) { others_ = megabytes * 1e6; }
  void others_queue(Duration delay) { foreign_ = delay; }
  /// There is no more than this to send.
  void starve(double megabytes) {
    starved_ = megabytes > 0;
    supply_ = megabytes * 1e6;
  }
  /// The kernel says so of a connection that had nothing more to send for a moment, however much is under way.
  void seems_starved(bool seems) { seems_starved_ = seems; }
  /// Our share of what passed, and how long the queue was at most, since the last call.
  struct Seen {
    double megabytes;
    Duration queue_most;
  };
  /// Waits, then looks for so long.
  Seen seen(Duration wait, Duration looked) {
    run(wait);
    seen();
    run(looked);
    return seen();
  }
  Seen seen() {
    const Seen seen{passed_ / 1e6 / (static_cast<double>((now_ - seen_at_).count()) / 1e9), queue_most_};
    passed_ = 0;
    queue_most_ = {};
    seen_at_ = now_;
    return seen;
  }

 private:
  void step() {
    constexpr double kStep = 1e-3;
    const double ours = rate_ - others_;
    const double way = static_cast<double>(shortest_.count()) / 1e9;
    double send = ramp_ = std::min(ramp_ * 1.007, 2 * rate_);  // twice as much every 100 ms
    if (limit_) send = std::min(send, static_cast<double>(*limit_));
    if (starved_) send = std::min(send, supply_);
    if (queue_ > ours * way) send = std::min(send, ours);  // two round trips' worth
    queue_ += send * kStep;
    const double out = std::min(queue_, ours * kStep);
    queue_ -= out;
    passed_ += out;
    const Duration delay = Duration(static_cast<std::int64_t>(queue_ / ours * 1e9));
    queue_most_ = std::max(queue_most_, delay);
    // As the kernel measures: over a round trip, and what is sent in drops does not lower it.
    flight_.push_back(out);
    flown_ += out;
    if (flight_.size() > static_cast<std::size_t>(shortest_ / 1ms)) {
      flown_ -= flight_.front();
      flight_.pop_front();
    }
    const double rate = flown_ / (kStep * static_cast<double>(flight_.size()));
    if (!starved_ || rate > rate_seen_) rate_seen_ = rate;
    // A limited sender's segments are apart, and the receiver answers every second one; now and then the first.
    const bool first = now_ % 1000ms < 2 * shortest_;
    const Duration apart = limit_ && !first ? Duration(static_cast<std::int64_t>(1448e9 / static_cast<double>(*limit_))) : Duration();
    news_.push_back({now_ + shortest_, PathSample{Duration(), shortest_ + delay + foreign_ + apart, shortest_, static_cast<std::uint64_t>(rate_seen_), starved_ || (seems_starved_ && !(limit_ && send >= 0.99 * static_cast<double>(*limit_))), static_cast<std::uint64_t>(delivered_ += out), 0, 0}});
    while (!news_.empty() && news_.front().first <= now_) {
      PathSample sample = news_.front().second;
      news_.pop_front();
      sample.busy = now_;
      limit_ = pacer_.limit(sample);
    }
  }

  double rate_;
  Duration shortest_;
  double others_ = 0;
  double supply_ = 0;
  Duration foreign_{};
  Duration now_{};
  Duration seen_at_{};
  double ramp_ = 1e6;
  double queue_ = 0;
  double passed_ = 0;
  std::deque<double> flight_;
  double flown_ = 0;
  double rate_seen_ = 0;
  double delivered_ = 0;
  bool starved_ = false;
  bool seems_starved_ = false;
  Duration queue_most_{};
  std::optional<std::uint64_t> limit_;
  std::deque<std::pair<Duration, PathSample>> news_;
  PathPacer pacer_;
};

TEST(PathPacer, ALongPathIsFullAndItsQueueShort) {
  for (const Duration shortest : {20ms, 100ms, 300ms}) {
    Path path(117, shortest);
    const auto seen = path.seen(20 * shortest + 1s, 200 * shortest);
    EXPECT_GE(seen.megabytes, 0.95 * 117) << shortest.count();
    EXPECT_LE(seen.queue_most, std::max(Duration(12ms), shortest / 3)) << shortest.count();
  }
}

TEST(PathPacer, TheFirstQueueDrainsAtOnce) {
  Path path(117, 100ms);
  path.run(1100ms);
  EXPECT_GE(path.seen().queue_most, 50ms);  // the sender doubled its rate once too often
  EXPECT_LE(path.seen(200ms, 500ms).queue_most, 20ms);
}

TEST(PathPacer, ASlowPathIsNoDifferent) {
  Path path(1.2, 100ms);
  const auto seen = path.seen(3s, 20s);
  EXPECT_GE(seen.megabytes, 0.95 * 1.2);
  EXPECT_LE(seen.queue_most, 33ms);
}

TEST(PathPacer, BegunBesideOthersOnASlowPathItGrowsWhenTheyAreGone) {
  Path path(1.2, 100ms);
  path.others_take(1.195);
  path.others_queue(60ms);
  path.run(10s);
  path.others_take(0);
  path.others_queue(0ms);
  const auto alone = path.seen(8s, 20s);
  EXPECT_GE(alone.megabytes, 0.9 * 1.2);
  EXPECT_LE(alone.queue_most, 33ms);
}

TEST(PathPacer, MakesRoomForOthersAndTakesItBack) {
  Path path(117, 100ms);
  path.run(5s);
  path.others_take(40);
  const auto beside = path.seen(2s, 10s);
  EXPECT_GE(beside.megabytes, 0.93 * 77);
  EXPECT_LE(beside.queue_most, 50ms);
  path.others_take(0);
  EXPECT_GE(path.seen(4s, 5s).megabytes, 0.95 * 117);
}

TEST(PathPacer, AQueueOfOthersDoesNotStarveIt) {
  Path path(117, 100ms);
  path.run(5s);
  path.others_queue(80ms);  // their bytes stand in the queue whatever we do
  EXPECT_GE(path.seen(5s, 20s).megabytes, 0.9 * 117);
  path.others_queue(0ms);
  const auto alone = path.seen(2s, 10s);
  EXPECT_GE(alone.megabytes, 0.95 * 117);
  EXPECT_LE(alone.queue_most, 33ms);
}

/// Objects that come one by one, and a machine whose own load shows as a queue now and then.
TEST(PathPacer, AConnectionWithLittleToSendIsNotTakenForASlowPath) {
  Path path(117, 100ms);
  path.starve(0.5);
  path.run(2s);
  path.others_queue(60ms);
  path.run(1s);
  path.others_queue(0ms);
  path.starve(0);
  EXPECT_GE(path.seen(2s, 2s).megabytes, 0.8 * 117);
}

TEST(PathPacer, AConnectionThatOnlySeemsToHaveLittleToSendDoesNotFillTheQueue) {
  Path path(117, 100ms);
  path.seems_starved(true);
  const auto seen = path.seen(4s, 20s);
  EXPECT_GE(seen.megabytes, 0.93 * 117);
  EXPECT_LE(seen.queue_most, 50ms);
}

TEST(PathPacer, NothingIsLimitedWhereNoQueueShows) {
  PathPacer pacer;
  PathSample sample{0ms, 104ms, 100ms, 0, false, 0, 0, 0};
  for (int i = 0; i < 1000; ++i) {
    sample.busy += 10ms;
    sample.rate = 100'000'000;
    ASSERT_FALSE(pacer.limit(sample));
  }
}

}  // namespace
}  // namespace farshore::platform
