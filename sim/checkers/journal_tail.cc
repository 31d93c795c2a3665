// SPDX-License-Identifier: Apache-2.0
#include "sim/checkers/journal_tail.h"

#include <utility>

#include "sim/checkers/journal_order.h"
#include "sim/checkers/own_writes.h"
#include "storage/records.h"

namespace farshore::sim {

JournalTail::JournalTail(World& world, SimBucket bucket, Duration pause) : world_(world), bucket_(std::move(bucket)), pause_(pause) {
  world_.on_up([this](std::size_t region) {
    if (region == bucket_.region && started_) world_.region(region).requests().spawn(watch());
  });
}

void JournalTail::start() {
  started_ = true;
  if (world_.region(bucket_.region).up()) world_.region(bucket_.region).requests().spawn(watch());
}

Task<Result<void>> JournalTail::read_on() {
  CO_TRY(const auto opened, co_await world_.open(bucket_));
  while (true) {
    auto page = co_await opened->partition().read_journal(OpContext(), read_to_, 1000);
    if (!page && page.error().code() == ErrorCode::kNotFound) {
      // Trimmed before we saw it (the region was away): what is left still has its order.
      read_to_ = Sequence(read_to_.get() + 1);
      hole_ = true;
      continue;
    }
    if (!page) co_return page.error();
    for (const auto& entry : page->entries) {
      CO_TRY(auto change, storage::decode_change(entry.record));
      lines_.push_back({{entry.sequence, entry.committed, std::move(change)}, world_.loop().now(), std::exchange(hole_, false)});
    }
    // A commit may have come while we waited for the page: its line is among the next ones.
    if (page->read_to > read_to_) read_to_ = page->read_to;
    if (page->entries.empty()) co_return Result<void>();
  }
}

Task<void> JournalTail::watch() {
  while (started_) {
    static_cast<void>(co_await read_on());  // a store that has failed is crashed soon
    co_await sleep_for(world_.loop(), OpContext(), pause_);
  }
}

void JournalTail::check() {
  std::vector<JournalLine> lines;
  for (const Line& line : lines_) {
    lines.push_back(line.journal);
    lines.back().behind_hole = line.behind_hole;
  }
  check_lines(world_, bucket_.name.get(), lines);
  check_own_writes(world_, bucket_.name.get(), lines_);
}

void JournalTail::begin_anew() {
  check();
  lines_.clear();
  read_to_ = world_.region(bucket_.region).up() ? last_sequence(world_, bucket_) : Sequence();
  hole_ = true;
}

void JournalTail::finish() {
  started_ = false;
  static_cast<void>(world_.run(read_on()));
  check();
}

}  // namespace farshore::sim
