// SPDX-License-Identifier: Apache-2.0
// The Receiver's staging of large objects: ranges become durable as they arrive, whatever happens to the connection.
#include "objects/content.h"
#include "replication/receiver.h"
#include "replication/receiver_stream.h"
#include "replication/staging.h"
#include "storage/keys.h"
#include "storage/records.h"

namespace farshore::replication {
namespace {

/// A connection that went silent instead of breaking is noticed later than this; its ranges are sent again then.
constexpr Duration kStagingPatience = std::chrono::seconds(2);

}  // namespace

/// Counts a range in while it is received, and out however that ends.
class Receiver::UnderWay {
 public:
  UnderWay(std::shared_ptr<Staging> staging, Bytes transfer) : staging_(std::move(staging)), transfer_(std::move(transfer)) { ++staging_->under_way[transfer_]; }
  UnderWay(const UnderWay&) = delete;
  UnderWay& operator=(const UnderWay&) = delete;
  ~UnderWay() {
    const auto found = staging_->under_way.find(transfer_);
    if (--found->second > 0) return;
    staging_->under_way.erase(found);
    staging_->ended.notify_all();
  }

 private:
  std::shared_ptr<Staging> staging_;
  Bytes transfer_;
};

Task<Result<std::vector<StagedRange>>> Receiver::staged_ranges(OpContext op, StagedQuery query) {
  const auto found = streams_.find(storage::stream_name(query.rule, query.source));
  if (found == streams_.end()) co_return Error(ErrorCode::kNotFound, "the stream is not open here; open it");
  const StreamRef stream = found->second;
  const Bytes transfer = transfer_row(stream->name, query.transfer);
  // A sender asks before it sends, so what is under way came over a connection that broke. Told too early, it would send that again.
  const Instant patience = runtime_.executor.now() + kStagingPatience;
  while (staging_->under_way.contains(transfer)) {
    const Woken woken = co_await staging_->ended.wait(op, patience);
    if (woken == Woken::kDeadline) break;
    if (woken == Woken::kCancelled) co_return woken_result(woken).error();
  }
  std::vector<StagedRange> ranges;
  storage::ScanRange range;
  range.begin = transfer + '\0';
  range.end = storage::prefix_end(transfer);
  for (bool more = true; more;) {
    CO_TRY(const auto page, co_await stream->bucket->partition().scan(op, range));
    for (const auto& row : page.rows) {
      CO_TRY(const StagedPiece staged, decode_staged(row.value));
      ranges.push_back({storage::read_big_endian(BytesView(row.key).substr(row.key.size() - 8)), staged.piece.size});
    }
    more = page.more;
    if (more) range.begin = page.rows.back().key + '\0';
  }
  co_return ranges;
}

Task<Result<void>> Receiver::stage_range(OpContext op, StageRange range, std::unique_ptr<BodySource> body) {
  const auto found = streams_.find(storage::stream_name(range.rule, range.source));
  if (found == streams_.end()) co_return Error(ErrorCode::kNotFound, "the stream is not open here; open it");
  const StreamRef stream = found->second;
  auto& partition = stream->bucket->partition();
  const auto& stores = objects_.stores();
  RoleDecider decider(stream, "oss:ReplicatePut", range.key.get(), true);
  CO_TRY_OK(co_await stream->bucket->refresh(op));
  CO_TRY_OK(co_await decider.decide(op, *stream->bucket));

  const Bytes transfer = transfer_row(stream->name, range.transfer);
  const UnderWay under_way(staging_, transfer);
  CO_TRY(auto header, co_await partition.get(op, transfer));
  if (!header) {
    const Encryption by_default = stream->bucket->guard().settings->default_encryption;
    CO_TRY(const keys::DataKey key, co_await stores.keys.create(op, range.encryption == Encryption::kNone ? by_default : range.encryption, ""));
    storage::Batch batch;
    batch.expect_absent(transfer);
    batch.put(transfer, encode_transfer(TransferHeader{key.sealing, stream->bucket->now_millis()}));
    // Ranges of one transfer race to begin it; who comes second takes the first one's key.
    if (const auto began = co_await objects::apply_rows(op, stream->bucket, decider, std::move(batch)); !began && began.error().code() != ErrorCode::kExpectationFailed) {
      co_return began.error();
    }
    CO_TRY(header, co_await partition.get(op, transfer));
    if (!header) co_return Error(ErrorCode::kNotFound, "the transfer was dropped meanwhile; begin it again");
  }
  CO_TRY(const TransferHeader begun, decode_transfer(header->value));
  CO_TRY(Secret data_key, co_await stores.keys.open(op, begun.sealing));

  objects::ContentWriter writer(stores, std::move(data_key), std::nullopt, false);
  // What arrived before a cut is kept: the sender resumes behind it. The connection's cancellation must not stop that.
  OpContext keep = op;
  keep.cancel = CancelToken();
  Result<void> ended;
  std::uint64_t size = 0;
  while (true) {
    auto piece = co_await body->read(op);
    if (!piece) {
      ended = piece.error();
      break;
    }
    if (piece->empty()) break;
    size += piece->size();
    CO_TRY_OK(co_await writer.write(keep, *std::move(piece)));
  }
  if (size == 0) co_return ended;
  keep.deadline = runtime_.executor.now() + std::chrono::seconds(30);
  CO_TRY(auto written, co_await writer.finish(keep));
  FS_CHECK(written.pieces.size() == 1);
  const Bytes row = staged_row(stream->name, range.transfer, range.offset);
  storage::Batch batch;
  batch.expect_version(transfer, header->version);
  batch.expect_absent(row);
  batch.put(row, encode_staged(StagedPiece{written.pieces[0], written.crc64}));
  batch.adopt(written.pieces[0].blob);
  if (const auto kept = co_await objects::apply_rows(keep, stream->bucket, decider, std::move(batch)); !kept) {
    if (kept.error().effect() == Effect::kNone) co_await objects::discard_pieces(keep, stores, std::move(written.pieces));
    if (kept.error().code() != ErrorCode::kExpectationFailed) co_return kept.error();
  }
  co_return ended;
}

Task<Result<bool>> Receiver::drop_old_transfers(OpContext op, StreamRef stream) {
  std::vector<Bytes> old;
  bool others = false;
  storage::ScanRange range;
  range.begin = staging_rows(stream->name);
  range.end = storage::prefix_end(range.begin);
  for (bool more = true; more;) {
    CO_TRY(const auto page, co_await stream->bucket->partition().scan(op, range));
    for (const auto& row : page.rows) {
      CO_TRY(const TransferHeader header, decode_transfer(row.value));
      if (header.started_millis == 0) continue;  // a range
      const bool is_old = stream->bucket->now_millis() - header.started_millis > kTransferMillisMax;
      if (is_old) old.push_back(row.key);
      others = others || !is_old;
    }
    more = page.more;
    if (more) range.begin = page.rows.back().key + '\0';
  }
  for (const Bytes& transfer : old) CO_TRY_OK(co_await erase_rows(op, stream->bucket, transfer, true));
  const auto under_way = staging_->under_way.lower_bound(staging_rows(stream->name));
  co_return others || (under_way != staging_->under_way.end() && under_way->first.starts_with(staging_rows(stream->name)));
}

Task<Result<void>> Receiver::erase_rows(OpContext op, objects::BucketRef bucket, Bytes begin, bool staged) {
  storage::ScanRange range;
  range.begin = begin;
  range.end = storage::prefix_end(begin);
  for (bool more = true; more;) {
    CO_TRY(const auto page, co_await bucket->partition().scan(op, range));
    storage::Batch batch;
    for (const auto& row : page.rows) {
      batch.expect_version(row.key, row.version);
      batch.erase(row.key);
      if (!staged) continue;
      CO_TRY(const StagedPiece piece, decode_staged(row.value));
      if (piece.piece.blob.get() != 0) batch.release(piece.piece.blob);
    }
    more = page.more;
    if (!page.rows.empty()) CO_TRY_OK(co_await bucket->partition().commit(op, std::move(batch)));
  }
  co_return Result<void>();
}

}  // namespace farshore::replication
