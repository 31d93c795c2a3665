// SPDX-License-Identifier: Apache-2.0
// Bytes, views of them, and Buffer: a shared, immutable slice that bodies travel in.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace farshore {

using Bytes = std::string;           ///< owned bytes, not necessarily text
using BytesView = std::string_view;  ///< borrowed bytes; never held across co_await into shared state

/// An immutable slice of shared memory. Copying copies a pointer; slicing copies nothing.
/// Thread safe as every immutable value is; the reference count is atomic.
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(Bytes bytes) : owner_(std::make_shared<const Bytes>(std::move(bytes))), size_(owner_->size()) {}
  Buffer(std::shared_ptr<const Bytes> owner, std::size_t offset, std::size_t size)
      : owner_(std::move(owner)), offset_(offset), size_(size) {}

  BytesView view() const { return owner_ ? BytesView(*owner_).substr(offset_, size_) : BytesView(); }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  /// The bytes [from, from + count), clamped to what there is.
  Buffer slice(std::size_t from, std::size_t count = std::string::npos) const {
    from = from < size_ ? from : size_;
    const std::size_t left = size_ - from;
    return Buffer(owner_, offset_ + from, count < left ? count : left);
  }

 private:
  std::shared_ptr<const Bytes> owner_;
  std::size_t offset_ = 0;
  std::size_t size_ = 0;
};

}  // namespace farshore
