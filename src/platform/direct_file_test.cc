// SPDX-License-Identifier: Apache-2.0
#include "platform/direct_file.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

#include "platform/platform_fixture.h"
#include "platform/posix_file_system.h"

namespace farshore::platform {
namespace {

/// Every byte tells its place.
Bytes pattern(std::size_t from, std::size_t bytes) {
  Bytes out(bytes, '\0');
  for (std::size_t i = 0; i < bytes; ++i) out[i] = static_cast<char>((from + i) * 2654435761u >> 13);
  return out;
}

class DirectFiles : public ::testing::Test {
 protected:
  std::unique_ptr<File> create(const char* name) { return files_.open(name, OpenMode::kCreateDirect).value(); }
  /// By another descriptor, as whoever comes later.
  Bytes stored(const char* name) {
    const auto file = files_.open(name, OpenMode::kRead).value();
    Bytes bytes(file->size().value(), '\0');
    EXPECT_EQ(file->read(0, bytes).value(), bytes.size());
    return bytes;
  }
  /// Asked of the system alone, without the code under test.
  bool writes_directly() {
    const int probe = ::open((directory_.path() + "/probe").c_str(), O_RDWR | O_CREAT | O_DIRECT, 0600);
    if (probe < 0) return false;
    alignas(4096) static char block[4096] = {};
    const bool written = ::pwrite(probe, block, sizeof block, 0) == sizeof block;
    ::close(probe);
    return written && !files_.open("probe", OpenMode::kRead).value()->read_cached(0, block).value();
  }
  static void append(File& file, std::size_t& end, std::size_t bytes) {
    const Bytes text = pattern(end, bytes);
    const BytesView parts[] = {BytesView(text).substr(0, bytes / 3), BytesView(), BytesView(text).substr(bytes / 3)};
    ASSERT_TRUE(file.write(end, parts));
    end += bytes;
  }

  TemporaryDirectory directory_;
  PosixFileSystem files_{directory_.path()};
};

TEST_F(DirectFiles, HoldsWhatWasWrittenInPiecesOfAnySize) {
  for (const std::size_t piece : {1u, 4095u, 4096u, 5000u, 65536u, 999'983u, 3'000'001u}) {
    const std::string name = "f" + std::to_string(piece);
    const auto file = create(name.c_str());
    std::size_t end = 0;
    for (int i = 0; i < 5; ++i) append(*file, end, piece);
    EXPECT_EQ(file->size().value(), end);
    ASSERT_TRUE(file->sync());
    EXPECT_EQ(stored(name.c_str()), pattern(0, end)) << piece;
  }
}

TEST_F(DirectFiles, LeaveThePageCacheToOthers) {
  if (!writes_directly()) GTEST_SKIP() << "this file system has no direct writes, or takes them into the page cache";
  const auto file = create("large");
  std::size_t end = 0;
  append(*file, end, (3u << 20) + 100);
  ASSERT_TRUE(file->sync());
  Bytes bytes(1u << 20, '\0');
  EXPECT_FALSE(files_.open("large", OpenMode::kRead).value()->read_cached(0, bytes).value()) << "the content is in the page cache";
}

TEST_F(DirectFiles, AreReadWrittenElsewhereAndCutLikeAnyOther) {
  const auto file = create("a");
  std::size_t end = 0;
  append(*file, end, 10'000);
  Bytes bytes(10'000, '\0');
  EXPECT_EQ(file->read(0, bytes).value(), 10'000u);
  EXPECT_EQ(bytes, pattern(0, 10'000));

  const auto other = create("b");
  end = 0;
  append(*other, end, 10'000);
  const BytesView here = "here";
  ASSERT_TRUE(other->write(5, std::span(&here, 1)));
  append(*other, end, 10'000);
  ASSERT_TRUE(other->sync());
  Bytes expected = pattern(0, 20'000);
  expected.replace(5, 4, "here");
  EXPECT_EQ(stored("b"), expected);

  const auto cut = create("c");
  end = 0;
  ASSERT_TRUE(cut->resize(100'000));
  append(*cut, end, 10'000);
  ASSERT_TRUE(cut->resize(9'000));
  ASSERT_TRUE(cut->sync());
  EXPECT_EQ(stored("c"), pattern(0, 9'000));
}

TEST_F(DirectFiles, AFullDiskIsSaid) {
  DirectFile file(::open("/dev/full", O_RDWR | O_CLOEXEC), "/dev/full");
  const Bytes text = pattern(0, 8192);
  const BytesView part = text;
  const auto written = file.write(0, std::span(&part, 1));
  EXPECT_EQ(written.error().code(), ErrorCode::kStorageFull);
}

}  // namespace
}  // namespace farshore::platform
