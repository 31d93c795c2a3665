// SPDX-License-Identifier: Apache-2.0
#include "replication/receiver.h"

#include "codec/record.h"
#include "crypto/digest.h"
#include "objects/content.h"
#include "replication/receiver_stream.h"
#include "replication/staging.h"
#include "storage/keys.h"
#include "storage/records.h"

namespace farshore::replication {
namespace {

constexpr std::size_t kFoldRows = 1024;

struct LowWater {
  std::uint64_t epoch = 0;
  Sequence low_water;
  std::uint64_t history_mark = 0;
};

Bytes encode_low_water(const LowWater& mark) {
  codec::RecordWriter out;
  out.u64(1, mark.epoch);
  out.u64(2, mark.low_water.get());
  if (mark.history_mark != 0) out.u64(3, mark.history_mark);
  return std::move(out).take();
}

/// Orders are compared and raised by one; a stamp near the end of time would turn a bucket's clock over. Years of a wrong clock are survived.
constexpr std::int64_t kAheadMillisMax = std::int64_t{10} * 366 * 24 * 3600 * 1000;

Result<void> check_stamps(const ChangeMessage& change, std::int64_t now_millis) {
  const HybridTime latest = HybridTime::at_millis(now_millis + kAheadMillisMax);
  for (const HybridTime time : {change.version.order.time, change.version.tags_stamp.time, change.version.acl_stamp.time, change.deletion.time, change.content.time}) {
    if (time > latest) return Error(ErrorCode::kProtocolViolation, "the change was stamped by a clock that is years ahead").with("Key", change.key.get());
  }
  return {};
}

/// What the row of an applied change says of its key.
Bytes key_digest(const ObjectKey& key) {
  constexpr std::size_t kDigestBytes = 16;
  return crypto::bytes_of(crypto::sha256(key.get())).substr(0, kDigestBytes);
}

/// Without versioning, the last change of a key says all.
bool is_last_word(ChangeKind kind, const objects::Bucket& bucket) {
  return bucket.settings().versioning == Versioning::kDisabled && (kind == ChangeKind::kPutVersion || kind == ChangeKind::kDeleteVersion);
}

Result<LowWater> decode_low_water(BytesView bytes) {
  LowWater mark;
  codec::RecordReader in(bytes);
  while (in.next()) {
    if (in.field() == 1) mark.epoch = in.u64();
    if (in.field() == 2) mark.low_water = Sequence(in.u64());
    if (in.field() == 3) mark.history_mark = in.u64();
  }
  if (!in.ok()) return Error(ErrorCode::kCorrupt, "stream position cannot be decoded");
  return mark;
}

}  // namespace

std::vector<Sequence> list_applied(const std::set<Sequence>& applied) {
  if (applied.size() <= kAppliedListedMax) return {applied.begin(), applied.end()};
  std::vector<Sequence> listed(applied.begin(), std::next(applied.begin(), kAppliedListedMax - 1));
  listed.push_back(*applied.rbegin());
  return listed;
}

/// Content as it lies here.
struct Receiver::Content {
  std::vector<Piece> pieces;
  Sealing sealing;
  bool owned = false;  ///< by staging rows
};

Receiver::Receiver(Runtime runtime, objects::Objects& objects, identity::DirectoryStore& directory, identity::Sessions& sessions, RegionId region)
    : runtime_(runtime), objects_(objects), directory_(directory), sessions_(sessions), region_(std::move(region)), staging_(std::make_shared<Staging>(runtime.executor)) {}
Receiver::~Receiver() = default;

Task<Result<objects::BucketRef>> Receiver::open_bucket(OpContext op, BucketId id) {
  auto bucket = co_await objects_.buckets().open(std::move(op), id);
  if (bucket && (*bucket)->settings().deleted) {
    co_return Error(ErrorCode::kNoSuchBucket, "The destination bucket does not exist.");
  }
  co_return bucket;
}

Result<Receiver::StreamRef> Receiver::find(const RuleId& rule, const PartitionId& source, std::uint64_t epoch) {
  const auto found = streams_.find(storage::stream_name(rule, source));
  if (found == streams_.end()) return Error(ErrorCode::kNotFound, "the stream is not open here; open it");
  if (found->second->epoch > epoch) return Error(ErrorCode::kStalePeer, "a newer sender has opened this stream");
  if (found->second->epoch < epoch) return Error(ErrorCode::kNotFound, "the stream is open under an older epoch; open it");
  return found->second;
}

std::optional<RegionId> Receiver::stream_owner(const RuleId& rule, const PartitionId& source) const {
  const auto found = streams_.find(storage::stream_name(rule, source));
  return found == streams_.end() ? std::nullopt : std::optional(found->second->rule.source_region);
}

Task<Result<StreamPosition>> Receiver::open_stream(OpContext op, StreamOpen open) {
  CO_TRY_OK(co_await directory_.wait_for(op.with_deadline(runtime_.executor.now() + std::chrono::seconds(1)), identity::DirectorySequence(open.directory)));
  CO_TRY(const auto bucket, co_await open_bucket(op, open.destination));
  CO_TRY(const auto row, co_await bucket->partition().get(op, storage::incoming_row(open.rule)));
  if (!row) co_return Error(ErrorCode::kNoSuchReplicationRule, "the destination bucket does not know this replication rule");
  auto stream = std::make_shared<Stream>(runtime_.executor);
  CO_TRY(stream->rule, storage::decode_incoming(row->value));
  if (stream->rule.source_bucket != open.source.bucket) {
    co_return Error(ErrorCode::kNoSuchReplicationRule, "the rule is registered here for another source bucket");
  }
  if (!open.caller.get().empty() && open.caller != stream->rule.source_region) {
    co_return Error(ErrorCode::kAccessDenied, "the rule belongs to another region").with("Side", "destination");
  }
  stream->name = storage::stream_name(open.rule, open.source);
  stream->source = open.source;
  stream->epoch = open.epoch;
  stream->bucket = bucket;
  stream->grants.emplace(directory_, sessions_, stream->rule.sync_role, true);

  if (!stream->rule.confirmed) {
    // The source sends, so it stored the rule: the registration no longer expires.
    CO_TRY_OK(co_await confirm_rule(op, RuleReference{open.rule, open.destination, open.caller}));
    stream->rule.confirmed = true;
  }
  const auto former = streams_.find(stream->name);
  const StreamRef replaced = former == streams_.end() ? nullptr : former->second;
  if (replaced && replaced->epoch > open.epoch) co_return Error(ErrorCode::kStalePeer, "a newer sender has opened this stream");
  if (replaced) CO_TRY_OK(co_await end_stream(op, replaced));
  CO_TRY(const auto mark_row, co_await bucket->partition().get(op, storage::low_water_row(stream->name)));
  LowWater mark;
  if (mark_row) {
    CO_TRY(mark, decode_low_water(mark_row->value));
  }
  if (mark.epoch > open.epoch) co_return Error(ErrorCode::kStalePeer, "a newer sender has opened this stream");
  mark.epoch = open.epoch;
  storage::Batch batch;
  batch.expect_same(storage::low_water_row(stream->name), mark_row);
  batch.put(storage::low_water_row(stream->name), encode_low_water(mark));
  CO_TRY_OK(co_await bucket->partition().commit(op, std::move(batch)));

  stream->low_water = mark.low_water;
  stream->history_mark = mark.history_mark;
  stream->opening = storage::read_big_endian(runtime_.random.bytes(8)) | 1;
  storage::ScanRange range;
  // A fold erases what lies below the low water together with raising it; walking over what it left behind would take longer with every fold.
  range.begin = storage::applied_row(stream->name, Sequence(stream->low_water.get() + 1));
  range.end = storage::prefix_end(storage::applied_rows(stream->name));
  for (bool more = true; more;) {
    CO_TRY(const auto page, co_await bucket->partition().scan(op, range));
    for (const auto& applied : page.rows) {
      const Sequence sequence(storage::read_big_endian(BytesView(applied.key).substr(applied.key.size() - 8)));
      stream->applied.insert(sequence);
      if (!applied.value.empty()) stream->last_of_key[applied.value] = sequence;  // they come in their order
    }
    more = page.more;
    if (more) range.begin = page.rows.back().key + '\0';
  }
  CO_TRY(const bool staging, co_await drop_old_transfers(op, stream));
  StreamPosition position;
  position.store = open.destination.get();
  position.low_water = stream->low_water;
  position.applied = list_applied(stream->applied);
  position.opening = stream->opening;
  position.history_mark = stream->history_mark;
  position.staging = staging;
  StreamRef& place = streams_[stream->name];
  if (place != replaced) co_return Error(ErrorCode::kStorageUnavailable, "the stream was opened by another call meanwhile; open it again").with_retry(Retry::kSameRequest);
  place = std::move(stream);
  co_return position;
}

/// Behind this, what the stream's rows say is all that will ever be there of it.
Task<Result<void>> Receiver::end_stream(OpContext op, StreamRef stream) {
  stream->ended = true;
  CO_TRY(const auto turn, co_await stream->folding.lock(op));
  while (stream->committing > 0) CO_TRY_OK(woken_result(co_await stream->committed.wait(op)));
  co_return Result<void>();
}

Task<Result<bool>> Receiver::leads_back(OpContext op, StreamRef stream) {
  const objects::Guard guard = stream->bucket->guard();
  if (!stream->leads_back || stream->leads_back_guard != guard.version) {
    bool back = false;
    for (const RuleId& id : guard.settings->outgoing_rules) {
      CO_TRY(const auto row, co_await stream->bucket->partition().get(op, storage::rule_row(id)));
      if (!row) continue;
      CO_TRY(const ReplicationRule rule, storage::decode_rule(row->value));
      back = back || rule.destination_bucket == stream->rule.source_bucket;
    }
    stream->leads_back = back;
    stream->leads_back_guard = guard.version;
  }
  co_return *stream->leads_back;
}

Task<Result<Receiver::Content>> Receiver::store_content(OpContext op, StreamRef stream, const ChangeMessage& change, Buffer body) {
  Content content;
  const auto& stores = objects_.stores();
  const Encryption by_default = stream->bucket->guard().settings->default_encryption;
  CO_TRY(keys::DataKey key, co_await stores.keys.create(op, change.encryption == Encryption::kNone ? by_default : change.encryption, ""));
  content.sealing = std::move(key.sealing);
  objects::ContentWriter writer(stores, std::move(key.plain), body.size(), false);
  if (!body.empty()) CO_TRY_OK(co_await writer.write(op, std::move(body)));
  CO_TRY(auto written, co_await writer.finish(op));
  content.pieces = std::move(written.pieces);
  if (written.size != change.version.size || written.crc64 != change.version.crc64) {
    co_await objects::discard_pieces(op, stores, std::move(content.pieces));
    co_return Error(ErrorCode::kInvalidCRC64, "the replicated content does not have the source's CRC64").with("Key", change.key.get());
  }
  co_return content;
}

Task<Result<Receiver::Content>> Receiver::take_staged(OpContext op, StreamRef stream, const ChangeMessage& change, storage::Batch& rows) {
  Content content;
  content.owned = true;
  auto& partition = stream->bucket->partition();
  const Bytes transfer = transfer_row(stream->name, *change.staged);
  CO_TRY(const auto header, co_await partition.get(op, transfer));
  if (!header) co_return Error(ErrorCode::kInvalidPart, "nothing is staged under that transfer; send its ranges").with("transfer", *change.staged);
  CO_TRY(TransferHeader begun, decode_transfer(header->value));
  content.sealing = std::move(begun.sealing);
  rows.expect_version(transfer, header->version);
  rows.erase(transfer);
  storage::ScanRange range;
  range.begin = transfer + '\0';
  range.end = storage::prefix_end(transfer);
  std::uint64_t size = 0, crc64 = 0;
  for (bool more = true; more;) {
    CO_TRY(auto page, co_await partition.scan(op, range));
    for (auto& row : page.rows) {
      CO_TRY(const StagedPiece staged, decode_staged(row.value));
      if (storage::read_big_endian(BytesView(row.key).substr(row.key.size() - 8)) != size) {
        co_return Error(ErrorCode::kInvalidPart, "the staged ranges have a hole; send what is missing").with("offset", std::to_string(size));
      }
      crc64 = crypto::crc64_combine(crc64, staged.crc64, staged.piece.size);
      size += staged.piece.size;
      content.pieces.push_back(staged.piece);
      rows.expect_version(row.key, row.version);
      rows.erase(row.key);
    }
    more = page.more;
    if (more) range.begin = page.rows.back().key + '\0';
  }
  if (size != change.version.size) co_return Error(ErrorCode::kInvalidPart, "the staged ranges end too early; send what is missing").with("offset", std::to_string(size));
  if (crc64 != change.version.crc64) {
    CO_TRY_OK(co_await erase_rows(op, stream->bucket, transfer, true));
    co_return Error(ErrorCode::kInvalidCRC64, "the staged content does not have the source's CRC64; it was dropped").with("Key", change.key.get());
  }
  co_return content;
}

Task<Result<Outcome>> Receiver::apply(OpContext op, ChangeMessage change, Buffer body) {
  CO_TRY(const StreamRef stream, find(change.rule, change.source, change.epoch));
  const Sequence sequence = change.sequence;
  const bool numbered = sequence.get() != 0;
  if (numbered && (sequence <= stream->low_water || stream->applied.contains(sequence))) co_return Outcome::kAlreadyThere;
  if (numbered && is_overtaken(*stream, change)) co_return Outcome::kSuperseded;
  const bool last_word = is_last_word(change.kind, *stream->bucket);
  const ObjectKey key = change.key;
  auto outcome = co_await apply_now(std::move(op), stream, std::move(change), std::move(body));
  if (outcome && numbered && sequence > stream->low_water) {
    stream->applied.insert(sequence);
    if (last_word) {
      Sequence& last = stream->last_of_key[key_digest(key)];
      last = std::max(last, sequence);
    }
  }
  co_return outcome;
}

/// A deletion that comes behind a later change of its key (it was parked, and is read once more after a restart) would end what others have
/// written here since. A content cannot: its sender looks whether it still stands.
bool Receiver::is_overtaken(const Stream& stream, const ChangeMessage& change) {
  if (change.kind != ChangeKind::kDeleteVersion || !is_last_word(change.kind, *stream.bucket) || stream.last_of_key.empty()) return false;
  const auto last = stream.last_of_key.find(key_digest(change.key));
  return last != stream.last_of_key.end() && last->second > change.sequence;
}

Task<Result<Outcome>> Receiver::apply_now(OpContext op, StreamRef stream, ChangeMessage change, Buffer body) {
  const bool deletes = change.kind == ChangeKind::kDeleteVersion || change.kind == ChangeKind::kInsertMarker;
  RoleDecider decider(stream, deletes ? "oss:ReplicateDelete" : "oss:ReplicatePut", change.key.get());
  CO_TRY_OK(check_stamps(change, stream->bucket->now_millis()));
  CO_TRY_OK(co_await stream->bucket->refresh(op));
  // Before a byte is stored: a sender without the right leaves nothing behind.
  CO_TRY_OK(co_await decider.decide(op, *stream->bucket));

  objects::ReplicaChange replica;
  replica.key = change.key;
  replica.origin = Origin{RegionNumber(static_cast<std::uint16_t>(change.source.bucket.get() >> 48)), change.source.bucket, change.sequence, change.version.order};
  if (change.kind == ChangeKind::kDeleteVersion) replica.origin.order = change.deletion;
  CO_TRY(replica.two_way, co_await leads_back(op, stream));
  const Bytes applied = storage::applied_row(stream->name, change.sequence);
  if (change.sequence.get() != 0) {
    replica.rows.expect_absent(applied);
    replica.rows.put(applied, is_last_word(change.kind, *stream->bucket) ? key_digest(change.key) : Bytes());
  }
  // Our clock never falls behind what it has seen, within the bounded drift (design: hybrid clocks).
  stream->bucket->partition().observe(replica.origin.order.time);

  /// From the decision on, which is the commit's first step, an opening waits for the outcome.
  struct Committing {
    explicit Committing(StreamRef of) : stream(std::move(of)) { ++stream->committing; }
    ~Committing() {
      if (--stream->committing == 0) stream->committed.notify_all();
    }
    Committing(const Committing&) = delete;
    Committing& operator=(const Committing&) = delete;
    StreamRef stream;
  };
  Result<objects::ReplicaOutcome> outcome = objects::ReplicaOutcome::kApplied;
  switch (change.kind) {
    case ChangeKind::kPutVersion:
    case ChangeKind::kInsertMarker: {
      Content content;
      if (change.staged) {
        CO_TRY(content, co_await take_staged(op, stream, change, replica.rows));
      } else if (change.version.kind == VersionKind::kData) {
        CO_TRY(content, co_await store_content(op, stream, change, std::move(body)));
      }
      objects::ReplicaWrite write{std::move(replica), std::move(change.version), content.owned};
      write.version.pieces = std::move(content.pieces);
      write.version.sealing = std::move(content.sealing);
      const Committing now(stream);
      outcome = co_await objects::apply_replica(op, stream->bucket, decider, std::move(write));
      break;
    }
    case ChangeKind::kDeleteVersion: {
      const Committing now(stream);
      outcome = co_await objects::apply_replica_delete(op, stream->bucket, decider, std::move(replica), change.version.id, change.content);
      break;
    }
    case ChangeKind::kPutTags: {
      objects::ReplicaTags tags{std::move(replica), change.version.id, change.version.order, std::move(change.version.tags), change.version.tags_stamp};
      const Committing now(stream);
      outcome = co_await objects::apply_replica_tags(op, stream->bucket, decider, std::move(tags));
      break;
    }
    case ChangeKind::kPutAcl: {
      objects::ReplicaAcl acl{std::move(replica), change.version.id, change.version.order, change.version.acl, change.version.acl_stamp};
      const Committing now(stream);
      outcome = co_await objects::apply_replica_acl(op, stream->bucket, decider, std::move(acl));
      break;
    }
  }
  if (!outcome) {
    if (outcome.error().code() == ErrorCode::kExpectationFailed && outcome.error().detail("row") == applied) co_return Outcome::kAlreadyThere;
    co_return outcome.error();
  }
  switch (*outcome) {
    case objects::ReplicaOutcome::kApplied: co_return Outcome::kApplied;
    case objects::ReplicaOutcome::kAlreadyThere: co_return Outcome::kAlreadyThere;
    case objects::ReplicaOutcome::kSuperseded: break;
  }
  co_return Outcome::kSuperseded;
}

Task<Result<void>> Receiver::settle(OpContext op, StreamOpen open, Sequence settled) {
  CO_TRY(const StreamRef stream, find(open.rule, open.source, open.epoch));
  // A call that waited for a connection may arrive behind the next opening, at a store that was put back since: what the sender knew then is not so here.
  if (open.opening != stream->opening) co_return Error(ErrorCode::kNotFound, "the stream was opened anew meanwhile; open it");
  co_return co_await fold(std::move(op), stream, settled, open.history_mark);
}

Task<Result<void>> Receiver::fold(OpContext op, StreamRef stream, Sequence settled, std::uint64_t history_mark) {
  CO_TRY(const auto turn, co_await stream->folding.lock(op));
  bool folded = false;
  while (settled > stream->low_water || history_mark > stream->history_mark) {
    if (stream->ended) co_return Error(ErrorCode::kNotFound, "the stream was opened anew meanwhile; open it");
    // In steps, so that a batch stays small however long the stream was not folded.
    storage::Batch batch;
    Sequence step = std::max(settled, stream->low_water);
    std::size_t rows = 0;
    for (const Sequence sequence : stream->applied) {
      if (sequence > settled) break;
      if (++rows > kFoldRows) {
        step = Sequence(sequence.get() - 1);
        break;
      }
      batch.erase(storage::applied_row(stream->name, sequence));
    }
    batch.put(storage::low_water_row(stream->name), encode_low_water(LowWater{stream->epoch, step, std::max(history_mark, stream->history_mark)}));
    // Raised in memory first: what arrives twice while this commits must not look new once its row is erased.
    const Sequence before = std::exchange(stream->low_water, step);
    if (const auto done = co_await stream->bucket->partition().commit(op, std::move(batch)); !done) {
      stream->low_water = before;
      co_return done.error();
    }
    stream->history_mark = std::max(history_mark, stream->history_mark);
    stream->applied.erase(stream->applied.begin(), stream->applied.upper_bound(step));
    folded = true;
  }
  // Once, not with every step: behind a long hold-back there are many of both. Until then they say nothing wrong, only nothing of use.
  if (folded) std::erase_if(stream->last_of_key, [&](const auto& last) { return last.second <= stream->low_water; });
  co_return Result<void>();
}

Task<Result<LocateReply>> Receiver::locate(OpContext op, LocateQuery query) {
  CO_TRY(const auto bucket, co_await open_bucket(op, query.destination));
  bool related = query.caller.get().empty();
  for (const RuleId& id : bucket->guard().settings->incoming_rules) {
    if (related) break;
    CO_TRY(const auto row, co_await bucket->partition().get(op, storage::incoming_row(id)));
    if (!row) continue;
    CO_TRY(const IncomingRule rule, storage::decode_incoming(row->value));
    related = rule.source_region == query.caller;
  }
  if (!related) co_return Error(ErrorCode::kAccessDenied, "no rule of the asking region writes to this bucket").with("Side", "destination");
  CO_TRY(auto version, co_await objects::find_any(op, bucket, objects::ObjectRef{query.key, query.version}));
  LocateReply reply;
  reply.found = version.has_value();
  if (version) reply.version = *std::move(version);
  co_return reply;
}

}  // namespace farshore::replication
