// SPDX-License-Identifier: Apache-2.0
#include "replication/messages.h"

#include "codec/record.h"
#include "storage/keys.h"
#include "storage/records.h"

namespace farshore::replication {

using codec::RecordReader;
using codec::RecordWriter;

namespace {

Error malformed(const char* what) { return Error(ErrorCode::kProtocolViolation, std::string("malformed peer message: ") + what); }

void put_partition(RecordWriter& out, std::uint32_t field, const PartitionId& id) {
  RecordWriter nested;
  nested.u64(1, id.bucket.get());
  nested.u64(2, id.index);
  out.record(field, nested);
}

PartitionId get_partition(BytesView bytes) {
  PartitionId id;
  RecordReader in(bytes);
  while (in.next()) {
    if (in.field() == 1) id.bucket = BucketId(in.u64());
    if (in.field() == 2) id.index = static_cast<std::uint16_t>(in.u64());
  }
  return id;
}

/// Walks all fields; false on malformed input.
template <class Visit>
bool walk(BytesView bytes, Visit visit) {
  RecordReader in(bytes);
  while (in.next()) visit(in);
  return in.ok();
}

}  // namespace

Bytes encode(const StreamOpen& m) {
  RecordWriter out;
  out.bytes(1, m.rule.get());
  put_partition(out, 2, m.source);
  out.u64(3, m.destination.get());
  out.u64(4, m.epoch);
  out.u64(5, m.directory);
  if (m.opening != 0) out.u64(6, m.opening);
  if (m.history_mark != 0) out.u64(7, m.history_mark);
  return std::move(out).take();
}

Result<StreamOpen> decode_stream_open(BytesView bytes) {
  StreamOpen m;
  const bool ok = walk(bytes, [&](RecordReader& in) {
    switch (in.field()) {
      case 1: m.rule = RuleId(in.owned()); break;
      case 2: m.source = get_partition(in.bytes()); break;
      case 3: m.destination = BucketId(in.u64()); break;
      case 4: m.epoch = in.u64(); break;
      case 5: m.directory = in.u64(); break;
      case 6: m.opening = in.u64(); break;
      case 7: m.history_mark = in.u64(); break;
    }
  });
  if (!ok) return malformed("StreamOpen");
  return m;
}

Bytes encode(const StreamPosition& m) {
  RecordWriter out;
  out.u64(1, m.store);
  out.u64(2, m.low_water.get());
  for (const Sequence sequence : m.applied) out.u64(3, sequence.get());
  out.u64(4, m.opening);
  out.u64(5, m.history_mark);
  if (!m.staging) out.u64(6, 1);
  return std::move(out).take();
}

Result<StreamPosition> decode_stream_position(BytesView bytes) {
  StreamPosition m;
  const bool ok = walk(bytes, [&](RecordReader& in) {
    switch (in.field()) {
      case 1: m.store = in.u64(); break;
      case 2: m.low_water = Sequence(in.u64()); break;
      case 3: m.applied.push_back(Sequence(in.u64())); break;
      case 4: m.opening = in.u64(); break;
      case 5: m.history_mark = in.u64(); break;
      case 6: m.staging = in.u64() == 0; break;
    }
  });
  if (!ok) return malformed("StreamPosition");
  return m;
}

Bytes encode(const ChangeMessage& m) {
  RecordWriter out;
  out.bytes(1, m.rule.get());
  put_partition(out, 2, m.source);
  out.u64(3, m.epoch);
  out.u64(4, m.sequence.get());
  out.u64(5, static_cast<std::uint64_t>(m.kind));
  out.bytes(6, m.key.get());
  out.bytes(7, storage::encode_version(m.version));
  if (m.kind == ChangeKind::kDeleteVersion) out.bytes(8, storage::encode_order(m.deletion));
  if (m.content != Order{}) out.bytes(11, storage::encode_order(m.content));
  if (m.encryption != Encryption::kNone) out.u64(9, static_cast<std::uint64_t>(m.encryption));
  if (m.staged) out.bytes(10, *m.staged);
  return std::move(out).take();
}

Result<ChangeMessage> decode_change_message(BytesView bytes) {
  ChangeMessage m;
  bool good = true;
  const bool ok = walk(bytes, [&](RecordReader& in) {
    switch (in.field()) {
      case 1: m.rule = RuleId(in.owned()); break;
      case 2: m.source = get_partition(in.bytes()); break;
      case 3: m.epoch = in.u64(); break;
      case 4: m.sequence = Sequence(in.u64()); break;
      case 5:
        good = good && in.u64() >= 1 && in.u64() <= 5;
        m.kind = static_cast<ChangeKind>(in.u64());
        break;
      case 6: m.key = ObjectKey(in.owned()); break;
      case 7: {
        auto version = storage::decode_version(in.bytes());
        good = good && version.has_value();
        if (version) m.version = *std::move(version);
        break;
      }
      case 8:
        good = good && in.bytes().size() == 18;
        if (in.bytes().size() == 18) m.deletion = storage::decode_order(in.bytes());
        break;
      case 9:
        good = good && in.u64() <= 3;
        m.encryption = static_cast<Encryption>(in.u64());
        break;
      case 10: m.staged = in.owned(); break;
      case 11:
        good = good && in.bytes().size() == 18;
        if (in.bytes().size() == 18) m.content = storage::decode_order(in.bytes());
        break;
    }
  });
  if (!ok || !good || !valid_object_key(m.key.get())) return malformed("ChangeMessage");
  return m;
}

Bytes encode(Outcome outcome) {
  // kApplied is the empty reply, so that the link can acknowledge it with four bytes among others.
  if (outcome == Outcome::kApplied) return {};
  RecordWriter out;
  out.u64(1, static_cast<std::uint64_t>(outcome));
  return std::move(out).take();
}

Result<Outcome> decode_outcome(BytesView bytes) {
  Outcome outcome = Outcome::kApplied;
  bool good = true;
  const bool ok = walk(bytes, [&](RecordReader& in) {
    if (in.field() != 1) return;
    good = in.u64() <= 2;
    outcome = static_cast<Outcome>(in.u64());
  });
  if (!ok || !good) return malformed("Outcome");
  return outcome;
}

Bytes encode(const std::vector<StagedRange>& ranges) {
  RecordWriter out;
  for (const StagedRange& range : ranges) {
    RecordWriter nested;
    nested.u64(1, range.offset);
    nested.u64(2, range.size);
    out.record(1, nested);
  }
  return std::move(out).take();
}

Result<std::vector<StagedRange>> decode_staged_ranges(BytesView bytes) {
  std::vector<StagedRange> ranges;
  bool good = true;
  const bool ok = walk(bytes, [&](RecordReader& in) {
    StagedRange range;
    good = good && walk(in.bytes(), [&](RecordReader& nested) {
      if (nested.field() == 1) range.offset = nested.u64();
      if (nested.field() == 2) range.size = nested.u64();
    });
    ranges.push_back(range);
  });
  if (!ok || !good) return malformed("StagedRange");
  return ranges;
}

Bytes encode(const StageRange& m) {
  RecordWriter out;
  out.bytes(1, m.rule.get());
  put_partition(out, 2, m.source);
  out.bytes(3, m.transfer);
  out.u64(4, m.offset);
  out.bytes(5, m.key.get());
  out.u64(6, static_cast<std::uint64_t>(m.encryption));
  return std::move(out).take();
}

Result<StageRange> decode_stage_range(BytesView bytes) {
  StageRange m;
  const bool ok = walk(bytes, [&](RecordReader& in) {
    switch (in.field()) {
      case 1: m.rule = RuleId(in.owned()); break;
      case 2: m.source = get_partition(in.bytes()); break;
      case 3: m.transfer = in.owned(); break;
      case 4: m.offset = in.u64(); break;
      case 5: m.key = ObjectKey(in.owned()); break;
      case 6: m.encryption = in.u64() == 1 ? Encryption::kAes256 : Encryption::kNone; break;
    }
  });
  if (!ok || m.transfer.empty() || m.transfer.size() > 128) return malformed("StageRange");
  return m;
}

Bytes encode(const StagedQuery& m) {
  RecordWriter out;
  out.bytes(1, m.rule.get());
  put_partition(out, 2, m.source);
  out.bytes(3, m.transfer);
  return std::move(out).take();
}

Result<StagedQuery> decode_staged_query(BytesView bytes) {
  StagedQuery m;
  const bool ok = walk(bytes, [&](RecordReader& in) {
    switch (in.field()) {
      case 1: m.rule = RuleId(in.owned()); break;
      case 2: m.source = get_partition(in.bytes()); break;
      case 3: m.transfer = in.owned(); break;
    }
  });
  if (!ok || m.transfer.empty() || m.transfer.size() > 128) return malformed("StagedQuery");
  return m;
}

Bytes encode(const RegisterRule& m) {
  RecordWriter out;
  out.bytes(1, storage::encode_incoming(m.rule));
  out.u64(2, m.destination.get());
  out.bytes(3, m.destination_name.get());
  out.boolean(4, m.source_versioned);
  out.u64(6, m.directory);
  return std::move(out).take();
}

Result<RegisterRule> decode_register_rule(BytesView bytes) {
  RegisterRule m;
  bool good = true;
  const bool ok = walk(bytes, [&](RecordReader& in) {
    switch (in.field()) {
      case 1: {
        auto rule = storage::decode_incoming(in.bytes());
        good = good && rule.has_value();
        if (rule) m.rule = *std::move(rule);
        break;
      }
      case 2: m.destination = BucketId(in.u64()); break;
      case 3: m.destination_name = BucketName(in.owned()); break;
      case 4: m.source_versioned = in.boolean(); break;
      case 6: m.directory = in.u64(); break;
    }
  });
  if (!ok || !good) return malformed("RegisterRule");
  return m;
}

Bytes encode(const RuleReference& m) {
  RecordWriter out;
  out.bytes(1, m.rule.get());
  out.u64(2, m.destination.get());
  return std::move(out).take();
}

Result<RuleReference> decode_rule_reference(BytesView bytes) {
  RuleReference m;
  const bool ok = walk(bytes, [&](RecordReader& in) {
    if (in.field() == 1) m.rule = RuleId(in.owned());
    if (in.field() == 2) m.destination = BucketId(in.u64());
  });
  if (!ok) return malformed("RuleReference");
  return m;
}

Bytes encode(const LocateQuery& m) {
  RecordWriter out;
  out.u64(1, m.destination.get());
  out.bytes(2, m.key.get());
  out.bytes(3, m.version.text());
  return std::move(out).take();
}

Result<LocateQuery> decode_locate_query(BytesView bytes) {
  LocateQuery m;
  bool good = true;
  const bool ok = walk(bytes, [&](RecordReader& in) {
    if (in.field() == 1) m.destination = BucketId(in.u64());
    if (in.field() == 2) m.key = ObjectKey(in.owned());
    if (in.field() != 3) return;
    auto version = VersionId::parse(in.bytes());
    good = version.has_value();
    if (version) m.version = *std::move(version);
  });
  if (!ok || !good) return malformed("LocateQuery");
  return m;
}

Bytes encode(const LocateReply& m) {
  RecordWriter out;
  out.boolean(1, m.found);
  if (m.found) out.bytes(2, storage::encode_version(m.version));
  return std::move(out).take();
}

Result<LocateReply> decode_locate_reply(BytesView bytes) {
  LocateReply m;
  bool good = true;
  const bool ok = walk(bytes, [&](RecordReader& in) {
    if (in.field() == 1) m.found = in.boolean();
    if (in.field() != 2) return;
    auto version = storage::decode_version(in.bytes());
    good = version.has_value();
    if (version) m.version = *std::move(version);
  });
  if (!ok || !good) return malformed("LocateReply");
  return m;
}

}  // namespace farshore::replication
