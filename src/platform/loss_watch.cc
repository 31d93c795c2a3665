// SPDX-License-Identifier: Apache-2.0
#include "platform/loss_watch.h"

#include <utility>

namespace farshore::platform {
namespace {

constexpr Duration kPeriod = std::chrono::milliseconds(500);
constexpr std::uint64_t kPackets = 500;
constexpr std::uint64_t kOneIn = 2000;
constexpr int kBadPeriods = 2;
constexpr int kCleanPeriods = 40;

}  // namespace

bool LossWatch::lossy(const PathSample& sample) {
  if (sample.round_trip <= sample.shortest + sample.shortest / 2) lost_ += sample.packets_again - seen_again_;
  seen_again_ = sample.packets_again;
  const std::uint64_t packets = sample.packets - before_.packets;
  if (sample.busy - before_.busy < kPeriod || packets < kPackets) return lossy_;
  const bool bad = std::exchange(lost_, 0) * kOneIn > packets;
  before_ = sample;
  bad_ = bad ? bad_ + 1 : 0;
  clean_ = bad ? 0 : clean_ + 1;
  if (bad_ >= kBadPeriods) lossy_ = true;
  if (clean_ >= kCleanPeriods) lossy_ = false;
  return lossy_;
}

}  // namespace farshore::platform
