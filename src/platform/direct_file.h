// SPDX-License-Identifier: Apache-2.0
// DirectFile: a new file whose bytes go to the disk past the page cache.
#pragma once

#include "platform/posix_file.h"

namespace farshore::platform {

/// For large contents that are written once, from front to back: they neither push what is read often out of the page cache nor pile up
/// there as dirty pages that the next sync of the log would wait for.
///
/// Whole blocks are written directly; the block that is not full yet waits here until sync(). After that, after a write elsewhere than at
/// the end, and on a file system without direct writes (O_DIRECT), it is a PosixFile like any other.
class DirectFile final : public PosixFile {
 public:
  DirectFile(int descriptor, std::string path);
  Result<std::size_t> read(std::uint64_t offset, std::span<char> into) override;
  Result<std::optional<std::size_t>> read_cached(std::uint64_t offset, std::span<char> into) override;
  Result<void> write(std::uint64_t offset, std::span<const BytesView> parts) override;
  Result<void> sync() override;
  Result<std::uint64_t> size() override;
  Result<void> resize(std::uint64_t bytes) override;

 private:
  Result<void> write_blocks(BytesView blocks);
  /// Writes what waits, and is a PosixFile from then on.
  Result<void> end_direct();

  bool direct_;
  std::uint64_t end_ = 0;  ///< behind the last byte that was given to write()
  Bytes waiting_;          ///< those before end_ that do not fill a block
};

}  // namespace farshore::platform
