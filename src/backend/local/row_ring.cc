// SPDX-License-Identifier: Apache-2.0
#include "backend/local/row_ring.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>

namespace farshore::backend {
namespace {

constexpr std::size_t kUnit = 4;
/// Small, so that tidying one takes no longer than a few requests do.
constexpr std::size_t kSectionBytesMax = 64u << 10;
constexpr std::size_t kSectionsMin = 16;
constexpr std::size_t kSlotsMin = 64;
/// The table's part of the memory: enough for rows of a hundred bytes.
constexpr std::size_t kTableShare = 8;
constexpr std::size_t kRowShare = 64;

std::size_t arena_bytes(std::size_t bytes_max) { return bytes_max - bytes_max / kTableShare; }
std::size_t section_of(std::size_t bytes_max) { return std::min(kSectionBytesMax, arena_bytes(bytes_max) / kSectionsMin / kUnit * kUnit); }
std::size_t slots_of(std::size_t bytes_max) { return std::bit_floor(bytes_max / kTableShare / sizeof(std::uint64_t)); }

}  // namespace

RowRing::RowRing(std::size_t bytes_max)
    : section_bytes_(section_of(bytes_max)),
      sections_(section_bytes_ == 0 ? 0 : arena_bytes(bytes_max) / section_bytes_),
      slots_max_(slots_of(bytes_max)),
      row_bytes_max_(slots_max_ < kSlotsMin ? 0 : std::min(section_bytes_, bytes_max / kRowShare)),
      ends_(sections_) {}

std::size_t RowRing::room(const Header& header) { return (sizeof(Header) + header.key_size + header.value_size + kUnit - 1) / kUnit * kUnit; }

BytesView RowRing::key_at(std::size_t offset) { return {arena_.get() + offset + sizeof(Header), header(offset).key_size}; }

std::optional<RowRing::Value> RowRing::find(BytesView key) {
  const std::size_t slot = find_slot(tag_of(key), key);
  if (slot == slots_.size()) return std::nullopt;
  const std::size_t offset = slots_[slot].place * kUnit;
  Header& row = header(offset);
  row.asked = true;
  if (!row.present) return Value();
  return Value(BytesView(arena_.get() + offset + sizeof(Header) + row.key_size, row.value_size));
}

void RowRing::put(BytesView key, Value value) {
  Header row{};
  row.tag = tag_of(key);
  row.key_size = static_cast<std::uint16_t>(key.size());
  row.value_size = static_cast<std::uint32_t>(value ? value->size() : 0);
  row.live = true;
  row.present = value.has_value();
  if (key.size() > UINT16_MAX || key.size() + (value ? value->size() : 0) > row_bytes_max_ || room(row) > row_bytes_max_) return;
  // Not filled: memory that no row has reached yet is not touched.
  if (!arena_) arena_.reset(new char[sections_ * section_bytes_]);
  if (crowded() && slots_.size() < slots_max_) {
    std::vector<Slot> before(std::max(kSlotsMin, slots_.size() * 2));
    before.swap(slots_);
    for (const Slot& slot : before) {
      if (slot.place != kEmpty) add_slot(slot.tag, slot.place * kUnit);
    }
  }
  // A second round at most: in the first one every row has been asked whether it is wanted.
  while (at_ + room(row) > (section_ + 1) * section_bytes_ || crowded()) next_section();
  std::memcpy(arena_.get() + at_, &row, sizeof row);
  char* bytes = arena_.get() + at_ + sizeof row;
  key.copy(bytes, key.size());
  if (value) value->copy(bytes + key.size(), value->size());
  add_slot(row.tag, at_);
  ++size_;
  at_ += room(row);
  reached_ = std::max(reached_, at_);
}

void RowRing::erase(BytesView key) {
  const std::size_t slot = find_slot(tag_of(key), key);
  if (slot == slots_.size()) return;
  header(slots_[slot].place * kUnit).live = false;
  drop_slot(slot);
  --size_;
}

void RowRing::clear() {
  arena_.reset();
  std::ranges::fill(ends_, 0);
  section_ = at_ = reached_ = size_ = 0;
  slots_ = {};
}

void RowRing::next_section() {
  ends_[section_] = at_;
  section_ = (section_ + 1) % sections_;
  at_ = section_ * section_bytes_;
  if (ends_[section_] > at_) tidy_section();
}

void RowRing::tidy_section() {
  const std::size_t end = ends_[section_];
  for (std::size_t from = at_; from < end;) {
    Header& row = header(from);
    const std::size_t bytes = room(row);
    if (row.live) {
      const std::size_t slot = slot_of(row.tag, from);
      if (row.asked) {
        row.asked = false;
        slots_[slot].place = static_cast<std::uint32_t>(at_ / kUnit);
        std::memmove(arena_.get() + at_, arena_.get() + from, bytes);
        at_ += bytes;
      } else {
        drop_slot(slot);
        --size_;
      }
    }
    from += bytes;
  }
}

std::size_t RowRing::find_slot(std::uint32_t tag, BytesView key) {
  if (slots_.empty()) return 0;
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t slot = tag & mask; slots_[slot].place != kEmpty; slot = (slot + 1) & mask) {
    if (slots_[slot].tag == tag && key_at(slots_[slot].place * kUnit) == key) return slot;
  }
  return slots_.size();
}

std::size_t RowRing::slot_of(std::uint32_t tag, std::size_t offset) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = tag & mask;
  while (slots_[slot].place != offset / kUnit) slot = (slot + 1) & mask;
  return slot;
}

void RowRing::add_slot(std::uint32_t tag, std::size_t offset) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = tag & mask;
  while (slots_[slot].place != kEmpty) slot = (slot + 1) & mask;
  slots_[slot] = {tag, static_cast<std::uint32_t>(offset / kUnit)};
}

void RowRing::drop_slot(std::size_t slot) {
  // What stands behind it moves up if its own search would pass here, so that no search ends too early.
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t next = (slot + 1) & mask; slots_[next].place != kEmpty; next = (next + 1) & mask) {
    if (((next - slots_[next].tag) & mask) < ((next - slot) & mask)) continue;
    slots_[slot] = slots_[next];
    slot = next;
  }
  slots_[slot] = Slot();
}

}  // namespace farshore::backend
