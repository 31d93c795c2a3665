// SPDX-License-Identifier: Apache-2.0
#include "platform/path_pacer.h"

#include <algorithm>
#include <cmath>

namespace farshore::platform {
namespace {

using std::chrono::milliseconds;

constexpr Duration kJudgeMin = milliseconds(10);
constexpr Duration kQueueMin = milliseconds(5);
/// Two segments and the acknowledgement that waits for the second: what a round trip grows by although there is no queue.
constexpr double kOwnBytes = 4096;
constexpr double kAfterDrain = 0.98;  // of the path's rate
constexpr double kStep = 0.01;        // of the limit, each round trip
constexpr double kStepMax = 0.16;
constexpr double kSearch = 0.25;      // the first step where the path's rate is not known, and the largest
constexpr double kSearchMax = 1;
constexpr double kGrowthMost = 2;     // at one judgement
constexpr double kMoreThanBefore = 1.05;
constexpr double kOwnQueue = 0.7;     // of the best rate
constexpr double kDrainMost = 0.5;    // of the path's rate
constexpr double kFloor = 0.5;        // of the best rate
constexpr double kForget = 0.999;     // what stays of the best rate after a round trip
constexpr int kDrainsMost = 8;
constexpr double kLimitMin = 64u << 10;

double seconds(Duration duration) { return static_cast<double>(duration.count()) / 1e9; }

}  // namespace

double PathPacer::floor() const { return std::max(kLimitMin, kFloor * best_); }

void PathPacer::drain(double rate, Duration queue, Duration shortest) {
  path_rate_ = rate;
  // A queue of q seconds drains in a round trip r at the fraction q / r below the path's rate.
  const double less = std::min(kDrainMost, seconds(queue) / seconds(std::max(shortest, kJudgeMin)));
  limit_ = std::max(rate * (1 - less), floor());  // what is not applied would have to be made up for, step by step
  phase_ = Phase::kDraining;
  // At the lowest limit there is, others had nearly all of the path: its rate is not known.
  const bool search = limit_ <= kLimitMin;
  step_ = search ? kSearch : kStep;
  step_most_ = search ? kSearchMax : kStepMax;
}

void PathPacer::hold(double rate) {
  path_rate_ = limit_ = rate;
  phase_ = Phase::kSettling;
  step_ = kSearch;
  step_most_ = kSearchMax;
}

std::optional<std::uint64_t> PathPacer::limit(const PathSample& sample) {
  const auto now_limit = [this]() -> std::optional<std::uint64_t> {
    if (phase_ == Phase::kFree) return std::nullopt;
    return static_cast<std::uint64_t>(std::max(limit_, floor()));
  };
  if (sample.shortest <= Duration() || sample.round_trip <= Duration()) return now_limit();
  if (!before_) {
    before_ = sample;
    return std::nullopt;
  }
  const Duration period = sample.busy - before_->busy;
  const Duration grown = std::max(Duration(), sample.round_trip - sample.shortest);
  foreign_ = std::min(foreign_, grown);
  const Duration queue = grown - foreign_;
  // Sent slowly, our own segments take their time; taken for a queue it would be a reason to send more slowly still.
  const Duration own = limit_ > 0 ? Duration(static_cast<std::int64_t>(kOwnBytes / limit_ * 1e9)) : Duration();
  const bool standing = queue > std::max({kQueueMin, sample.shortest / 8, own});
  // The first queue is seen at once: the connection is doubling its rate.
  const bool first = phase_ == Phase::kFree && standing && period >= kJudgeMin;
  if (!first && period < std::max(kJudgeMin, sample.round_trip)) return now_limit();
  const auto rate = static_cast<double>(sample.rate);
  const double used = static_cast<double>(sample.delivered - before_->delivered) / seconds(period);
  before_ = sample;
  best_ = std::max(best_ * kForget, rate);

  switch (phase_) {
    case Phase::kFree:
      if (standing && sample.starved) {
        hold(best_);
        break;
      }
      // What shows now was sent a round trip ago, at half of today's rate: far more is on its way.
      if (standing) drain(rate, std::max(queue, sample.shortest / 2), sample.shortest);
      break;
    case Phase::kDraining:
      // What is measured from now on was sent at the lower rate; what was measured until now was not.
      phase_ = Phase::kSettling;
      limit_ = std::max(kAfterDrain * path_rate_, floor());
      break;
    case Phase::kSettling:
    case Phase::kGrowing:
      // The limit does not hold it back, and most of what fills the queue comes from elsewhere, or may for a while.
      if (standing && sample.starved && (used < kOwnQueue * best_ || (step_most_ == kSearchMax && ++drains_ < kDrainsMost))) break;
      if (standing) {
        least_queue_ = drains_ == 0 ? grown : std::min(least_queue_, grown);
        if (++drains_ >= kDrainsMost) {
          foreign_ = least_queue_;
          drains_ = 0;
        }
        drain(rate, queue, sample.shortest);
        break;
      }
      drains_ = 0;
      phase_ = Phase::kGrowing;
      // A limit that is not used says nothing about the path.
      if (sample.starved || rate < limit_ * 0.8) break;
      // Whoever sends slowly writes seldom, and so is seldom judged.
      limit_ *= std::min(kGrowthMost, std::pow(1 + step_, seconds(period) / seconds(sample.round_trip)));
      // No queue although more is sent than the path took when one stood last: it takes more now.
      step_ = limit_ > kMoreThanBefore * path_rate_ && queue < std::max(kQueueMin, own) ? std::min(step_most_, step_ * 1.5) : kStep;
      break;
  }
  return now_limit();
}

}  // namespace farshore::platform
