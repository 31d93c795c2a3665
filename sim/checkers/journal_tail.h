// SPDX-License-Identifier: Apache-2.0
// JournalTail: reads the journal of a bucket while it grows, before any of it is trimmed, and remembers when it saw what.
#pragma once

#include <vector>

#include "sim/checkers/stacks.h"

namespace farshore::sim {

/// Lives in the bucket's region and comes back with it. Must not outlive the world.
class JournalTail {
 public:
  struct Line {
    JournalLine journal;
    Instant seen{};
    bool behind_hole = false;  ///< some lines before it were trimmed unseen, or are forgotten
  };
  JournalTail(World& world, SimBucket bucket, Duration pause = std::chrono::milliseconds(250));
  void start();
  /// What was read so far is checked (check_lines) and forgotten: the bucket's rules are gone, or it was put back to an older state.
  /// Reading goes on behind what stands there now.
  void begin_anew();
  /// Reads what has come since, checks everything, and stops.
  void finish();
  const std::vector<Line>& lines() const { return lines_; }
  const SimBucket& bucket() const { return bucket_; }

 private:
  Task<void> watch();
  Task<Result<void>> read_on();
  void check();

  World& world_;
  SimBucket bucket_;
  Duration pause_;
  Sequence read_to_;
  std::vector<Line> lines_;
  bool hole_ = false;  ///< the next line is behind one
  bool started_ = false;
};

}  // namespace farshore::sim
