// SPDX-License-Identifier: Apache-2.0
// FieldWriter and FieldReader: one list of fields per record that both writes and reads it.
//
//   template <class Fields, class Value>
//   bool piece_fields(Fields& f, Value& v) { return f.number(1, v.blob) || f.number(2, v.size); }
//
//   encode: FieldWriter f; piece_fields(f, piece); bytes = std::move(f).take();
//   decode: FieldReader f(bytes); while (f.next()) piece_fields(f, piece); if (!f.ok()) ... kCorrupt
//
// Every call says whether it took the field at hand; the writer never does, so that it visits the whole list. An absent field is
// its default (docs/formats/records.md).
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "base/tagged.h"
#include "codec/record.h"
#include "model/order.h"
#include "model/version.h"
#include "model/version_id.h"

namespace farshore::storage {

namespace detail {

template <class T>
struct Plain {
  using type = T;
};
template <class T, class Tag>
struct Plain<Tagged<T, Tag>> {
  using type = T;
};
template <class T>
using plain_t = typename Plain<T>::type;

/// The number or text inside a Tagged; anything else is itself.
template <class T>
const auto& plain(const T& value) {
  if constexpr (std::is_same_v<plain_t<T>, T>) {
    return value;
  } else {
    return value.get();
  }
}

template <class T>
concept Textual = std::is_same_v<plain_t<T>, std::string>;

}  // namespace detail

/// The lowest format a reader has to understand. Written only when a change makes older readers wrong; so far never.
inline constexpr std::uint32_t kFormatField = 15;
inline constexpr std::uint64_t kFormat = 1;

/// Writes what differs from its default.
class FieldWriter {
 public:
  explicit FieldWriter(std::size_t size_hint = 0) { out_.reserve(size_hint); }
  Bytes take() && { return std::move(out_).take(); }

  template <class T>
  bool number(std::uint32_t field, const T& value) {
    const auto plain = detail::plain(value);
    if (plain != 0) out_.u64(field, static_cast<std::uint64_t>(plain));
    return false;
  }
  bool flag(std::uint32_t field, bool value, bool absent = false) {
    if (value != absent) out_.boolean(field, value);
    return false;
  }
  template <detail::Textual T>
  bool text(std::uint32_t field, const T& value, BytesView absent = {}) {
    if (detail::plain(value) != absent) out_.bytes(field, detail::plain(value));
    return false;
  }
  template <class Enum>
  bool one_of(std::uint32_t field, Enum value, Enum, Enum, Enum absent = Enum()) {
    if (value != absent) out_.u64(field, static_cast<std::uint64_t>(value));
    return false;
  }
  bool version_id(std::uint32_t field, const VersionId& id) {
    if (!id.is_null()) out_.bytes(field, id.text());
    return false;
  }
  bool time(std::uint32_t field, const HybridTime& time) { return number(field, time.value); }
  /// Three fields: `field` and the two behind it.
  bool order(std::uint32_t field, const Order& order) {
    return time(field, order.time) || number(field + 1, order.region) || number(field + 2, order.partition);
  }
  /// Two fields.
  bool stamp(std::uint32_t field, const ChangeStamp& stamp) { return time(field, stamp.time) || number(field + 1, stamp.region); }
  /// One field per element.
  template <class T>
  bool list(std::uint32_t field, const std::vector<T>& values) {
    for (const T& value : values) {
      if constexpr (detail::Textual<T>) {
        out_.bytes(field, detail::plain(value));
      } else {
        out_.u64(field, detail::plain(value));
      }
    }
    return false;
  }
  /// Two fields per element; the first opens it and is always written.
  template <class T, class First, class Second>
  bool pairs(std::uint32_t field, const std::vector<T>& values, First T::*first, Second T::*second) {
    for (const T& value : values) {
      if constexpr (detail::Textual<First>) {
        out_.bytes(field, detail::plain(value.*first));
      } else {
        out_.u64(field, detail::plain(value.*first));
      }
      if constexpr (detail::Textual<Second>) {
        text(field + 1, value.*second);
      } else {
        number(field + 1, value.*second);
      }
    }
    return false;
  }
  /// A record of its own, present or not.
  template <class T, class List>
  bool nested(std::uint32_t field, const std::optional<T>& value, List fields) {
    if (value) {
      FieldWriter inner;
      fields(inner, *value);
      out_.record(field, inner.out_);
    }
    return false;
  }

