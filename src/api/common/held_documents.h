// SPDX-License-Identifier: Apache-2.0
// HeldDocuments: how many bytes of request documents are held at once. Contents of objects stream and do not count.
#pragma once

#include <cstddef>
#include <memory>

#include "runtime/body.h"

namespace farshore::api {

/// A document is held whole until it is parsed, and a slow client decides how long that takes: without a bound, strangers fill the
/// memory with requests that each are within their limits. Callers without a name get an eighth.
///
/// Owned by a protocol's entry and outlives the bodies it gives. Loop thread only.
class HeldDocuments {
 public:
  explicit HeldDocuments(std::size_t bytes_max) : bytes_max_(bytes_max) {}
  HeldDocuments(const HeldDocuments&) = delete;
  /// The same body; its read gives kServiceBusy when too much is held. What it gave counts until it is destroyed.
  std::unique_ptr<BodySource> count(std::unique_ptr<BodySource> body, bool anonymous);
  std::size_t bytes() const { return bytes_; }

 private:
  class Counted;
  std::size_t bytes_max_;
  std::size_t bytes_ = 0;
};

}  // namespace farshore::api
