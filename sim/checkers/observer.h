// SPDX-License-Identifier: Apache-2.0
// Observer: a reader at the destination that looks at the current version of every key all the time: it never goes backwards.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "sim/realm/history.h"
#include "sim/realm/world.h"

namespace farshore::sim {

/// Reads with point reads, as a GET does. Lives in the destination's region and comes back with it. Must not outlive the world.
class Observer {
 public:
  /// `source_history` tells which keys exist, and which versions clients may have deleted for good.
  Observer(World& world, SimBucket bucket, const History& source_history, Duration pause = std::chrono::milliseconds(120));
  /// Several may write there, the owner among them.
  Observer(World& world, SimBucket bucket, std::vector<const History*> histories, Duration pause);
  /// The rules of the bucket were made again, or it was put back: what it was says nothing of what comes.
  void begin_anew() { seen_.clear(); }
  /// Without versioning: others than one rule write there. What a source sends a second time may then follow what another one has written
  /// or deleted in between.
  void shared() { shared_ = true; }
  void start();
  void stop() { stopped_ = true; }
  std::uint64_t looks() const { return looks_; }

 private:
  void spawn();
  Task<void> watch();
  void see(const std::string& key, const std::optional<Version>& now);

  /// What was seen of a key.
  struct Seen {
    std::map<BucketId, Order> newest;  ///< source order of the newest current version, by origin
    Order order;                       ///< its order here
    bool ended = false;                ///< it was gone the last time
  };
  World& world_;
  SimBucket bucket_;
  std::vector<const History*> histories_;
  Duration pause_;
  std::map<std::string, Seen> seen_;
  std::uint64_t looks_ = 0;
  bool shared_ = false;
  bool started_ = false;
  bool stopped_ = false;
};

}  // namespace farshore::sim
