// SPDX-License-Identifier: Apache-2.0
// The promises of storage::BlobStore and of a commit's blob changes.
#pragma once

#include <set>

#include "tests/contract/store_test.h"

namespace farshore::contract {

template <class Fixture>
class BlobContract : public StoreTest<Fixture> {
 protected:
  Result<storage::CommitReceipt> change(BlobId blob, storage::Batch::BlobUse use) {
    storage::Batch batch;
    batch.blobs.push_back({blob, use});
    return this->commit(std::move(batch));
  }
  /// Bytes that differ at every place, so that a wrong offset shows.
  static Bytes pattern(std::size_t size) {
    Bytes bytes(size, '\0');
    std::uint32_t state = 1;
    for (char& byte : bytes) {
      state = state * 1664525 + 1013904223;
      byte = static_cast<char>(state >> 24);
    }
    return bytes;
  }
};
TYPED_TEST_SUITE_P(BlobContract);

using BlobUse = storage::Batch::BlobUse;

TYPED_TEST_P(BlobContract, AFinishedBlobCanBeReadBeforeItIsAdopted) {
  EXPECT_EQ(this->content(this->blob_of("hello")), "hello");
}

TYPED_TEST_P(BlobContract, AnUnfinishedOrUnknownBlobIsNotFound) {
  auto writer = this->create();
  ASSERT_TRUE(this->run(writer->write(OpContext(), Buffer(Bytes("half")))));
  EXPECT_EQ(this->content(writer->id()), "NotFound");
  EXPECT_EQ(this->content(BlobId(0xFFFFFFFFFFFF)), "NotFound");
}

TYPED_TEST_P(BlobContract, WritesAreConcatenatedWithOrWithoutASizeHint) {
  for (const bool hinted : {true, false}) {
    auto writer = this->create(hinted ? std::optional<std::uint64_t>(7) : std::nullopt);
    for (const char* bytes : {"ab", "", "cde", "fg"}) ASSERT_TRUE(this->run(writer->write(OpContext(), Buffer(Bytes(bytes)))));
    ASSERT_TRUE(this->run(writer->finish(OpContext())));
    EXPECT_EQ(this->content(writer->id()), "abcdefg");
  }
}

TYPED_TEST_P(BlobContract, ABlobMayBeEmpty) {
  const BlobId blob = this->adopted_blob_of("");
  EXPECT_EQ(this->content(blob), "");
  this->reopen();
  EXPECT_EQ(this->content(blob), "");
}

TYPED_TEST_P(BlobContract, ReadsAreClampedToTheEndAndToOneMebibyte) {
  const Bytes bytes = this->pattern((3u << 20) + 12345);
  const BlobId blob = this->adopted_blob_of(bytes);
  const auto expect = [&](std::uint64_t offset, std::uint64_t length, std::size_t size) {
    const auto read = this->read(blob, offset, length);
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(read->size(), size) << offset << " " << length;
    EXPECT_TRUE(read->view() == BytesView(bytes).substr(std::min<std::uint64_t>(offset, bytes.size()), size)) << offset << " " << length;
  };
  expect(0, bytes.size(), 1u << 20);
  expect(0, 10, 10);
  expect(65535, 3, 3);
  expect((1u << 20) - 1, 2, 2);
  expect(bytes.size() - 5, 100, 5);
  expect(bytes.size(), 100, 0);
  expect(bytes.size() + 100, 100, 0);
  expect(~std::uint64_t{0}, ~std::uint64_t{0}, 0);
  expect(5, 0, 0);
}

TYPED_TEST_P(BlobContract, ALargeBlobWrittenInPiecesReadsBackWholeAfterReopening) {
  const Bytes bytes = this->pattern((8u << 20) + 1);
  auto writer = this->create(bytes.size());
  for (std::size_t at = 0; at < bytes.size(); at += 300000) {
    ASSERT_TRUE(this->run(writer->write(OpContext(), Buffer(bytes.substr(at, 300000)))));
  }
  ASSERT_TRUE(this->run(writer->finish(OpContext())));
  const BlobId blob = writer->id();
  ASSERT_TRUE(this->change(blob, BlobUse::kAdopt));
  this->reopen();
  Bytes seen;
  while (seen.size() < bytes.size()) {
    const auto next = this->read(blob, seen.size(), bytes.size());
    ASSERT_TRUE(next && !next->empty());
    seen.append(next->view());
  }
  EXPECT_TRUE(seen == bytes);
}

TYPED_TEST_P(BlobContract, IdsAreNeverGivenTwice) {
  std::set<BlobId> ids;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 20; ++i) {
      const auto writer = this->create();  // most are never finished
      EXPECT_TRUE(ids.insert(writer->id()).second);
    }
    EXPECT_TRUE(ids.insert(this->adopted_blob_of("x")).second);
    this->reopen();
  }
}

