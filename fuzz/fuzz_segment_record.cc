// SPDX-License-Identifier: Apache-2.0
// Bytes of a damaged disk, taken for a log record.
#include <cstdint>
#include <cstring>
#include <span>

#include "backend/local/segment_record.h"
#include "base/check.h"

namespace {

using namespace farshore;

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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace farshore::backend;
  const BytesView input(reinterpret_cast<const char*>(data), size);
  InputFile file(input);
  const auto header = parse_record_header(input);
  const auto record = read_record(file, header ? header->segment : 1, 0, ReadBody::kVerify);
  FS_CHECK(record.has_value());
  if (*record) FS_CHECK((*record)->end() <= align_up(size, 8));
  // Checksums keep the fuzzer out of the payload, so it is tried by itself as well.
  const auto entry = parse_entry(input);
  if (entry) {
    Bytes again;
    append_entry(again, *entry);
    const auto twice = parse_entry(again);
    FS_CHECK(twice.has_value() && twice->mutations.size() == entry->mutations.size() && twice->blobs.size() == entry->blobs.size());
  }
  return 0;
}
