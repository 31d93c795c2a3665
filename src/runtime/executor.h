// SPDX-License-Identifier: Apache-2.0
// Executor: the loop that resumes coroutines, keeps their timers and lends them workers.
#pragma once

#include <coroutine>
#include <cstdint>

#include "runtime/time.h"

namespace farshore {

/// A member of an intrusive ring. Leaves its ring when destroyed, so that a destroyed frame is never resumed.
class Link {
 public:
  Link() = default;
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  ~Link() { unlink(); }
  bool linked() const { return next_ != this; }
  void unlink() {
    prev_->next_ = next_;
    next_->prev_ = prev_;
    prev_ = next_ = this;
  }
  /// Puts this at the end of the ring that `head` anchors.
  void append_to(Link& head) {
    unlink();
    prev_ = head.prev_;
    next_ = &head;
    head.prev_->next_ = this;
    head.prev_ = this;
  }
  Link* next() const { return next_; }

 private:
  Link* prev_ = this;
  Link* next_ = this;
};

/// A coroutine that is ready to go on. Lives in the awaiter, so in the frame.
struct ReadyNode : Link {
  std::coroutine_handle<> handle;
};

class TimerQueue;

/// Something that happens at an Instant. Disarms itself when destroyed.
class TimerNode {
 public:
  TimerNode() = default;
  TimerNode(const TimerNode&) = delete;
  TimerNode& operator=(const TimerNode&) = delete;
  virtual ~TimerNode() { disarm(); }
  void disarm();
  /// Runs on the loop, after the node has left the queue. Must not resume a coroutine directly: post it.
  virtual void on_time() = 0;

 private:
  friend TimerQueue;
  TimerQueue* queue_ = nullptr;
  Instant when_{};
  std::uint64_t serial_ = 0;
};

/// A piece of blocking work and the coroutine that waits for it.
class WorkNode : public ReadyNode {
 public:
  virtual ~WorkNode() = default;
  /// Runs on a worker thread (in the simulator: on the loop, at a later virtual time). Must not throw.
  virtual void run() = 0;
};

/// Which worker runs a piece of work. Work of kDisk runs in order, one at a time, on the log's own thread; kPool on any of a few.
enum class WorkerClass : unsigned char { kPool, kDisk };

/// Port: one single-threaded loop. Everything but the run() of work happens on it, so that domain code needs no locks
/// (docs/adr/0002-one-loop-per-region.md).
///
/// Threads     every call on the loop's own thread; WorkNode::run on a worker
/// Order       ready nodes run first in, first out; timers by (instant, arming order)
class Executor {
 public:
  virtual ~Executor() = default;
  virtual Instant now() const = 0;
  /// Resumes node.handle soon, never inside this call.
  virtual void post(ReadyNode& node) = 0;
  /// Calls node.on_time() at or after `when`. An armed node is armed anew.
  virtual void arm(TimerNode& node, Instant when) = 0;
  /// Runs the work elsewhere and then resumes node.handle on the loop. The node must live until then:
  /// a scope that awaits it may not be destroyed outside the simulator.
  virtual void offload(WorkNode& node, WorkerClass worker) = 0;
};

}  // namespace farshore
