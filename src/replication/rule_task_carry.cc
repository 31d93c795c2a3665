// SPDX-License-Identifier: Apache-2.0
// RuleTask, the way of one change: from its lane to the destination, to the list of parked changes, or back to waiting.
#include "replication/rule_task.h"

namespace farshore::replication {

Task<void> RuleTask::carry(LaneItem item) {
  /// However this ends, the next round may take the parked change up again.
  struct Attempt {
    ~Attempt() { retrying.erase(number); }
    std::set<std::uint64_t>& retrying;
    std::uint64_t number;
  } const attempt{retrying_, item.parked};
  OpContext op = context();
  // A large object waits for a budget of its own, and small ones must not wait behind it.
  const bool small = item.change.size <= kInlineBodyBytesMax;
  if (small && !window_.try_enter() && !co_await window_.enter(op)) co_return;
  struct Place {
    ~Place() {
      if (window != nullptr) window->leave();
    }
    SendWindow* window;
  } const place{small ? &window_ : nullptr};
  while (!fenced_ && !op.cancel.cancelled()) {
    if (!co_await gate_.pass(op)) co_return;
    if (!open_ && !co_await open_stream(op)) continue;
    if (life_over_) {
      // The next run reads this again and may have begun to send it: two at once would not keep the order of the key.
      gate_.pass_on();
      co_return;
    }
    if (item.parked != 0 && !parked_.contains(item)) {
      gate_.pass_on();
      co_return;  // a later change took it off the list
    }
    Sent sent;
    if (!applied_there_.contains(item.sequence)) {
      LaneItem sending = item;
      // A parked change counts as settled, so the destination's position has passed its number, under which it would be taken for
      // an old one. Like history it goes without, and is recognised by what it says.
      if (item.parked != 0) sending.sequence = Sequence(0);
      const Instant began = runtime_.executor.now();
      sent = co_await sender_.send(op.with_deadline(began + (small ? kCallDeadline : std::chrono::hours(24))), std::move(sending), epoch_);
      if (small && sent.kind == Sent::Kind::kDelivered) window_.acknowledged(runtime_.executor.now() - began);
    }
    if (co_await settle(op, &item, &sent)) co_return;
    if (op.cancel.cancelled()) co_return;
  }
}

/// True when the item's way ends here. Both live in the frame of carry(), which awaits this.
Task<bool> RuleTask::settle(OpContext op, const LaneItem* carried, const Sent* outcome) {
  const LaneItem& item = *carried;
  const Sent& sent = *outcome;
  switch (sent.kind) {
    case Sent::Kind::kDelivered:
      if (gate_.succeed()) runtime_.log.info("replication.resumed", {{"rule", rule_.id.get()}});
      ++delivered_;
      delivered_bytes_ += sent.bytes;
      delivered_total_.add();
      delivered_bytes_total_.add(static_cast<double>(sent.bytes));
      if (item.sequence.get() != 0) lag_seconds_.observe(static_cast<double>(runtime_.clock.now().millis() - item.committed.millis()) / 1000.0);
      break;
    case Sent::Kind::kSuperseded:
      skip(sent.reason);
      break;
    case Sent::Kind::kPark: {
      if (parked_.full() && !parked_.contains(item)) {
        stalled(sent.reason, sent.detail);
        co_return false;
      }
      const bool first = !parked_.contains(item);
      const auto parked = co_await parked_.park(op, item, sent.reason, sent.detail, runtime_.clock.now().millis());
      if (!parked) {
        // Paced by the gate: a store that has stopped writing fails at once, each time.
        stalled(Reason::kSourceUnreadable, "the list of parked changes cannot be stored: " + parked.error().text());
        co_return false;
      }
      gate_.pass_on();  // not before: who passes on and then fails is not paced
      if (first) runtime_.log.warn("replication.parked", {{"rule", rule_.id.get()}, {"reason", reason_name(sent.reason)}, {"detail", sent.detail}});
      tracker_.settle(item.sequence);
      if (item.history_index != 0) walk_.settle(item.history_index);
      co_return true;
    }
    case Sent::Kind::kStall:
      stalled(sent.reason, sent.detail);
      co_return false;
    case Sent::Kind::kReopen:
      if (life_over_) {
        // An answer to the stream's former opening; the change is read again behind the present one.
        gate_.pass_on();
        co_return true;
      }
      open_ = false;
      stalled(sent.reason, sent.detail);
      co_return false;
    case Sent::Kind::kFenced:
      fenced_ = true;
      end_life();
      gate_.pass_on();
      runtime_.log.error("replication.fenced", {{"rule", rule_.id.get()}, {"detail", sent.detail}});
      co_return true;
    case Sent::Kind::kCancelled:
      gate_.pass_on();
      co_return true;
  }
  if (sent.kind == Sent::Kind::kDelivered && parked_.may_be_overtaking(item.change) && bucket_->settings().versioning == Versioning::kDisabled) {
    // Before the later change itself counts as settled: what is read again after a crash looks again.
    if (const auto taken_off = co_await parked_.overtaken(op, item.change); !taken_off) {
      stalled(Reason::kSourceUnreadable, "the list of parked changes cannot be stored: " + taken_off.error().text());
      co_return false;
    }
  }
  if (parked_.contains(item)) {
    if (const auto taken_off = co_await parked_.settle(op, item); !taken_off) {
      stalled(Reason::kSourceUnreadable, "the list of parked changes cannot be stored: " + taken_off.error().text());
      co_return false;
    }
  }
  if (sent.kind == Sent::Kind::kSuperseded) gate_.pass_on();
  tracker_.settle(item.sequence);
  dirty_ = true;
  if (item.history_index != 0) {
    ++checkpoint_.history_settled;
    walk_.settle(item.history_index);
  }
  co_return true;
}

/// Without versioning a deletion means nothing once a later change of the key has been delivered.
bool RuleTask::only_the_last_counts(const Change& change) const {
  return change.kind == ChangeKind::kDeleteVersion && change.version.is_null() && bucket_->settings().versioning == Versioning::kDisabled;
}

Task<void> RuleTask::retry_parked(OpContext op) {
  const Sequence written_before = bucket_->partition().last_sequence();
  while (true) {
    if (co_await sleep_for(runtime_.executor, op, settings_.parked_retry) == Woken::kCancelled) co_return;
    std::vector<LaneItem> items;
    for (const auto& [number, parked] : parked_.all()) {
      if (retrying_.contains(number)) continue;  // its last attempt still waits, at a stall
      // Later changes of its key come before it, so that they can take it off the list (below, settle).
      if (tracker_.read_to() < written_before && only_the_last_counts(parked.change)) continue;
      LaneItem item = ParkedList::item_of(parked);
      item.parked = number;
      items.push_back(std::move(item));
    }
    for (auto& item : items) {
      retrying_.insert(item.parked);
      if (!co_await lanes_->add(op, std::move(item))) co_return;
    }
  }
}

}  // namespace farshore::replication
