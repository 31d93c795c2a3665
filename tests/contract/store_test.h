// SPDX-License-Identifier: Apache-2.0
// StoreTest: what the contract suites share: a store under test and calls that run to their end.
#pragma once

#include <gtest/gtest.h>

#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/task_scope.h"
#include "sim/world/sim_loop.h"
#include "storage/blob_store.h"
#include "storage/partition.h"

namespace farshore::contract {

/// What a backend brings. Default construction gives an empty store of one region.
template <class Fixture>
concept StoreFixture = std::default_initializable<Fixture> && requires(Fixture fixture) {
  { fixture.loop() } -> std::same_as<sim::SimLoop&>;
  { fixture.clock() } -> std::same_as<sim::SimClock&>;  // the wall clock the store uses
  { fixture.metadata() } -> std::same_as<storage::MetadataStore&>;
  { fixture.blobs() } -> std::same_as<storage::BlobStore&>;
  // Cuts the power where the store stands and starts it again on what is durable. Partitions and writers of before are not used
  // again; coroutines that awaited them were abandoned.
  { fixture.reopen() } -> std::same_as<void>;
};

/// Partitions are opened once and again after reopen(). Every call runs the loop until it has returned.
template <StoreFixture Fixture>
class StoreTest : public testing::Test {
 protected:
  const PartitionId kPartition{BucketId(77), 3};
  const PartitionId kNeighbour{BucketId(77), 4};

  sim::SimLoop& loop() { return fixture_.loop(); }
  sim::SimClock& clock() { return fixture_.clock(); }
  storage::BlobStore& blobs() { return fixture_.blobs(); }
  storage::MetadataStore& metadata() { return fixture_.metadata(); }

  std::shared_ptr<storage::Partition> open(PartitionId id) {
    auto opened = run(metadata().open(OpContext(), id));
    if (!opened) ADD_FAILURE() << opened.error().text();
    return opened ? *opened : nullptr;
  }
  storage::Partition& partition() {
    if (!partition_) partition_ = open(kPartition);
    return *partition_;
  }
  void reopen() {
    partition_.reset();
    fixture_.reopen();
  }
  template <class T>
  T run(Task<T> task) {
    return sim::run(loop(), std::move(task));
  }

  Result<storage::CommitReceipt> commit(storage::Batch batch) { return run(partition().commit(OpContext(), std::move(batch))); }
  /// A commit that must succeed; gives its sequence.
  Sequence must_commit(storage::Batch batch) {
    auto receipt = commit(std::move(batch));
    if (!receipt) ADD_FAILURE() << receipt.error().text();
    return receipt ? receipt->sequence : Sequence();
  }
  Sequence put(Bytes key, Bytes value) {
    storage::Batch batch;
    batch.put(std::move(key), std::move(value));
    return must_commit(std::move(batch));
  }
  Sequence put_journal(Bytes record) {
    storage::Batch batch;
    batch.journal(std::move(record));
    return must_commit(std::move(batch));
  }
  std::optional<storage::Row> get(Bytes key) {
    auto row = run(partition().get(OpContext(), std::move(key)));
    if (!row) ADD_FAILURE() << row.error().text();
    return row ? *row : std::nullopt;
  }
  /// The row's value, or "(absent)".
  Bytes value(Bytes key) {
    const auto row = get(std::move(key));
    return row ? row->value : "(absent)";
  }
  storage::ScanPage scan(storage::ScanRange range) {
    auto page = run(partition().scan(OpContext(), std::move(range)));
    if (!page) ADD_FAILURE() << page.error().text();
    return page ? *page : storage::ScanPage();
  }
  Result<storage::JournalPage> read_journal(std::uint64_t after, std::size_t entries_max = 100) {
    return run(partition().read_journal(OpContext(), Sequence(after), entries_max));
  }
  void trim(std::uint64_t up_to) {
    const auto trimmed = run(partition().trim_journal(OpContext(), Sequence(up_to)));
    if (!trimmed) ADD_FAILURE() << trimmed.error().text();
  }

  using Outcome = std::optional<Result<storage::CommitReceipt>>;
  static Task<void> commit_into(storage::Partition* target, storage::Batch batch, Outcome* out) {
    out->emplace(co_await target->commit(OpContext(), std::move(batch)));
  }
  /// Commits all batches at once, in this order.
  std::vector<Result<storage::CommitReceipt>> commit_together(std::vector<storage::Batch> batches) {
    std::vector<Outcome> outcomes(batches.size());
    TaskScope scope(loop());
    for (std::size_t i = 0; i < batches.size(); ++i) scope.spawn(commit_into(&partition(), std::move(batches[i]), &outcomes[i]));
    loop().run_until([&] { return scope.size() == 0; });
    std::vector<Result<storage::CommitReceipt>> results;
    for (auto& outcome : outcomes) results.push_back(std::move(*outcome));
    return results;
  }

  std::unique_ptr<storage::BlobWriter> create(std::optional<std::uint64_t> size_hint = std::nullopt) {
    auto writer = run(blobs().create(OpContext(), size_hint));
    if (!writer) ADD_FAILURE() << writer.error().text();
    return writer ? std::move(*writer) : nullptr;
  }
  /// A finished blob that nobody owns yet.
  BlobId blob_of(Bytes content) {
    auto writer = create(content.size());
    const BlobId id = writer->id();
    EXPECT_TRUE(run(writer->write(OpContext(), Buffer(std::move(content)))));
    EXPECT_TRUE(run(writer->finish(OpContext())));
    return id;
  }
  BlobId adopted_blob_of(Bytes content) {
    const BlobId id = blob_of(std::move(content));
    storage::Batch batch;
    batch.adopt(id);
    must_commit(std::move(batch));
    return id;
  }
  Result<Buffer> read(BlobId id, std::uint64_t offset = 0, std::uint64_t length = 1u << 20) {
    return run(blobs().read(OpContext(), id, offset, length));
  }
  /// The blob's first bytes, or the name of the error.
  Bytes content(BlobId id) {
    const auto bytes = read(id);
    return bytes ? Bytes(bytes->view()) : Bytes(error_code_name(bytes.error().code()));
  }

 private:
  Fixture fixture_;
  std::shared_ptr<storage::Partition> partition_;
};

}  // namespace farshore::contract
