// SPDX-License-Identifier: Apache-2.0
// Notices: a sentence now and then about work that takes long.
#pragma once

#include <functional>
#include <string>

#include "runtime/executor.h"

namespace farshore::cli {

/// Says something at most every kEvery, and nothing about what is over sooner. Loop thread only.
class Notices {
 public:
  static constexpr Duration kEvery = std::chrono::seconds(5);
  Notices(Executor& executor, std::function<void(const std::string&)> say) : executor_(executor), say_(std::move(say)), next_(executor.now() + kEvery) {}
  /// `sentence` is made only when it is due. Callable: std::string().
  template <class Sentence>
  void maybe(Sentence sentence) {
    if (!say_ || executor_.now() < next_) return;
    next_ = executor_.now() + kEvery;
    say_(sentence());
  }

 private:
  Executor& executor_;
  std::function<void(const std::string&)> say_;
  Instant next_;
};

}  // namespace farshore::cli