 private:
  codec::RecordWriter out_;
};

/// Reads one field at a time into whatever member claims it. A value out of its range makes ok() false; nobody's fields are skipped.
class FieldReader {
 public:
  explicit FieldReader(BytesView input) : in_(input) {}
  bool next() {
    if (!valid_ || !in_.next()) return false;
    if (in_.field() == kFormatField && in_.u64() > kFormat) valid_ = false;
    return valid_;
  }
  bool ok() const { return valid_ && in_.ok(); }

  template <class T>
  bool number(std::uint32_t field, T& value) {
    if (in_.field() != field) return false;
    value = number_of<T>();
    return true;
  }
  bool flag(std::uint32_t field, bool& value, bool = false) {
    if (in_.field() != field) return false;
    value = in_.boolean();
    return true;
  }
  template <detail::Textual T>
  bool text(std::uint32_t field, T& value, BytesView = {}) {
    if (in_.field() != field) return false;
    value = T(in_.owned());
    return true;
  }
  template <class Enum>
  bool one_of(std::uint32_t field, Enum& value, Enum first, Enum last, Enum = Enum()) {
    if (in_.field() != field) return false;
    const bool known = in_.u64() >= static_cast<std::uint64_t>(first) && in_.u64() <= static_cast<std::uint64_t>(last);
    if (known) value = static_cast<Enum>(in_.u64());
    valid_ = valid_ && known;
    return true;
  }
  bool version_id(std::uint32_t field, VersionId& id) {
    if (in_.field() != field) return false;
    auto parsed = VersionId::parse(in_.bytes());
    valid_ = valid_ && parsed.has_value();
    if (parsed) id = *std::move(parsed);
    return true;
  }
  bool time(std::uint32_t field, HybridTime& time) { return number(field, time.value); }
  bool order(std::uint32_t field, Order& order) {
    return time(field, order.time) || number(field + 1, order.region) || number(field + 2, order.partition);
  }
  bool stamp(std::uint32_t field, ChangeStamp& stamp) { return time(field, stamp.time) || number(field + 1, stamp.region); }
  template <class T>
  bool list(std::uint32_t field, std::vector<T>& values) {
    if (in_.field() != field) return false;
    values.push_back(element<T>());
    return true;
  }
  template <class T, class First, class Second>
  bool pairs(std::uint32_t field, std::vector<T>& values, First T::*first, Second T::*second) {
    if (in_.field() == field) {
      values.emplace_back().*first = element<First>();
      return true;
    }
    if (in_.field() != field + 1) return false;
    if (values.empty()) return !(valid_ = false);
    values.back().*second = element<Second>();
    return true;
  }
  template <class T, class List>
  bool nested(std::uint32_t field, std::optional<T>& value, List fields) {
    if (in_.field() != field) return false;
    FieldReader inner(in_.bytes());
    value.emplace();
    while (inner.next()) fields(inner, *value);
    valid_ = valid_ && inner.ok();
    return true;
  }

 private:
  template <class T>
  T number_of() {
    using Number = detail::plain_t<T>;
    if constexpr (std::is_unsigned_v<Number>) {
      if (in_.u64() > std::numeric_limits<Number>::max()) valid_ = false;
    }
    return T(static_cast<Number>(in_.u64()));
  }
  template <class T>
  T element() {
    if constexpr (detail::Textual<T>) {
      return T(in_.owned());
    } else {
      return number_of<T>();
    }
  }

  codec::RecordReader in_;
  bool valid_ = true;
};

}  // namespace farshore::storage
