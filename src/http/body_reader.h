// SPDX-License-Identifier: Apache-2.0
// BodyReader: the body of one message, taken from a connection's input and stream by its framing.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "http/chunked.h"
#include "http/framing.h"
#include "http/input.h"
#include "runtime/executor.h"

namespace farshore::http {

/// How slowly the other side may send; time in which nobody reads does not count against it.
struct BodyPace {
  Duration gap_max = Duration::max();  ///< between two pieces
  std::size_t bytes_per_second_min = 0;  ///< on average, once gap_max has been waited in all; 0: none
};

/// Owned by the connection, which also owns input and stream. One read at a time. Loop thread only.
class BodyReader {
 public:
  BodyReader(Executor& executor, Framing framing, BodyPace pace) : executor_(executor), framing_(framing), left_(framing.length), pace_(pace) {}
  /// The next piece, at most 256 KiB; empty at the end. A chunked body's piece is given as soon as something is there.
  /// Errors: kIncompleteBody (the stream ended), kRequestTimeout (too slow), kMalformedRequest (chunks), and the stream's.
  Task<Result<Buffer>> next(OpContext op, Input& input, Stream& stream);
  bool finished() const { return finished_ || (framing_.kind == FramingKind::kLength && left_ == 0); }
  bool failed() const { return failed_; }
  std::optional<std::uint64_t> length() const {
    return framing_.kind == FramingKind::kLength ? std::optional(framing_.length) : std::nullopt;
  }
  /// Known to remain; 0 for a chunked body.
  std::uint64_t left() const { return left_; }

 private:
  Task<Result<Buffer>> next_of_length(OpContext op, Input& input, Stream& stream);
  Task<Result<Buffer>> next_of_chunks(OpContext op, Input& input, Stream& stream);
  Task<Result<Buffer>> next_until_close(OpContext op, Input& input, Stream& stream);
  /// One read from the stream, within the pace. 0 at its end.
  Task<Result<std::size_t>> receive(OpContext op, Stream& stream, std::span<char> into);
  Task<Result<std::size_t>> receive_input(OpContext op, Input& input, Stream& stream);
  OpContext paced(OpContext op) const;
  Result<std::size_t> settle(Instant began, const OpContext& op, Result<std::size_t> received);

  Executor& executor_;
  Framing framing_;
  std::uint64_t left_;
  BodyPace pace_;
  ChunkDecoder chunks_;
  Duration waited_{};
  std::uint64_t received_ = 0;
  bool finished_ = false;
  bool failed_ = false;
};

}  // namespace farshore::http
