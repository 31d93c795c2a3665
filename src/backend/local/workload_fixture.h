// SPDX-License-Identifier: Apache-2.0
// Workload and its checker: random commits whose outcome can be told from the journal alone. For tests.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "backend/local/index_rows.h"
#include "backend/local/local_fixture.h"
#include "runtime/task_scope.h"
#include "storage/keys.h"

namespace farshore::backend {

/// Writers that put, overwrite, copy and delete rows, each with a blob, until the disk stops or they have done enough.
///
/// Every commit writes a journal record "tag|row=blob[,length]|…" (blob 0: erased), so the rows follow from the journal.
class Workload {
 public:
  Workload(SimStore& store, std::uint64_t& next_tag) : store_(store), next_tag_(next_tag) {}

  Task<void> writer(std::shared_ptr<storage::Partition> partition, int commits) {
    for (int i = 0; i < commits && !store_.disk.stopped() && !store_.store->failed(); ++i) co_await one(partition);
    ++finished;
  }

  struct Acknowledged {
    std::uint64_t sequence;
    std::uint64_t committed;
    std::string record;
  };
  std::vector<Acknowledged> acknowledged;
  std::vector<Error> errors;
  int finished = 0;

  /// The bytes of a blob follow from its tag and length.
  static Bytes content(std::uint64_t tag, std::size_t length) {
    // 251 is prime, so that no two sectors of a blob are equal.
    Bytes tile(251, '\0');
    for (std::size_t i = 0; i < tile.size(); ++i) tile[i] = static_cast<char>((tag * 2654435761u + i * 40503u) >> 7);
    Bytes out;
    while (out.size() < length) out += tile;
    out.resize(length);
    return out;
  }

 private:
  Task<void> one(std::shared_ptr<storage::Partition> partition) {
    const std::uint64_t tag = next_tag_++;
    const Bytes key = "key" + std::to_string(store_.loop.random().below(12));
    auto seen = co_await partition->get(OpContext(), key);
    if (!seen) co_return fail(seen.error());
    storage::Batch batch;
    batch.expect_same(key, *seen);
    std::string record = std::to_string(tag);
    const std::uint64_t choice = store_.loop.random().below(10);
    if (*seen) batch.release(blob_of((*seen)->value));
    if (choice < 6 || !*seen) {
      const std::size_t length = pick_length();
      auto writer = co_await store_.store->create(OpContext(), store_.loop.random().below(2) == 0 ? std::optional<std::uint64_t>(length) : std::nullopt);
      if (!writer) co_return fail(writer.error());
      const Buffer bytes(content(tag, length));
      const std::size_t half = length / 2;
      for (const Buffer& part : {bytes.slice(0, half), bytes.slice(half)}) {
        if (auto written = co_await (*writer)->write(OpContext(), part); !written) co_return fail(written.error());
      }
      if (store_.loop.random().below(20) == 0) co_return;  // given up
      if (auto finished_blob = co_await (*writer)->finish(OpContext()); !finished_blob) co_return fail(finished_blob.error());
      batch.adopt((*writer)->id());
      const Bytes value = std::to_string((*writer)->id().get()) + "," + std::to_string(tag) + "," + std::to_string(length);
      batch.put(key, value);
      record += "|" + key + "=" + value;
    } else if (choice < 8) {
      batch.erase(key);
      record += "|" + key + "=";
    } else {
      // Copy the row under another key; both own the blob.
      const Bytes other = key + "-copy";
      auto old_copy = co_await partition->get(OpContext(), other);
      if (!old_copy) co_return fail(old_copy.error());
      batch.blobs.clear();
      batch.expect_same(other, *old_copy);
      batch.share(blob_of((*seen)->value));
      if (*old_copy) batch.release(blob_of((*old_copy)->value));
      batch.put(other, (*seen)->value);
      record += "|" + other + "=" + (*seen)->value;
    }
    batch.journal(record);
    auto receipt = co_await partition->commit(OpContext(), std::move(batch));
    if (!receipt) co_return fail(receipt.error());
    acknowledged.push_back({receipt->sequence.get(), receipt->committed.value, record});
  }

  void fail(Error error) {
    if (error.code() != ErrorCode::kExpectationFailed) errors.push_back(std::move(error));
  }
  std::size_t pick_length() {
    switch (store_.loop.random().below(8)) {
      case 0: return 0;
      case 1: return 5000 + store_.loop.random().below(3000);
      case 2: return 64000 + store_.loop.random().below(3000);
      default: return store_.loop.random().below(4000);
    }
  }
  static BlobId blob_of(const Bytes& value) { return BlobId(std::stoull(value)); }

  SimStore& store_;
  std::uint64_t& next_tag_;
};

/// What must hold whenever the store has been opened: the promise of storage/partition.h as code.
class Checker {
 public:
  /// Remembers what was acknowledged, for all later checks.
  void learn(const Workload& workload) {
    for (const auto& each : workload.acknowledged) acknowledged_[each.sequence] = each;
  }