TYPED_TEST_P(BlobContract, AdoptedBlobsSurviveReopening) {
  const BlobId small = this->adopted_blob_of("small");
  const Bytes bytes = this->pattern(700000);
  const BlobId large = this->adopted_blob_of(bytes);
  this->reopen();
  EXPECT_EQ(this->content(small), "small");
  EXPECT_TRUE(this->content(large) == bytes);
}

TYPED_TEST_P(BlobContract, BlobsThatNoCommitAdoptedAreGoneAfterReopening) {
  const BlobId small = this->blob_of("small");
  const BlobId large = this->blob_of(this->pattern(2u << 20));
  this->reopen();
  EXPECT_EQ(this->content(small), "NotFound");
  EXPECT_EQ(this->content(large), "NotFound");
}

TYPED_TEST_P(BlobContract, ARefusedCommitAdoptsNothing) {
  const BlobId blob = this->blob_of("x");
  this->put("a", "1");
  storage::Batch batch;
  batch.expect_absent("a");
  batch.adopt(blob);
  ASSERT_FALSE(this->commit(batch));
  EXPECT_EQ(this->content(blob), "x");
  ASSERT_TRUE(this->change(blob, BlobUse::kAdopt));  // still free to be adopted
  EXPECT_EQ(this->content(blob), "x");
}

TYPED_TEST_P(BlobContract, TheLastReleaseFreesTheBlob) {
  const BlobId blob = this->adopted_blob_of("x");
  ASSERT_TRUE(this->change(blob, BlobUse::kShare));
  ASSERT_TRUE(this->change(blob, BlobUse::kRelease));
  EXPECT_EQ(this->content(blob), "x");
  ASSERT_TRUE(this->change(blob, BlobUse::kRelease));
  EXPECT_EQ(this->content(blob), "NotFound");
  this->reopen();
  EXPECT_EQ(this->content(blob), "NotFound");
}

TYPED_TEST_P(BlobContract, ReferencesSurviveReopening) {
  const BlobId blob = this->adopted_blob_of("x");
  ASSERT_TRUE(this->change(blob, BlobUse::kShare));
  this->reopen();
  ASSERT_TRUE(this->change(blob, BlobUse::kRelease));
  EXPECT_EQ(this->content(blob), "x");
  this->reopen();
  EXPECT_EQ(this->content(blob), "x");
  ASSERT_TRUE(this->change(blob, BlobUse::kRelease));
  EXPECT_EQ(this->content(blob), "NotFound");
}

TYPED_TEST_P(BlobContract, ABatchMayShareWhatItAlsoReleases) {
  const BlobId blob = this->adopted_blob_of("x");
  storage::Batch move;
  move.share(blob);
  move.release(blob);
  ASSERT_TRUE(this->commit(move));
  EXPECT_EQ(this->content(blob), "x");
  storage::Batch adopt_two;
  const BlobId other = this->blob_of("y");
  adopt_two.adopt(other);
  adopt_two.share(other);
  ASSERT_TRUE(this->commit(adopt_two));
  ASSERT_TRUE(this->change(other, BlobUse::kRelease));
  EXPECT_EQ(this->content(other), "y");
}

