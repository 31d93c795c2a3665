// SPDX-License-Identifier: Apache-2.0
// RowRing: rows by their keys in one bounded piece of memory, in which the oldest make room for the newest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.h"

namespace farshore::backend {

/// A ring of sections, written one behind the other, and a table of where each row stands. A section that comes round again is tidied: rows that were
/// asked for since the last time stay, moved to its begin; the others go. So what is written or thrown away is memory next to what was written or thrown
/// away before, and a row costs no allocation: a list of rows with an allocation each, as large as this is, touched a cold cache line at every step.
///
/// Not thread-safe.
class RowRing {
 public:
  using Value = std::optional<BytesView>;  ///< nothing: there is no such row, and that is known

  /// Holds no more memory than this; a row may take a 64th of it. 0: holds nothing. Up to 16 GiB.
  explicit RowRing(std::size_t bytes_max);
  RowRing(const RowRing&) = delete;
  RowRing& operator=(const RowRing&) = delete;

  /// The row, which is asked for by this; good until the next put() or clear().
  std::optional<Value> find(BytesView key);
  /// Of a key that is not here.
  void put(BytesView key, Value value);
  void erase(BytesView key);
  void clear();

  std::size_t bytes() const { return reached_ + slots_.size() * sizeof(Slot); }
  std::size_t size() const { return size_; }

 private:
  /// In front of each row, which follows as key and value. Four bytes are the unit of places.
  struct Header {
    std::uint32_t tag;
    std::uint32_t value_size;
    std::uint16_t key_size;
    bool live;
    bool present : 1;
    bool asked : 1;
  };
  struct Slot {
    std::uint32_t tag = 0;  ///< of the key; its low bits say where the search begins
    std::uint32_t place = kEmpty;
  };
  static constexpr std::uint32_t kEmpty = UINT32_MAX;

  static std::uint32_t tag_of(BytesView key) { return static_cast<std::uint32_t>(std::hash<BytesView>()(key)); }
  static std::size_t room(const Header& header);
  Header& header(std::size_t offset) { return *reinterpret_cast<Header*>(arena_.get() + offset); }
  BytesView key_at(std::size_t offset);
  std::size_t find_slot(std::uint32_t tag, BytesView key);
  std::size_t slot_of(std::uint32_t tag, std::size_t offset) const;
  void add_slot(std::uint32_t tag, std::size_t offset);
  void drop_slot(std::size_t slot);
  bool crowded() const { return (size_ + 1) * 8 > slots_.size() * 7; }
  void next_section();
  void tidy_section();

  const std::size_t section_bytes_;
  const std::size_t sections_;
  const std::size_t slots_max_;
  const std::size_t row_bytes_max_;
  std::unique_ptr<char[]> arena_;
  std::vector<std::size_t> ends_;  ///< of what is in each section
  std::size_t section_ = 0;        ///< the one that is written
  std::size_t at_ = 0;             ///< offset behind the newest row
  std::size_t reached_ = 0;        ///< how far the arena was ever written
  std::vector<Slot> slots_;        ///< open addressing, a power of two
  std::size_t size_ = 0;
};

}  // namespace farshore::backend
