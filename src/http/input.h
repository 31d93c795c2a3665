// SPDX-License-Identifier: Apache-2.0
// Input: what came from a stream and was not used yet, in a buffer that is borrowed only while there is something in it.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "runtime/stream.h"

namespace farshore::http {

/// Read buffers of one size, shared by the connections of one server or client. Loop thread only.
class BufferPool {
 public:
  static constexpr std::size_t kBufferBytes = 16 * 1024;
  std::unique_ptr<char[]> take();
  void give(std::unique_ptr<char[]> buffer);

 private:
  static constexpr std::size_t kKeptMax = 512;
  std::vector<std::unique_ptr<char[]>> free_;
};

/// The unread bytes of one connection. The pool outlives it; the stream is given per call. Loop thread only.
class Input {
 public:
  explicit Input(BufferPool& pool) : pool_(pool) {}
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;
  ~Input() { release(); }
  BytesView view() const { return BytesView(buffer_.get() + begin_, end_ - begin_); }
  bool empty() const { return begin_ == end_; }
  void consume(std::size_t count);
  /// Gives an empty buffer back.
  void rest() {
    if (empty()) release();
  }
  /// Reads more behind what there is; 0 at the stream's end. Grows up to `bytes_max` unread bytes, which must not be reached yet.
  Task<Result<std::size_t>> fill(OpContext op, Stream& stream, std::size_t bytes_max);
  /// All unread bytes, which are then consumed.
  Bytes take_all();

 private:
  void make_room(std::size_t bytes_max);
  void release();
  BufferPool& pool_;
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace farshore::http
