// SPDX-License-Identifier: Apache-2.0
// ChunkDecoder: the chunked transfer coding, read strictly and in any pieces.
//
//   body    = *( size [ext] CRLF data CRLF ) "0" [ext] CRLF *( trailer CRLF ) CRLF     (RFC 9112 section 7.1)
//   size    = 1..16 hex digits; ext = ";" and up to kLineMax bytes; no bare LF, no blank before the size
// Extensions and trailers are skipped.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"

namespace farshore::http {

class ChunkDecoder {
 public:
  /// What one call found at the front of the input: how much it used, and the data in that (a view into the input).
  struct Step {
    std::size_t used = 0;
    BytesView data;
  };
  /// Takes as much as it can of one line or one chunk's data; call again with the rest. Nothing used: more input is needed.
  /// Error: kMalformedRequest.
  Result<Step> decode(BytesView input);
  bool done() const { return state_ == State::kDone; }
  /// Data bytes that follow directly in the input; 0 between chunks.
  std::uint64_t data_left() const { return state_ == State::kData ? left_ : 0; }
  /// Data bytes that were taken past the decoder, at most data_left().
  void skip_data(std::uint64_t count);

 private:
  enum class State : unsigned char { kSize, kExtension, kSizeLf, kData, kDataCr, kDataLf, kTrailer, kDone };
  Result<void> line_byte(char byte);
  State state_ = State::kSize;
  std::uint64_t left_ = 0;
  std::uint32_t digits_ = 0;
  std::uint32_t line_ = 0;      // bytes of the extension or of all trailers so far
  std::uint32_t trailer_ = 0;   // bytes of the current trailer line
  bool after_cr_ = false;
};

}  // namespace farshore::http
