// SPDX-License-Identifier: Apache-2.0
#include "http/chunked.h"

#include <algorithm>

#include "base/check.h"

namespace farshore::http {

namespace {
constexpr std::uint32_t kLineMax = 8192;  // of one extension, and of all trailers together

Error malformed(const char* message) { return Error(ErrorCode::kMalformedRequest, message); }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}
}  // namespace

Result<ChunkDecoder::Step> ChunkDecoder::decode(BytesView input) {
  Step step;
  while (step.used < input.size() && state_ != State::kDone) {
    if (state_ == State::kData) {
      step.data = input.substr(step.used, static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size() - step.used)));
      step.used += step.data.size();
      skip_data(step.data.size());
      return step;
    }
    TRY_OK(line_byte(input[step.used]));
    ++step.used;
  }
  return step;
}

void ChunkDecoder::skip_data(std::uint64_t count) {
  FS_CHECK(state_ == State::kData && count <= left_);
  left_ -= count;
  if (left_ == 0) state_ = State::kDataCr;
}

Result<void> ChunkDecoder::line_byte(char byte) {
  switch (state_) {
    case State::kSize:
      if (const int digit = hex_digit(byte); digit >= 0) {
        if (++digits_ > 16) return malformed("a chunk's size is too long");
        left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
        return {};
      }
      if (digits_ == 0) return malformed("a chunk has no size");
      line_ = 0;
      if (byte == ';' || byte == ' ' || byte == '\t') {
        state_ = State::kExtension;
      } else if (byte == '\r') {
        state_ = State::kSizeLf;
      } else {
        return malformed("a chunk's size is not a number");
      }
      return {};
    case State::kExtension:
      if (byte == '\r') {
        state_ = State::kSizeLf;
      } else if (byte == '\n' || byte == '\0' || ++line_ > kLineMax) {
        return malformed("a chunk's extension is malformed");
      }
      return {};
    case State::kSizeLf:
      if (byte != '\n') return malformed("a chunk's size line ends without LF");
      digits_ = 0;
      if (left_ > 0) {
        state_ = State::kData;
      } else {
        state_ = State::kTrailer;
        line_ = trailer_ = 0;
      }
      return {};
    case State::kDataCr:
      if (byte != '\r') return malformed("a chunk is longer than its size");
      state_ = State::kDataLf;
      return {};
    case State::kDataLf:
      if (byte != '\n') return malformed("a chunk ends without LF");
      state_ = State::kSize;
      return {};
    case State::kTrailer:
      if (++line_ > kLineMax) return malformed("the trailers are too large");
      if (byte == '\n') {
        if (!after_cr_) return malformed("a trailer ends without CR");
        after_cr_ = false;
        if (trailer_ == 0) state_ = State::kDone;
        trailer_ = 0;
        return {};
      }
      if (after_cr_) return malformed("a trailer holds a CR");
      if (byte == '\r') {
        after_cr_ = true;
      } else {
        ++trailer_;
      }
      return {};
    case State::kData:
    case State::kDone: break;
  }
  return {};
}

}  // namespace farshore::http
