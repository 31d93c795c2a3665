// SPDX-License-Identifier: Apache-2.0
// Random commits, some of them at once, against a map that says what must come out; with restarts in between.
#pragma once

#include <algorithm>
#include <map>

#include "tests/contract/store_test.h"

namespace farshore::contract {

template <class Fixture>
class ModelContract : public StoreTest<Fixture> {
 protected:
  /// What the partition must hold.
  struct Model {
    std::map<Bytes, storage::Row> rows;
    std::map<Sequence, Bytes> journal;
    std::uint64_t last = 0;

    bool holds(const storage::Batch& batch) const {
      for (const auto& expected : batch.expectations) {
        const auto row = rows.find(expected.key);
        const auto version = row == rows.end() ? std::nullopt : std::optional(row->second.version);
        if (version != expected.version) return false;
      }
      return true;
    }
    void apply(const storage::Batch& batch) {
      const Sequence sequence(++last);
      for (const auto& mutation : batch.mutations) {
        if (mutation.value) {
          rows.insert_or_assign(mutation.key, storage::Row{mutation.key, *mutation.value, sequence});
        } else {
          rows.erase(mutation.key);
        }
      }
      if (batch.journal_record) journal.emplace(sequence, *batch.journal_record);
    }
  };

  /// Commits the group at once. The order in which its members passed their expectations is the backend's to choose and shows in the
  /// sequences: by that order every success must have been right, and every refusal must have been right at some moment of the group.
  void commit_like(Model& model, const std::vector<storage::Batch>& group) {
    const auto results = this->commit_together(group);
    std::map<Sequence, const storage::Batch*> successes;
    for (std::size_t i = 0; i < group.size(); ++i) {
      if (results[i]) successes.emplace(results[i]->sequence, &group[i]);
    }
    std::vector<Model> moments = {model};
    for (const auto& [sequence, batch] : successes) {
      ASSERT_EQ(sequence, Sequence(model.last + 1));
      ASSERT_TRUE(model.holds(*batch)) << "sequence " << sequence.get();
      model.apply(*batch);
      moments.push_back(model);
    }
    for (std::size_t i = 0; i < group.size(); ++i) {
      if (results[i]) continue;
      EXPECT_EQ(results[i].error().code(), ErrorCode::kExpectationFailed);
      EXPECT_TRUE(std::any_of(moments.begin(), moments.end(), [&](const Model& moment) { return !moment.holds(group[i]); })) << "commit " << i;
    }
  }

  std::uint64_t below(std::uint64_t bound) { return random_.below(bound); }
  Bytes some_key() { return std::string(1 + below(3), static_cast<char>('a' + below(4))); }

  /// Often right about the rows as they are before the group, sometimes wrong.
  storage::Batch some_batch(const Model& model) {
    storage::Batch batch;
    for (std::uint64_t i = below(3); i > 0; --i) {
      const Bytes key = some_key();
      const auto row = model.rows.find(key);
      batch.expect_same(key, row == model.rows.end() ? std::nullopt : std::optional(row->second));
      if (below(8) == 0) batch.expectations.back().version = Sequence(below(model.last + 2));
    }
    for (std::uint64_t i = below(4); i > 0; --i) {
      if (below(4) == 0) {
        batch.erase(some_key());
      } else {
        batch.put(some_key(), Bytes(below(50), static_cast<char>('A' + below(26))));
      }
    }
    if (below(2) == 0) batch.journal("record " + std::to_string(below(1000)));
    return batch;
  }

  void expect_like(const Model& model) {
    const auto page = this->scan({});
    ASSERT_EQ(page.rows.size(), model.rows.size());
    auto expected = model.rows.begin();
    for (const auto& row : page.rows) {
      EXPECT_EQ(row.key, expected->second.key);
      EXPECT_EQ(row.value, expected->second.value);
      EXPECT_EQ(row.version, expected->second.version);
      ++expected;
    }
    const auto journal = this->read_journal(0, 100000);
    ASSERT_TRUE(journal);
    std::map<Sequence, Bytes> entries;
    for (const auto& entry : journal->entries) entries.emplace(entry.sequence, entry.record);
    EXPECT_EQ(entries, model.journal);
    EXPECT_EQ(journal->read_to, Sequence(model.last));
    EXPECT_EQ(this->partition().last_sequence(), Sequence(model.last));
  }

  sim::SimRandom random_{1};
};
TYPED_TEST_SUITE_P(ModelContract);

TYPED_TEST_P(ModelContract, RandomCommitsComeOutAsTheModelSays) {
  typename TestFixture::Model model;
  for (int step = 0; step < 150; ++step) {
    SCOPED_TRACE("step " + std::to_string(step));
    std::vector<storage::Batch> group;
    for (std::uint64_t i = 1 + this->below(5); i > 0; --i) group.push_back(this->some_batch(model));
    this->commit_like(model, group);
    if (this->HasFatalFailure()) return;
    if (this->below(20) == 0) this->reopen();
    this->expect_like(model);
    if (this->HasFatalFailure()) return;
  }
}

REGISTER_TYPED_TEST_SUITE_P(ModelContract, RandomCommitsComeOutAsTheModelSays);

}  // namespace farshore::contract
