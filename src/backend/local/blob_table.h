// SPDX-License-Identifier: Apache-2.0
// BlobTable: blobs that the index does not show yet: finished but unowned ones, and reference counts on their way to the disk.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "model/ids.h"
#include "runtime/wait.h"

namespace farshore::backend {

/// A finished blob that is not yet in the index.
struct FinishedBlob {
  bool extent = false;
  std::uint64_t length = 0;
  std::uint32_t crc = 0;
  std::vector<Buffer> pieces;  ///< of one that goes into a segment
  std::optional<Buffer> tiny;  ///< of one that goes into its row
  bool adopted = false;        ///< a commit on its way to the disk owns it
};

/// Loop thread only.
class BlobTable {
 public:
  void add(BlobId id, FinishedBlob blob) { finished_.emplace(id, std::move(blob)); }
  FinishedBlob* find(BlobId id) {
    const auto found = finished_.find(id);
    return found == finished_.end() ? nullptr : &found->second;
  }
  void remove(BlobId id) { finished_.erase(id); }

  /// References as commits on their way to the disk leave them; nothing if none of them touches the blob.
  std::optional<std::uint64_t> pending_references(BlobId id) const {
    const auto found = pending_.find(id);
    return found == pending_.end() ? std::nullopt : std::optional<std::uint64_t>(found->second.references);
  }
  /// `ticket` rises with every commit of the store.
  void set_pending(BlobId id, std::uint64_t references, std::uint64_t ticket) { pending_[id] = Pending{references, ticket}; }
  void land(BlobId id, std::uint64_t ticket) {
    const auto found = pending_.find(id);
    if (found != pending_.end() && found->second.ticket == ticket) pending_.erase(found);
  }
  /// Nothing that was pending has happened.
  void forget_pending() {
    pending_.clear();
    for (auto& [id, blob] : finished_) blob.adopted = false;
  }

 private:
  struct Pending {
    std::uint64_t references;
    std::uint64_t ticket;
  };
  std::map<BlobId, FinishedBlob> finished_;
  std::unordered_map<BlobId, Pending> pending_;
};

/// Extent files that nobody needs any more, until somebody removes them. Outlives writers and store alike.
struct ExtentWaste {
  explicit ExtentWaste(Executor& executor) : changed(executor) {}
  void add(BlobId blob) {
    blobs.push_back(blob);
    if (open) changed.notify_all();
  }
  std::vector<BlobId> blobs;
  bool open = true;  ///< somebody may be waiting for changes
  Signal changed;
};

}  // namespace farshore::backend
