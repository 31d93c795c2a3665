// SPDX-License-Identifier: Apache-2.0
#include "replication/sender.h"

#include <algorithm>

namespace farshore::replication {
namespace {

constexpr int kStageAttempts = 4;

Sent make(Sent::Kind kind, Reason reason, std::string detail = {}) { return Sent{kind, reason, std::move(detail), 0}; }

/// Names the content of a transfer: a null version is told from its successor by its order.
std::string transfer_name(const Version& version) {
  return fmt::format("{}-{:x}-{:x}-{}", version.id.text(), version.order.time.value, version.order.partition, version.size);
}

/// The parts of [0, size) that no staged range covers, cut to range size.
std::vector<StagedRange> missing_ranges(std::vector<StagedRange> staged, std::uint64_t size) {
  std::sort(staged.begin(), staged.end(), [](const StagedRange& a, const StagedRange& b) { return a.offset < b.offset; });
  std::vector<StagedRange> missing;
  std::uint64_t at = 0;
  const auto cut = [&](std::uint64_t until) {
    while (at < until) {
      // Ranges end on multiples of kRangeBytes, so that a resumed part does not shift the others.
      const std::uint64_t end = std::min<std::uint64_t>(until, (at / kRangeBytes + 1) * kRangeBytes);
      missing.push_back({at, end - at});
      at = end;
    }
  };
  for (const StagedRange& range : staged) {
    cut(range.offset);
    at = std::max(at, range.offset + range.size);
  }
  cut(size);
  return missing;
}

/// Passes a stored content on and remembers if it could not be read, which is no fault of the destination's.
class WatchedBody : public BodySource {
 public:
  WatchedBody(std::unique_ptr<BodySource> body, std::optional<Error>& unreadable) : body_(std::move(body)), unreadable_(unreadable) {}
  Task<Result<Buffer>> read(OpContext op) override {
    auto piece = co_await body_->read(std::move(op));
    if (!piece && piece.error().code() != ErrorCode::kCancelled) unreadable_ = piece.error();
    co_return piece;
  }
  std::optional<std::uint64_t> length() const override { return body_->length(); }