TYPED_TEST_P(BlobContract, AFreedBlobCannotBeShared) {
  const BlobId blob = this->adopted_blob_of("x");
  ASSERT_TRUE(this->change(blob, BlobUse::kRelease));
  storage::Batch batch;
  batch.share(blob);
  batch.put("a", "1");
  const auto result = this->commit(batch);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::kExpectationFailed);
  EXPECT_NE(result.error().detail("blob"), "");
  EXPECT_EQ(this->value("a"), "(absent)");
}

TYPED_TEST_P(BlobContract, ABlobIsSharedAcrossPartitions) {
  const BlobId blob = this->adopted_blob_of("x");
  auto other = this->open(PartitionId{BucketId(78), 0});
  storage::Batch share;
  share.share(blob);
  ASSERT_TRUE(this->run(other->commit(OpContext(), share)));
  ASSERT_TRUE(this->change(blob, BlobUse::kRelease));
  EXPECT_EQ(this->content(blob), "x");
  other.reset();
  this->reopen();
  EXPECT_EQ(this->content(blob), "x");
}

TYPED_TEST_P(BlobContract, OfAShareAndALastReleaseAtOnceTheFirstDecides) {
  const BlobId blob = this->adopted_blob_of("x");
  std::vector<storage::Batch> batches(2);
  batches[0].release(blob);
  batches[1].share(blob);
  const auto results = this->commit_together(batches);
  EXPECT_TRUE(results[0]);
  EXPECT_EQ(this->content(blob), results[1] ? "x" : "NotFound");
}

TYPED_TEST_P(BlobContract, ADiscardedBlobIsGoneAndDiscardingRepeats) {
  const BlobId blob = this->blob_of("x");
  EXPECT_TRUE(this->run(this->blobs().discard(OpContext(), blob)));
  EXPECT_EQ(this->content(blob), "NotFound");
  EXPECT_TRUE(this->run(this->blobs().discard(OpContext(), blob)));
}

TYPED_TEST_P(BlobContract, AnAdoptedBlobIsNeverDiscarded) {
  const BlobId blob = this->adopted_blob_of("x");
  static_cast<void>(this->run(this->blobs().discard(OpContext(), blob)));
  EXPECT_EQ(this->content(blob), "x");
  this->reopen();
  EXPECT_EQ(this->content(blob), "x");
}

TYPED_TEST_P(BlobContract, AWriterDestroyedUnfinishedLeavesNothing) {
  auto writer = this->create(100);
  const BlobId id = writer->id();
  ASSERT_TRUE(this->run(writer->write(OpContext(), Buffer(Bytes(100, 'x')))));
  writer.reset();
  EXPECT_EQ(this->content(id), "NotFound");
  this->reopen();
  EXPECT_EQ(this->content(id), "NotFound");
}

REGISTER_TYPED_TEST_SUITE_P(BlobContract, AFinishedBlobCanBeReadBeforeItIsAdopted, AnUnfinishedOrUnknownBlobIsNotFound,
                            WritesAreConcatenatedWithOrWithoutASizeHint, ABlobMayBeEmpty, ReadsAreClampedToTheEndAndToOneMebibyte,
                            ALargeBlobWrittenInPiecesReadsBackWholeAfterReopening, IdsAreNeverGivenTwice, AdoptedBlobsSurviveReopening,
                            BlobsThatNoCommitAdoptedAreGoneAfterReopening, ARefusedCommitAdoptsNothing, TheLastReleaseFreesTheBlob,
                            ReferencesSurviveReopening, ABatchMayShareWhatItAlsoReleases, AFreedBlobCannotBeShared,
                            ABlobIsSharedAcrossPartitions, OfAShareAndALastReleaseAtOnceTheFirstDecides,
                            ADiscardedBlobIsGoneAndDiscardingRepeats, AnAdoptedBlobIsNeverDiscarded, AWriterDestroyedUnfinishedLeavesNothing);

}  // namespace farshore::contract
