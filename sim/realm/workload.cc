// SPDX-License-Identifier: Apache-2.0
#include "sim/realm/workload.h"

#include <algorithm>

#include "crypto/crc64.h"

namespace farshore::sim {

Bytes content_of(std::uint64_t operation, std::size_t size) {
  Bytes content = fmt::format("operation {};", operation);
  SimRandom random(operation * 7919 + 1);
  if (content.size() < size) content += random.bytes(size - content.size());
  return content;
}

Workload::Workload(World& world, SimBucket bucket, WorkloadSettings settings) : world_(world), bucket_(std::move(bucket)), settings_(std::move(settings)) {
  world_.on_up([this](std::size_t region) {
    if (region == bucket_.region && started_) spawn();
  });
}

void Workload::start() {
  started_ = true;
  if (world_.region(bucket_.region).up()) spawn();
}

void Workload::spawn() {
  busy_ = 0;
  for (std::size_t i = 0; i < settings_.writers; ++i) world_.region(bucket_.region).requests().spawn(writer(i));
}

std::string Workload::pick_key(std::size_t index) {
  std::size_t key = world_.random().below(settings_.keys);
  if (settings_.own_keys) key = key / settings_.writers * settings_.writers + index;
  const std::string& prefix = settings_.prefixes.empty() ? settings_.prefix : settings_.prefixes[key % settings_.prefixes.size()];
  return fmt::format("{}{:04}", prefix, key);
}

std::optional<VersionId> Workload::pick_version(const std::string& key) {
  const auto found = history_->by_key().find(key);
  if (found == history_->by_key().end()) return std::nullopt;
  std::vector<VersionId> known;
  for (const ClientOp* op : found->second) {
    if (op->fate == OpFate::kAcknowledged && (op->kind == OpKind::kPut || op->kind == OpKind::kRemove) && !op->id.is_null()) known.push_back(op->id);
  }
  if (known.empty()) return std::nullopt;
  if (settings_.remove_newest && world_.random().below(2) == 0) return known.back();
  return known[world_.random().below(known.size())];
}

std::optional<VersionId> Workload::newest_marker(const std::string& key) {
  const auto found = history_->by_key().find(key);
  if (found == history_->by_key().end()) return std::nullopt;
  for (auto op = found->second.rbegin(); op != found->second.rend(); ++op) {
    if ((*op)->fate == OpFate::kAcknowledged && (*op)->marker && !(*op)->id.is_null()) return (*op)->id;
  }
  return std::nullopt;
}

Task<void> Workload::writer(std::size_t index) {
  Executor& executor = world_.loop();
  auto bucket = co_await world_.open(bucket_);
  while (!bucket) {
    co_await sleep_for(executor, OpContext(), std::chrono::milliseconds(100));
    bucket = co_await world_.open(bucket_);
  }
  while (!finished()) {
    const auto think = static_cast<std::uint64_t>(settings_.think_max.count()) + 1;
    co_await sleep_for(executor, OpContext(), Duration(static_cast<std::int64_t>(world_.random().below(think))));
    if (finished()) break;
    ++begun_;
    ++busy_;
    co_await perform(*bucket, index);
    --busy_;
  }
}

Task<Result<objects::PutResult>> Workload::put(objects::BucketRef bucket, ClientOp* op) {
  Random& random = world_.random();
  const bool large = random.below(100) < settings_.large_percent;
  const std::size_t size = large ? settings_.large_bytes + random.below(100 << 10) : random.below(settings_.small_bytes_max + 1);
  // The bucket's id as well: two buckets' operations must not look alike.
  Bytes content = content_of(op->number + (bucket_.id.get() << 20), size);
  op->size = content.size();
  op->crc64 = crypto::crc64(content);
  objects::PutObject put;
  put.object.key = ObjectKey(op->key);
  put.object.metadata.content_type = "application/x-sim";
  put.object.metadata.user = {{"operation", std::to_string(op->number)}};
  if (random.below(4) == 0) put.object.tags = {{"number", std::to_string(op->number)}};
  if (random.below(8) == 0) put.object.encryption = Encryption::kAes256;
  if (settings_.cold_percent > 0 && random.below(100) < settings_.cold_percent) {
    put.object.storage_class = StorageClass::kColdArchive;
    op->cold = true;
  }
  op->tags = put.object.tags;
  objects::Unconditional anyone;
  co_return co_await objects::put_object(OpContext(), bucket, anyone, std::move(put), memory_body(std::move(content)));
}

/// Two or three parts: below and above what travels inline.
Task<Result<objects::PutResult>> Workload::put_in_parts(objects::BucketRef bucket, ClientOp* op) {
  const std::size_t parts = 2 + world_.random().below(2);
  const std::size_t part_bytes = (100u << 10) + world_.random().below(1000);
  const std::size_t last_bytes = world_.random().below(60u << 10) + 1;
  const Bytes content = content_of(op->number + (bucket_.id.get() << 20), part_bytes * (parts - 1) + last_bytes);
  op->size = content.size();
  op->crc64 = crypto::crc64(content);
  objects::Unconditional anyone;
  objects::InitiateUpload initiate;
  initiate.object.key = ObjectKey(op->key);
  CO_TRY(const UploadId id, co_await objects::initiate_upload(OpContext(), bucket, anyone, std::move(initiate)));
  objects::CompleteUpload complete;
  complete.upload = objects::UploadRef{ObjectKey(op->key), id};
  complete.all_parts = true;
  for (std::size_t i = 0; i < parts; ++i) {
    const PartNumber number(static_cast<std::uint32_t>(i + 1));
    auto body = memory_body(content.substr(i * part_bytes, i + 1 == parts ? std::string::npos : part_bytes));
    CO_TRY_OK(co_await objects::put_part(OpContext(), bucket, anyone, complete.upload, number, objects::ExpectedContent{}, std::move(body)));
  }
  co_return co_await objects::complete_upload(OpContext(), bucket, anyone, std::move(complete));
}

Task<Result<void>> Workload::abort_parts(objects::BucketRef bucket, std::string key) {
  objects::Unconditional anyone;
  objects::InitiateUpload initiate;
  initiate.object.key = ObjectKey(key);
  CO_TRY(const UploadId id, co_await objects::initiate_upload(OpContext(), bucket, anyone, std::move(initiate)));
  const objects::UploadRef upload{ObjectKey(std::move(key)), id};
  CO_TRY_OK(co_await objects::put_part(OpContext(), bucket, anyone, upload, PartNumber(1), objects::ExpectedContent{}, memory_body(content_of(1, 5000))));
  co_return co_await objects::abort_upload(OpContext(), bucket, anyone, upload);
}

/// Shares the blobs of another version, or puts if there is nothing to copy.
Task<Result<objects::PutResult>> Workload::copy(objects::BucketRef bucket, ClientOp* op, std::string from) {
  const objects::ObjectRef source{ObjectKey(std::move(from)), {}};
  auto found = co_await objects::find_object(OpContext(), bucket, source);
  if (!found) co_return co_await put(bucket, op);
  op->size = found->size;
  op->crc64 = found->crc64;
  objects::Unconditional anyone;
  objects::CopyObject copy;
  copy.object.key = ObjectKey(op->key);
  copy.replace_metadata = true;
  copy.object.metadata.user = {{"operation", std::to_string(op->number)}};
  objects::ObjectRef exact{source.key, found->id};
  CO_TRY(auto done, co_await objects::copy_object(OpContext(), bucket, exact, *std::move(found), bucket, anyone, std::move(copy)));
  co_return std::move(done.put);
}

Task<void> Workload::perform(objects::BucketRef bucket, std::size_t index) {
  Random& random = world_.random();
  ++world_.operations;
  const std::string key = pick_key(index);
  std::uint64_t dice = random.below(100);
  objects::Unconditional anyone;
  ClientOp* op = nullptr;
  Result<void> result;
  const auto chosen = [&dice](unsigned percent) {
    if (dice < percent) return true;
    dice -= percent;
    return false;
  };
  std::optional<VersionId> target;
  OpKind kind = OpKind::kPut;
  if (chosen(settings_.remove_percent)) {
    kind = OpKind::kRemove;
    if (settings_.many_percent > 0 && random.below(100) < settings_.many_percent) co_return co_await remove_many(bucket, key, index);
  } else if (chosen(settings_.remove_version_percent)) {
    target = pick_version(key);
    if (target) kind = OpKind::kRemoveVersion;
  } else if (chosen(settings_.undelete_percent)) {
    target = newest_marker(key);
    if (target) kind = OpKind::kRemoveVersion;
  } else if (chosen(settings_.tags_percent)) {
    target = pick_version(key);
    if (target) kind = OpKind::kTags;
  } else if (chosen(settings_.acl_percent)) {
    target = pick_version(key);
    if (target) kind = OpKind::kAcl;
  } else if (chosen(settings_.abort_percent)) {
    static_cast<void>(co_await abort_parts(bucket, key));  // leaves nothing, whether it succeeds or not
    co_return;
  }
  op = &history_->begin(kind, key, world_.loop().now());
  if (target) op->id = *target;
  if (kind == OpKind::kPut) {
    const std::string from = pick_key(index);
    Result<objects::PutResult> done = Error(ErrorCode::kInternalError, "not asked");
    if (chosen(settings_.multipart_percent)) {
      done = co_await put_in_parts(bucket, op);
    } else if (chosen(settings_.copy_percent)) {
      done = co_await copy(bucket, op, from);
    } else {
      done = co_await put(bucket, op);
    }
    if (done) {
      op->etag = done->etag;
      op->id = done->version_id.value_or(VersionId());
    } else {
      result = done.error();
    }
  } else if (kind == OpKind::kTags) {
    op->tags = {{"changed", std::to_string(op->number)}};
    auto done = co_await objects::put_tags(OpContext(), bucket, anyone, objects::ObjectRef{ObjectKey(key), target}, op->tags);
    if (!done) result = done.error();
  } else if (kind == OpKind::kAcl) {
    const ObjectAcl acl = random.below(2) == 0 ? ObjectAcl::kPrivate : ObjectAcl::kPublicRead;
    auto done = co_await objects::put_acl(OpContext(), bucket, anyone, objects::ObjectRef{ObjectKey(key), target}, acl);
    if (!done) result = done.error();
  } else {
    auto done = co_await objects::delete_object(OpContext(), bucket, anyone, objects::ObjectRef{ObjectKey(key), target});
    if (!done) {
      result = done.error();
    } else if (kind == OpKind::kRemove) {
      op->marker = done->inserted_marker;
      op->id = done->version_id.value_or(VersionId());
    }
  }
  ended(*op, result);
}

Task<void> Workload::remove_many(objects::BucketRef bucket, std::string first, std::size_t index) {
  std::vector<std::string> keys = {std::move(first)};
  for (std::size_t more = 1 + world_.random().below(4); more > 0; --more) {
    std::string key = pick_key(index);
    if (std::ranges::find(keys, key) == keys.end()) keys.push_back(std::move(key));
  }
  std::vector<ClientOp*> ops;
  std::vector<objects::ObjectRef> refs;
  for (const std::string& key : keys) {
    ops.push_back(&history_->begin(OpKind::kRemove, key, world_.loop().now()));
    refs.push_back({ObjectKey(key), {}});
  }
  world_.operations += ops.size() - 1;
  objects::Unconditional anyone;
  const auto results = co_await objects::delete_many(OpContext(), bucket, anyone, std::move(refs));
  for (std::size_t i = 0; i < ops.size(); ++i) {
    Result<void> result;
    if (results[i]) {
      ops[i]->marker = results[i]->inserted_marker;
      ops[i]->id = results[i]->version_id.value_or(VersionId());
    } else {
      result = results[i].error();
    }
    ended(*ops[i], result);
  }
}

void Workload::ended(ClientOp& op, const Result<void>& result) {
  op.ended = world_.loop().now();
  op.ended_millis = world_.region(bucket_.region).clock().now().millis();
  if (result) {
    op.fate = OpFate::kAcknowledged;
  } else if (result.error().effect() == Effect::kNone) {
    op.fate = OpFate::kRefused;
  }
  const SimStore& store = world_.region(bucket_.region).store();
  if (!result && result.error().code() == ErrorCode::kStorageFull && op.kind != OpKind::kPut && store.refuses_bodies_only()) {
    world_.violate(fmt::format("{}/{}: a disk that is full only for contents refuses operation {}, which brings none", bucket_.name.get(), op.key, op.number));
  }
  static constexpr std::string_view kNames[] = {"put", "remove", "remove-version", "tags", "acl"};
  world_.trace().line("client", fmt::format("{} {} {}/{} {} {}", op.number, kNames[static_cast<int>(op.kind)], bucket_.name.get(), op.key, op.id.text(),
                                             result ? "ok" : result.error().text()));
}

}  // namespace farshore::sim