  void check(SimStore& store, PartitionId id) {
    auto opened = store.run(store.store->open(OpContext(), id));
    ASSERT_TRUE(opened) << opened.error().text();
    storage::Partition& partition = **opened;
    const auto journal = read_journal(store, partition);
    ASSERT_EQ(journal.size(), partition.last_sequence().get());
    std::map<Bytes, std::pair<Bytes, std::uint64_t>> expected;
    std::uint64_t committed = 0;
    for (std::size_t i = 0; i < journal.size(); ++i) {
      ASSERT_EQ(journal[i].sequence.get(), i + 1);
      ASSERT_GT(journal[i].committed.value, committed);
      committed = journal[i].committed.value;
      apply(journal[i].record, i + 1, expected);
    }
    ASSERT_GT(partition.stamp({}).value, committed);
    for (const auto& [sequence, each] : acknowledged_) {
      ASSERT_LE(sequence, journal.size()) << "an acknowledged commit is lost";
      ASSERT_EQ(journal[sequence - 1].record, each.record) << "an acknowledged commit has changed";
      ASSERT_EQ(journal[sequence - 1].committed.value, each.committed);
    }
    // What has been shown once stays, acknowledged or not.
    ASSERT_GE(journal.size(), shown_.size());
    for (std::size_t i = 0; i < shown_.size(); ++i) ASSERT_EQ(journal[i].record, shown_[i]) << "a commit that was shown has changed";
    shown_.clear();
    for (const auto& entry : journal) shown_.push_back(entry.record);

    auto page = store.run(partition.scan(OpContext(), storage::ScanRange{}));
    ASSERT_TRUE(page) << page.error().text();
    std::map<Bytes, std::pair<Bytes, std::uint64_t>> rows;
    for (const storage::Row& row : page->rows) rows[row.key] = {row.value, row.version.get()};
    ASSERT_EQ(rows, expected);
    for (const auto& [key, row] : rows) check_blob(store, row.first);
    check_nothing_else(store, rows);
  }

 private:
  std::vector<storage::JournalEntry> read_journal(SimStore& store, storage::Partition& partition) {
    std::vector<storage::JournalEntry> all;
    Sequence after;
    while (after < partition.last_sequence()) {
      auto page = store.run(partition.read_journal(OpContext(), after, 50));
      EXPECT_TRUE(page) << page.error().text();
      if (!page || page->read_to <= after) break;
      after = page->read_to;
      for (auto& entry : page->entries) all.push_back(std::move(entry));
    }
    return all;
  }
  static void apply(const std::string& record, std::uint64_t sequence, std::map<Bytes, std::pair<Bytes, std::uint64_t>>& rows) {
    const std::size_t bar = record.find('|');
    const std::size_t equals = record.find('=', bar);
    const std::string key = record.substr(bar + 1, equals - bar - 1);
    const std::string value = record.substr(equals + 1);
    if (value.empty()) {
      rows.erase(key);
    } else {
      rows[key] = {value, sequence};
    }
  }
  static void check_blob(SimStore& store, const Bytes& value) {
    std::size_t end = 0;
    const BlobId blob(std::stoull(value, &end));
    std::size_t more = 0;
    const std::uint64_t tag = std::stoull(value.substr(end + 1), &more);
    const std::size_t length = std::stoull(value.substr(end + more + 2));
    auto bytes = store.run(store.store->read(OpContext(), blob, 0, 1u << 20));
    ASSERT_TRUE(bytes) << bytes.error().text() << " row " << value;
    ASSERT_EQ(bytes->view(), Workload::content(tag, length)) << value;
    const std::size_t from = length / 3;
    bytes = store.run(store.store->read(OpContext(), blob, from, 100));
    ASSERT_TRUE(bytes) << bytes.error().text();
    ASSERT_EQ(bytes->view(), Workload::content(tag, length).substr(from, 100));
  }
  /// No blob row and no live byte without an owner.
  static void check_nothing_else(SimStore& store, const std::map<Bytes, std::pair<Bytes, std::uint64_t>>& rows) {
    std::map<std::uint64_t, std::uint64_t> owned;
    for (const auto& [key, row] : rows) ++owned[std::stoull(row.first)];
    std::map<std::uint64_t, std::uint64_t> stored;
    std::map<std::uint64_t, std::uint64_t> live;
    for (auto at = store.index.rows.lower_bound("b"); at != store.index.rows.end() && at->first[0] == 'b'; ++at) {
      const BlobRow row = *parse_blob(at->second);
      stored[blob_of_key(at->first).get()] = row.references;
      if (row.place == BlobRow::Place::kSegment) live[row.segment] += row.length;
    }
    ASSERT_EQ(stored, owned);
    for (auto at = store.index.rows.lower_bound("l"); at != store.index.rows.end() && at->first[0] == 'l'; ++at) {
      ASSERT_EQ(parse_segment(at->second)->live_bytes, live[segment_of_key(at->first)]);
    }
  }

  std::map<std::uint64_t, Workload::Acknowledged> acknowledged_;
  std::vector<std::string> shown_;
};

}  // namespace farshore::backend