 private:
  std::unique_ptr<BodySource> body_;
  std::optional<Error>& unreadable_;
};

}  // namespace

Sent judge_source_denial(const Error& error) {
  switch (error.code()) {
    case ErrorCode::kEntityNotExist:
    case ErrorCode::kNoPermission: return make(Sent::Kind::kStall, Reason::kRoleGone, error.message());
    case ErrorCode::kAccessDenied: return make(Sent::Kind::kStall, Reason::kSourceDenied, error.message());
    case ErrorCode::kCancelled: return make(Sent::Kind::kCancelled, Reason::kQueued);
    default: return make(Sent::Kind::kStall, Reason::kSourceDenied, error.text());
  }
}

Sent judge_destination_error(const Error& error, bool deletes) {
  switch (error.code()) {
    case ErrorCode::kAccessDenied:
      if (deletes) return make(Sent::Kind::kPark, Reason::kDeleteNotAllowed, error.message());
      return make(Sent::Kind::kStall, Reason::kDestinationDenied, error.message());
    case ErrorCode::kEntityNotExist:
    case ErrorCode::kNoPermission: return make(Sent::Kind::kStall, Reason::kRoleGone, error.message());
    case ErrorCode::kNoSuchBucket: return make(Sent::Kind::kStall, Reason::kDestinationGone, error.message());
    case ErrorCode::kNoSuchReplicationRule: return make(Sent::Kind::kStall, Reason::kRuleUnknownThere, error.message());
    case ErrorCode::kStorageFull: return make(Sent::Kind::kStall, Reason::kDestinationFull, error.message());
    case ErrorCode::kServiceBusy:
    case ErrorCode::kDirectoryStale: return make(Sent::Kind::kStall, Reason::kDestinationBusy, error.message());
    case ErrorCode::kConnectionClosed:
    case ErrorCode::kUnreachable:
    case ErrorCode::kDeadlineExceeded:
    case ErrorCode::kNotFound: return make(Sent::Kind::kReopen, Reason::kUnreachable, error.message());
    case ErrorCode::kStalePeer: return make(Sent::Kind::kFenced, Reason::kQueued, error.message());
    case ErrorCode::kCancelled: return make(Sent::Kind::kCancelled, Reason::kQueued);
    case ErrorCode::kInternalError:
    case ErrorCode::kStorageUnavailable:
    case ErrorCode::kPartitionFenced:
    case ErrorCode::kExpectationFailed: return make(Sent::Kind::kStall, Reason::kDestinationFailing, error.text());
    default: return make(Sent::Kind::kPark, Reason::kRefused, error.text());
  }
}

Sender::Sender(objects::BucketRef bucket, Grants& grants, Destination& destination, RuleId rule, Settings settings)
    : bucket_(std::move(bucket)), grants_(grants), destination_(destination), rule_(std::move(rule)), settings_(settings),
      window_(bucket_->runtime().executor, settings.window_bytes), transfers_(bucket_->runtime().executor, settings.transfers_max) {}

void Sender::opened(bool staging) {
  ask_ = staging;
  begun_.clear();
}

Task<Sent> Sender::send(OpContext op, LaneItem item, std::uint64_t epoch) {
  if (const auto fresh = co_await bucket_->refresh(op); !fresh) co_return judge_destination_error(fresh.error(), false);
  if (const auto allowed = grants_.check(*bucket_, "oss:ReplicateGet", item.change.key.get()); !allowed) co_return judge_source_denial(allowed.error());
  ChangeMessage message;
  message.rule = rule_;
  message.source = bucket_->partition().id();
  message.epoch = epoch;
  message.sequence = item.sequence;
  message.kind = item.change.kind;
  message.key = item.change.key;
  if (item.change.kind == ChangeKind::kDeleteVersion) {
    message.version.id = item.change.version;
    message.version.kind = item.change.version_kind;
    message.deletion = item.change.order;
    message.content = item.change.content;
    co_return co_await deliver(std::move(op), std::move(message), Buffer());
  }
  co_return co_await send_version(std::move(op), std::move(message), std::move(item));
}

Task<Sent> Sender::send_version(OpContext op, ChangeMessage message, LaneItem item) {
  auto found = co_await objects::find_changed(op, bucket_, item.change);
  if (!found) {
    if (found.error().code() == ErrorCode::kCancelled) co_return make(Sent::Kind::kCancelled, Reason::kQueued);
    co_return make(Sent::Kind::kPark, Reason::kSourceUnreadable, found.error().text());
  }
  // What a lane sends is decided now: a version that was replaced or deleted since needs no sending, its successor follows.
  const bool content = item.change.kind == ChangeKind::kPutVersion || item.change.kind == ChangeKind::kInsertMarker;
  if (!*found) {
    co_return make(Sent::Kind::kSuperseded, Reason::kSuperseded);
  }
  Version version = *std::move(*found);
  message.encryption = version.sealing.algorithm;
  // The message has no use for where and how the content lies here, and reading the content for nothing else.
  Version content_here;
  content_here.id = version.id;
  content_here.order = version.order;
  content_here.size = version.size;
  content_here.pieces = std::exchange(version.pieces, {});
  content_here.sealing = std::exchange(version.sealing, {});
  message.version = std::move(version);
  if (!content || message.version.kind == VersionKind::kDeleteMarker || content_here.size == 0) co_return co_await deliver(std::move(op), std::move(message), Buffer());
  const std::uint64_t size = content_here.size;
  if (size > kInlineBodyBytesMax) co_return co_await send_large(std::move(op), std::move(message), std::move(item), std::move(content_here));

  // More than the whole budget counts as the whole.
  const std::size_t room = std::min<std::size_t>(size, settings_.window_bytes);
  if (!window_.try_acquire(room) && !co_await window_.acquire(op, room)) co_return make(Sent::Kind::kCancelled, Reason::kQueued);
  Sent sent = make(Sent::Kind::kPark, Reason::kSourceUnreadable);
  auto body = co_await objects::open_body(op, bucket_, std::move(content_here));
  Buffer bytes;
  Result<void> read;
  if (body) {
    // Usually one piece; several are joined, for the frame carries one.
    Bytes joined;
    while (bytes.size() + joined.size() < size) {
      auto piece = co_await (*body)->read(op);
      if (!piece) {
        read = piece.error();
        break;
      }
      if (piece->empty()) break;
      if (bytes.empty() && joined.empty()) {
        bytes = *std::move(piece);
        continue;
      }
      if (joined.empty()) joined = Bytes(std::exchange(bytes, Buffer()).view());
      joined.append(piece->view());
    }
    if (!joined.empty()) bytes = Buffer(std::move(joined));
  } else {
    read = body.error();
  }
  if (read) {
    sent = co_await deliver(op, std::move(message), std::move(bytes));
    sent.bytes = size;
  } else {
    const auto still = co_await objects::find_changed(op, bucket_, item.change);
    const bool gone = still && !*still;
    sent = gone ? make(Sent::Kind::kSuperseded, Reason::kSuperseded) : make(Sent::Kind::kPark, Reason::kSourceUnreadable, read.error().text());
  }
  window_.release(room);
  co_return sent;
}

Task<Sent> Sender::send_large(OpContext op, ChangeMessage message, const LaneItem item, Version version) {
  const auto slot = co_await transfers_.acquire(op, 1);
  if (!slot) co_return make(Sent::Kind::kCancelled, Reason::kQueued);
  const std::string transfer = transfer_name(version);
  const std::uint64_t size = version.size;
  Sent sent;
  for (int attempt = 1;; ++attempt) {
    std::optional<Error> unreadable;
    // Asking costs a round trip; nobody has begun what was not begun since the stream was opened with nothing there.
    const bool fresh = begun_.insert(transfer).second && !ask_;
    if (const auto staged = co_await stage(op, message, version, transfer, fresh, unreadable); !staged) {
      if (unreadable) {
        // Deleted or overwritten while it was read, most likely; then its successor follows.
        const auto still = co_await objects::find_changed(op, bucket_, item.change);
        sent = still && !*still ? make(Sent::Kind::kSuperseded, Reason::kSuperseded) : make(Sent::Kind::kPark, Reason::kSourceUnreadable, unreadable->text());
      } else {
        sent = judge_destination_error(staged.error(), false);
      }
      break;
    }
    message.staged = transfer;
    auto outcome = co_await destination_.apply(op, message, Buffer());
    if (outcome) {
      sent = *outcome == Outcome::kSuperseded ? make(Sent::Kind::kSuperseded, Reason::kSuperseded) : Sent{};
      sent.bytes = size;
      begun_.erase(transfer);
      break;
    }
    // Ranges may have been dropped between the two calls (a restart there, a spoilt checksum): stage what is missing once more.
    const bool again = outcome.error().code() == ErrorCode::kInvalidPart || outcome.error().code() == ErrorCode::kInvalidCRC64;
    if (again && attempt < kStageAttempts) continue;
    sent = judge_destination_error(outcome.error(), false);
    break;
  }
  transfers_.release(1);
  co_return sent;
}

Task<Result<void>> Sender::stage(OpContext op, const ChangeMessage message, Version version, std::string transfer, bool fresh, std::optional<Error>& unreadable) {
  std::vector<StagedRange> staged;
  if (!fresh) {
    CO_TRY(staged, co_await destination_.staged_ranges(op, StagedQuery{rule_, message.source, transfer}));
  }
  const std::vector<StagedRange> missing = missing_ranges(std::move(staged), version.size);
  struct Shared {
    Shared(Executor& executor, std::size_t lanes, std::optional<Error>& source, const CancelToken& parent) : slots(executor, lanes), unreadable(source), scope(executor, parent) {}
    Permits slots;
    std::optional<Error>& unreadable;
    Result<void> result;
    TaskScope scope;
  };
  Shared shared(bucket_->runtime().executor, settings_.ranges_max, unreadable, op.cancel);
  struct Range {
    static Task<void> run(Sender* self, Shared* shared, OpContext op, StageRange range, Version version, std::uint64_t size) {
      Result<void> result;
      auto body = co_await objects::open_body(op, self->bucket_, std::move(version), objects::ByteRange{range.offset, size});
      if (!body) {
        result = body.error();
        if (result.error().code() != ErrorCode::kCancelled) shared->unreadable = result.error();
      } else {
        auto watched = std::make_unique<WatchedBody>(*std::move(body), shared->unreadable);
        result = co_await self->destination_.stage_range(op, std::move(range), std::move(watched));
      }
      if (!result && shared->result) {
        shared->result = result;
        shared->scope.cancel();
      }
      shared->slots.release(1);
    }
  };
  const OpContext inner = op.with_cancel(shared.scope.token());
  for (const StagedRange& range : missing) {
    if (!shared.result || op.cancel.cancelled()) break;
    if (const auto slot = co_await shared.slots.acquire(op, 1); !slot) {
      if (shared.result) shared.result = slot.error();
      break;
    }
    if (!shared.result) {
      shared.slots.release(1);
      break;
    }
    StageRange stage{rule_, message.source, transfer, range.offset, message.key, message.encryption};
    shared.scope.spawn(Range::run(this, &shared, inner, std::move(stage), version, range.size));
  }
  co_await shared.scope.drain();
  co_await shared.scope.close();
  co_return shared.result;
}

Task<Sent> Sender::deliver(OpContext op, ChangeMessage message, Buffer body) {
  const bool deletes = message.kind == ChangeKind::kDeleteVersion || message.kind == ChangeKind::kInsertMarker;
  const auto outcome = co_await destination_.apply(std::move(op), std::move(message), std::move(body));
  if (!outcome) co_return judge_destination_error(outcome.error(), deletes);
  if (*outcome == Outcome::kSuperseded) co_return make(Sent::Kind::kSuperseded, Reason::kSuperseded);
  co_return Sent{};
}

}  // namespace farshore::replication
