// SPDX-License-Identifier: Apache-2.0
#include "http/body_reader.h"

#include <algorithm>

namespace farshore::http {

namespace {
constexpr std::size_t kPieceBytes = 256 * 1024;
constexpr std::size_t kPieceFillBytes = 128 * 1024;  // a piece of a long body is given when at least this is there
constexpr std::size_t kWholeBytes = 64 * 1024;       // a body up to this comes in one piece

/// A string of that size whose bytes are about to be overwritten.
Bytes uninitialized(std::size_t size) {
  Bytes bytes;
  bytes.resize_and_overwrite(size, [](char*, std::size_t count) { return count; });
  return bytes;
}

Error incomplete() { return Error(ErrorCode::kIncompleteBody, "The connection ended before the body did."); }
}  // namespace

OpContext BodyReader::paced(OpContext op) const {
  if (pace_.gap_max == Duration::max()) return op;
  const Instant now = executor_.now();
  Instant deadline = now + pace_.gap_max;
  if (pace_.bytes_per_second_min > 0) {
    const auto earned = std::chrono::milliseconds(received_ * 1000 / pace_.bytes_per_second_min);
    const Duration allowance = pace_.gap_max + earned - waited_;
    if (allowance < pace_.gap_max) deadline = now + std::max(allowance, Duration::zero());
  }
  return op.with_deadline(deadline);
}

Result<std::size_t> BodyReader::settle(Instant began, const OpContext& op, Result<std::size_t> received) {
  const Instant now = executor_.now();
  waited_ += now - began;
  if (received) {
    received_ += *received;
  } else if (received.error().code() == ErrorCode::kDeadlineExceeded && now < op.deadline) {
    return Error(ErrorCode::kRequestTimeout, "The body is arriving too slowly.");
  }
  return received;
}

Task<Result<std::size_t>> BodyReader::receive(OpContext op, Stream& stream, std::span<char> into) {
  const Instant began = executor_.now();
  auto received = co_await stream.read(paced(op), into);
  co_return settle(began, op, std::move(received));
}

Task<Result<std::size_t>> BodyReader::receive_input(OpContext op, Input& input, Stream& stream) {
  const Instant began = executor_.now();
  auto received = co_await input.fill(paced(op), stream, BufferPool::kBufferBytes);
  co_return settle(began, op, std::move(received));
}

Task<Result<Buffer>> BodyReader::next(OpContext op, Input& input, Stream& stream) {
  if (finished()) co_return Buffer();
  if (failed_) co_return Error(ErrorCode::kConnectionClosed, "the body failed before");
  // Failed until this read has succeeded: a read that is never finished leaves the framing unknown.
  failed_ = true;
  Result<Buffer> piece = Buffer();
  switch (framing_.kind) {
    case FramingKind::kLength: piece = co_await next_of_length(std::move(op), input, stream); break;
    case FramingKind::kChunked: piece = co_await next_of_chunks(std::move(op), input, stream); break;
    case FramingKind::kUntilClose: piece = co_await next_until_close(std::move(op), input, stream); break;
  }
  failed_ = !piece;
  co_return piece;
}

Task<Result<Buffer>> BodyReader::next_of_length(OpContext op, Input& input, Stream& stream) {
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left_, kPieceBytes));
  const std::size_t enough = left_ <= kWholeBytes ? wanted : std::min(wanted, kPieceFillBytes);
  Bytes piece = uninitialized(wanted);
  std::size_t have = std::min(input.view().size(), wanted);
  input.view().copy(piece.data(), have);
  input.consume(have);
  while (have < enough) {
    CO_TRY(const std::size_t count, co_await receive(op, stream, std::span<char>(piece.data() + have, wanted - have)));
    if (count == 0) co_return incomplete();
    have += count;
  }
  left_ -= have;
  piece.resize(have);
  co_return Buffer(std::move(piece));
}

Task<Result<Buffer>> BodyReader::next_of_chunks(OpContext op, Input& input, Stream& stream) {
  Bytes piece;
  while (!chunks_.done()) {
    if (input.empty()) {
      if (!piece.empty()) break;
      if (chunks_.data_left() >= kWholeBytes) {
        // Inside a long chunk: straight into the piece, not through the input.
        piece = uninitialized(static_cast<std::size_t>(std::min<std::uint64_t>(chunks_.data_left(), kPieceBytes)));
        CO_TRY(const std::size_t count, co_await receive(op, stream, piece));
        if (count == 0) co_return incomplete();
        piece.resize(count);
        chunks_.skip_data(count);
        break;
      }
      CO_TRY(const std::size_t count, co_await receive_input(op, input, stream));
      if (count == 0) co_return incomplete();
    }
    CO_TRY(const ChunkDecoder::Step step, chunks_.decode(input.view()));
    piece += step.data;
    input.consume(step.used);
  }
  finished_ = piece.empty() && chunks_.done();
  co_return Buffer(std::move(piece));
}

Task<Result<Buffer>> BodyReader::next_until_close(OpContext op, Input& input, Stream& stream) {
  if (!input.empty()) co_return Buffer(input.take_all());
  Bytes piece = uninitialized(kWholeBytes);
  CO_TRY(const std::size_t count, co_await receive(op, stream, piece));
  finished_ = count == 0;
  piece.resize(count);
  co_return Buffer(std::move(piece));
}

}  // namespace farshore::http
