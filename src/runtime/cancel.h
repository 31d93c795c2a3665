// SPDX-License-Identifier: Apache-2.0
// CancelSource and CancelToken: asking work to stop.
#pragma once

#include <memory>

#include "runtime/executor.h"

namespace farshore {

/// Told once when cancellation is requested. Leaves its token when destroyed. Loop thread only.
class CancelNode : public Link {
 public:
  virtual ~CancelNode() = default;
  virtual void on_cancel() = 0;
};

/// Shared view of a cancellation request; a default one is never cancelled.
class CancelToken {
 public:
  CancelToken() = default;
  bool cancelled() const { return state_ && state_->cancelled; }
  /// Calls node.on_cancel() at the request; does nothing if it was already made (check cancelled() first).
  void watch(CancelNode& node) const {
    if (state_ && !state_->cancelled) node.append_to(state_->watchers);
  }

 private:
  friend class CancelSource;
  struct State {
    bool cancelled = false;
    Link watchers;
    ~State() {
      while (watchers.linked()) watchers.next()->unlink();
    }
  };
  std::shared_ptr<State> state_;
};

/// The side that requests. A source made from a parent token is cancelled with the parent.
class CancelSource : private CancelNode {
 public:
  CancelSource() { token_.state_ = std::make_shared<CancelToken::State>(); }
  explicit CancelSource(const CancelToken& parent) : CancelSource() {
    if (parent.cancelled()) {
      cancel();
    } else {
      parent.watch(*this);
    }
  }
  const CancelToken& token() const { return token_; }
  void cancel() {
    const auto state = token_.state_;
    state->cancelled = true;
    while (state->watchers.linked()) {
      auto* node = static_cast<CancelNode*>(state->watchers.next());
      node->unlink();
      node->on_cancel();
    }
  }

 private:
  void on_cancel() override { cancel(); }
  CancelToken token_;
};

}  // namespace farshore
