// SPDX-License-Identifier: Apache-2.0
// The promises of storage::Partition about its journal.
#pragma once

#include "tests/contract/store_test.h"

namespace farshore::contract {

template <class Fixture>
class JournalContract : public StoreTest<Fixture> {};
TYPED_TEST_SUITE_P(JournalContract);

/// "1:a 4:b up to 5"
inline std::string page_text(const Result<storage::JournalPage>& page) {
  if (!page) return std::string(error_code_name(page.error().code()));
  std::string text;
  for (const auto& entry : page->entries) text += std::to_string(entry.sequence.get()) + ":" + entry.record + " ";
  return text + "up to " + std::to_string(page->read_to.get());
}

TYPED_TEST_P(JournalContract, AnEmptyJournalHasBeenReadToTheEnd) {
  EXPECT_EQ(page_text(this->read_journal(0)), "up to 0");
  this->put("a", "1");
  EXPECT_EQ(page_text(this->read_journal(0)), "up to 1");
}

TYPED_TEST_P(JournalContract, CommitsWithoutARecordLeaveGaps) {
  this->put_journal("a");
  this->put("x", "1");
  this->put("x", "2");
  this->put_journal("b");
  this->put("x", "3");
  EXPECT_EQ(page_text(this->read_journal(0)), "1:a 4:b up to 5");
  EXPECT_EQ(page_text(this->read_journal(1)), "4:b up to 5");
  EXPECT_EQ(page_text(this->read_journal(3)), "4:b up to 5");
  EXPECT_EQ(page_text(this->read_journal(4)), "up to 5");
  EXPECT_EQ(page_text(this->read_journal(5)), "up to 5");
}

TYPED_TEST_P(JournalContract, APageIsLimitedAndTheNextOneGoesOnFromReadTo) {
  std::vector<Bytes> expected;
  for (int i = 0; i < 20; ++i) {
    expected.push_back("r" + std::to_string(i));
    this->put_journal(expected.back());
    if (i % 3 == 0) this->put("x", "1");
  }
  for (const std::size_t limit : {1u, 3u, 19u, 20u, 21u}) {
    std::vector<Bytes> seen;
    Sequence after;
    for (int pages = 0; pages < 30 && after < this->partition().last_sequence(); ++pages) {
      const auto page = this->read_journal(after.get(), limit);
      ASSERT_TRUE(page);
      EXPECT_LE(page->entries.size(), limit);
      EXPECT_GT(page->read_to, after);
      for (const auto& entry : page->entries) {
        EXPECT_LE(entry.sequence, page->read_to);
        seen.push_back(entry.record);
      }
      after = page->read_to;
    }
    EXPECT_EQ(seen, expected) << "limit " << limit;
  }
}

TYPED_TEST_P(JournalContract, CommitTimesRiseStrictlyAndAreTheReceipts) {
  std::vector<storage::Batch> batches(30);
  for (auto& batch : batches) batch.journal("r");
  const auto receipts = this->commit_together(batches);
  const auto page = this->read_journal(0);
  ASSERT_EQ(page->entries.size(), 30u);
  for (std::size_t i = 0; i < 30; ++i) {
    EXPECT_EQ(page->entries[i].sequence, receipts[i]->sequence);
    EXPECT_EQ(page->entries[i].committed, receipts[i]->committed);
    if (i > 0) {
      EXPECT_GT(page->entries[i].committed, page->entries[i - 1].committed);
    }
  }
}

TYPED_TEST_P(JournalContract, ARecordMayBeEmptyOrLarge) {
  this->put_journal("");
  this->put_journal(Bytes(200000, 'r'));
  const auto page = this->read_journal(0);
  ASSERT_EQ(page->entries.size(), 2u);
  EXPECT_EQ(page->entries[0].record, "");
  EXPECT_EQ(page->entries[1].record.size(), 200000u);
}

TYPED_TEST_P(JournalContract, ReadingAboveTrimmedEntriesTellsTheReaderToReconcile) {
  for (const char* record : {"a", "b", "c", "d"}) this->put_journal(record);
  this->trim(2);
  EXPECT_EQ(page_text(this->read_journal(0)), "NotFound");
  EXPECT_EQ(page_text(this->read_journal(1)), "NotFound");
  EXPECT_EQ(this->read_journal(1).error().detail("trimmed"), "2") << "where the journal begins now";
  EXPECT_EQ(page_text(this->read_journal(2)), "3:c 4:d up to 4");
  this->trim(2);
  this->trim(1);
  EXPECT_EQ(page_text(this->read_journal(2)), "3:c 4:d up to 4");
}

TYPED_TEST_P(JournalContract, TrimmingLeavesRowsAndSequencesAlone) {
  storage::Batch batch;
  batch.put("a", "1");
  batch.journal("r");
  this->must_commit(batch);
  this->trim(1);
  EXPECT_EQ(this->value("a"), "1");
  EXPECT_EQ(this->partition().last_sequence(), Sequence(1));
  EXPECT_EQ(this->put_journal("s"), Sequence(2));
  EXPECT_EQ(page_text(this->read_journal(1)), "2:s up to 2");
}

TYPED_TEST_P(JournalContract, TrimmingPastTheEndDoesNotTouchLaterEntries) {
  this->put_journal("a");
  this->trim(1000);
  this->put_journal("b");
  EXPECT_EQ(page_text(this->read_journal(1)), "2:b up to 2");
}

TYPED_TEST_P(JournalContract, TheJournalAndItsTrimmingSurviveReopening) {
  for (const char* record : {"a", "b", "c"}) this->put_journal(record);
  this->trim(1);
  this->put("x", "1");
  this->reopen();
  EXPECT_EQ(page_text(this->read_journal(0)), "NotFound");
  EXPECT_EQ(page_text(this->read_journal(1)), "2:b 3:c up to 4");
}

TYPED_TEST_P(JournalContract, JournalsOfPartitionsAreSeparate) {
  const auto other = this->open(this->kNeighbour);
  this->put_journal("mine");
  storage::Batch batch;
  batch.journal("theirs");
  ASSERT_TRUE(this->run(other->commit(OpContext(), batch)));
  this->trim(1);
  EXPECT_EQ(page_text(this->run(other->read_journal(OpContext(), Sequence(0), 10))), "1:theirs up to 1");
}

REGISTER_TYPED_TEST_SUITE_P(JournalContract, AnEmptyJournalHasBeenReadToTheEnd, CommitsWithoutARecordLeaveGaps,
                            APageIsLimitedAndTheNextOneGoesOnFromReadTo, CommitTimesRiseStrictlyAndAreTheReceipts,
                            ARecordMayBeEmptyOrLarge, ReadingAboveTrimmedEntriesTellsTheReaderToReconcile,
                            TrimmingLeavesRowsAndSequencesAlone, TrimmingPastTheEndDoesNotTouchLaterEntries,
                            TheJournalAndItsTrimmingSurviveReopening, JournalsOfPartitionsAreSeparate);

}  // namespace farshore::contract
