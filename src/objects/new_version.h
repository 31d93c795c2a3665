// SPDX-License-Identifier: Apache-2.0
// NewVersion: the commit that put, copy and complete share: a content becomes the current version of its key.
#pragma once

#include "objects/commit.h"
#include "objects/key_stack.h"
#include "objects/put.h"

namespace farshore::objects {

/// The version as the request describes it, before it has an id, an order and content.
Version shape_of(const NewObject& object, const BucketSettings& settings);

/// Encryption that a new version of this request gets.
Encryption encryption_of(const NewObject& object, const BucketSettings& settings);

/// kFileAlreadyExists if the bucket has no versioning and an object is there.
Result<void> check_overwrite(const BucketSettings& settings, const KeyStack& stack);

/// Gives `version` its id and order by the bucket's versioning state and makes it current in the stack
/// (Rule: OSS, "Versioning": replaced is the object, nothing, or the null version).
Task<Result<Version>> make_current(OpContext op, BucketRef bucket, std::shared_ptr<const BucketSettings> settings, KeyStack* stack, Version version);

/// Inserts a version with its journal record. Subclasses add what goes with it.
class NewVersion : public Mutation {
 public:
  NewVersion(ObjectKey key, Version version, bool forbid_overwrite)
      : version_(std::move(version)), key_(std::move(key)), forbid_overwrite_(forbid_overwrite) {}
  Task<Result<std::optional<storage::Batch>>> plan(OpContext op, BucketRef bucket, std::shared_ptr<const BucketSettings> settings) override;
  /// As committed.
  const Version& version() const { return version_; }
  PutResult result() const;

 protected:
  /// Takes the content's blobs, and whatever else the change needs, into the batch.
  virtual Task<Result<void>> own(OpContext op, BucketRef bucket, storage::Batch* batch) = 0;
  Version version_;

 private:
  ObjectKey key_;
  bool forbid_overwrite_;
  bool versioned_ = false;
};

}  // namespace farshore::objects
