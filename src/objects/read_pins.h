// SPDX-License-Identifier: Apache-2.0
// ReadPins: keeps the blobs of a bucket alive while somebody reads them, although their version has been replaced.
//
//   held row := 'd' blob(8) order(18) number(4)      value: empty. A reference that was given up while the blob was being read.
//
// A batch that would release a pinned blob puts a held row instead; a later batch erases the row and releases. Rows that a
// restart leaves behind are released after it, when nobody reads any more.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "model/order.h"
#include "storage/partition.h"

namespace farshore::objects {

/// Owned by a Bucket; loop thread only.
class ReadPins {
 public:
  struct Held {
    Bytes row;
    BlobId blob;
  };
  /// What one commit does about pins; give it to settle() when the commit has ended.
  struct Plan {
    std::vector<Held> held;        ///< become held rows
    std::vector<Held> due;         ///< are released at last
    std::vector<BlobId> releasing; ///< go with this commit
  };
  /// At most this many late releases ride on one commit.
  static constexpr std::size_t kDuePerCommitMax = 100;

  /// False while a commit is under way that releases the blob: look the version up again after it.
  bool pin(BlobId blob);
  void unpin(BlobId blob);

  /// Replaces releases of pinned blobs and adds those that are due. `unique`: an order that no other commit has.
  Plan prepare(storage::Batch& batch, const Order& unique);
  void settle(Plan plan, bool committed, bool maybe);
  /// A held row found when the bucket was opened.
  void add_due(Held held) { due_.push_back(std::move(held)); }
  std::size_t due() const { return due_.size(); }

 private:
  std::map<BlobId, std::size_t> readers_;
  std::multiset<BlobId> releasing_;
  std::multimap<BlobId, Bytes> held_;
  std::vector<Held> due_;
};

/// `number` tells the references apart that one commit gives up.
Bytes held_row(BlobId blob, const Order& unique, std::size_t number);
Bytes held_rows();
BlobId blob_of_held_row(BytesView row);

}  // namespace farshore::objects
