// SPDX-License-Identifier: Apache-2.0
// Bytes of a damaged disk, taken for a log record; and records that were written whole, then damaged in one place.
//
//   input := group(1) bytes
#include <cstdint>
#include <cstring>
#include <span>

#include "backend/local/segment_record.h"
#include "base/check.h"
#include "crypto/crc32c.h"
#include "fuzz/input.h"

namespace {

using namespace farshore;
using namespace farshore::backend;

/// A file whose content is the fuzzer's input.
class InputFile : public File {
 public:
  explicit InputFile(BytesView input) : input_(input) {}
  Result<std::size_t> read(std::uint64_t offset, std::span<char> into) override {
    const BytesView rest = input_.substr(offset < input_.size() ? offset : input_.size());
    const std::size_t count = rest.size() < into.size() ? rest.size() : into.size();
    std::memcpy(into.data(), rest.data(), count);
    return count;
  }
  Result<std::optional<std::size_t>> read_cached(std::uint64_t, std::span<char>) override { return std::nullopt; }
  Result<void> write(std::uint64_t, std::span<const BytesView>) override { return {}; }
  Result<void> sync() override { return {}; }
  Result<std::uint64_t> size() override { return input_.size(); }
  Result<void> resize(std::uint64_t) override { return {}; }

 private:
  BytesView input_;
};

bool same(const LogEntry& a, const LogEntry& b) {
  const auto equal = [](const LogEntry::Mutation& x, const LogEntry::Mutation& y) { return x.key == y.key && x.value == y.value; };
  Bytes x, y;
  append_entry(x, a);
  append_entry(y, b);
  return x == y && a.mutations.size() == b.mutations.size() && std::equal(a.mutations.begin(), a.mutations.end(), b.mutations.begin(), equal);
}

void check_any(BytesView bytes) {
  InputFile file(bytes);
  const auto header = parse_record_header(bytes);
  const auto record = read_record(file, header ? header->segment : 1, 0, ReadBody::kVerify);
  FS_CHECK(record.has_value());
  if (*record) FS_CHECK((*record)->end() <= align_up(bytes.size(), 8));
}

// Checksums keep the fuzzer out of the payload, so it is tried by itself as well.
void check_payload(BytesView bytes) {
  const auto entry = parse_entry(bytes);
  if (!entry) {
    FS_CHECK(entry.error().code() == ErrorCode::kCorrupt);
    return;
  }
  FS_CHECK(entry->mutations.size() + entry->blobs.size() <= bytes.size());
  Bytes again;
  append_entry(again, *entry);
  const auto twice = parse_entry(again);
  FS_CHECK(twice.has_value() && same(*entry, *twice) && again.size() <= bytes.size());
}

/// A record as the log writes it.
Bytes write_record(fuzz::Input& input, RecordHeader& header) {
  LogEntry entry;
  entry.partition = {BucketId(input.number()), static_cast<std::uint16_t>(input.number())};
  entry.sequence = Sequence(input.number());
  entry.committed.value = input.number();
  for (std::size_t count = input.below(4); count > 0; --count) {
    LogEntry::Mutation mutation;
    mutation.key = input.text(40);
    if (input.flag()) mutation.value = input.text(60);
    entry.mutations.push_back(mutation);
  }
  if (input.flag()) entry.journal = input.text(60);
  Bytes body;
  for (std::size_t count = input.below(4); count > 0; --count) {
    BlobEntry blob;
    blob.kind = static_cast<BlobEntry::Kind>(1 + input.below(5));
    blob.blob = BlobId(input.number());
    if (blob.in_body()) {
      const BytesView content = input.text(60);
      blob.length = content.size();
      blob.crc = crypto::crc32c(content);
      body += content;
    } else if (blob.kind == BlobEntry::Kind::kTiny) {
      blob.bytes = input.text(60);
      blob.length = blob.bytes.size();
    } else if (blob.kind == BlobEntry::Kind::kExtent) {
      blob.length = input.number();
    } else {
      blob.references = input.number();
    }
    entry.blobs.push_back(blob);
  }
  Bytes frame(kRecordHeaderBytes, '\0');
  append_entry(frame, entry);
  header.segment = input.number();
  header.epoch = input.number();
  header.lsn = input.number();
  header.synced = input.number();
  header.payload_bytes = static_cast<std::uint32_t>(frame.size() - kRecordHeaderBytes);
  header.body_bytes = static_cast<std::uint32_t>(body.size());
  header.kind = static_cast<RecordKind>(1 + input.below(4));
  seal_record(header, frame);
  frame += body;
  frame.resize(align_up(frame.size(), 8), '\0');
  return frame;
}

void check_written(fuzz::Input& input) {
  RecordHeader header;
  Bytes bytes = write_record(input, header);
  FS_CHECK(bytes.size() == header.total_bytes());
  {
    InputFile file(bytes);
    const auto record = read_record(file, header.segment, 0, ReadBody::kVerify);
    FS_CHECK(record.has_value() && *record && (*record)->end() == bytes.size());
    FS_CHECK((*record)->header.lsn == header.lsn && (*record)->header.epoch == header.epoch && (*record)->header.synced == header.synced);
    const auto entry = parse_entry(BytesView(bytes).substr(kRecordHeaderBytes, header.payload_bytes));
    FS_CHECK(entry.has_value() && same(*entry, (*record)->entry));
    FS_CHECK(!*read_record(file, header.segment + 1, 0, ReadBody::kVerify));
  }
  // One damaged byte, or a lost end, is noticed wherever it is, but in the padding that says nothing.
  const std::size_t whole = kRecordHeaderBytes + header.payload_bytes + header.body_bytes;
  const std::size_t at = input.number() % whole;
  const auto change = static_cast<char>(input.byte() | 1);
  if (input.flag()) {
    bytes[at] = static_cast<char>(bytes[at] ^ change);
  } else {
    bytes.resize(at);
  }
  InputFile file(bytes);
  FS_CHECK(!*read_record(file, header.segment, 0, ReadBody::kVerify));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  switch (input.below(3)) {
    case 0: check_any(input.rest()); break;
    case 1: check_payload(input.rest()); break;
    default: check_written(input); break;
  }
  return 0;
}
