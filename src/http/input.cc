// SPDX-License-Identifier: Apache-2.0
#include "http/input.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"

namespace farshore::http {

std::unique_ptr<char[]> BufferPool::take() {
  if (free_.empty()) return std::make_unique_for_overwrite<char[]>(kBufferBytes);
  std::unique_ptr<char[]> buffer = std::move(free_.back());
  free_.pop_back();
  return buffer;
}

void BufferPool::give(std::unique_ptr<char[]> buffer) {
  if (free_.size() < kKeptMax) free_.push_back(std::move(buffer));
}

void Input::consume(std::size_t count) {
  FS_CHECK(count <= end_ - begin_);
  begin_ += count;
  if (begin_ == end_) begin_ = end_ = 0;
}

void Input::release() {
  if (buffer_ && capacity_ == BufferPool::kBufferBytes) pool_.give(std::move(buffer_));
  buffer_.reset();
  capacity_ = begin_ = end_ = 0;
}

void Input::make_room(std::size_t bytes_max) {
  if (!buffer_) {
    buffer_ = pool_.take();
    capacity_ = BufferPool::kBufferBytes;
  }
  if (end_ < capacity_) return;
  if (begin_ > 0) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    return;
  }
  // A head that does not fit: rare, so its larger buffer is not kept.
  const std::size_t capacity = std::max(capacity_ + 1, std::min(capacity_ * 2, bytes_max + 1));
  auto larger = std::make_unique_for_overwrite<char[]>(capacity);
  std::memcpy(larger.get(), buffer_.get(), end_);
  if (capacity_ == BufferPool::kBufferBytes) pool_.give(std::move(buffer_));
  buffer_ = std::move(larger);
  capacity_ = capacity;
}

Task<Result<std::size_t>> Input::fill(OpContext op, Stream& stream, std::size_t bytes_max) {
  make_room(bytes_max);
  auto count = co_await stream.read(std::move(op), std::span<char>(buffer_.get() + end_, capacity_ - end_));
  if (count) end_ += *count;
  co_return count;
}

Bytes Input::take_all() {
  Bytes bytes(view());
  consume(bytes.size());
  return bytes;
}

}  // namespace farshore::http
