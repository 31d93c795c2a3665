// SPDX-License-Identifier: Apache-2.0
// Objects: all operations on the buckets and objects of this region, as the protocols above use them.
//
//   CO_TRY(objects::BucketRef bucket, co_await services.objects.buckets().open(op, id));
//   CO_TRY(objects::PutResult put, co_await objects::put_object(op, bucket, decider, std::move(request), std::move(body)));
//
// Operations are functions of an opened bucket, one file each; this header brings them together. Rights are decided above,
// by the Decider that every mutation takes.
#pragma once

#include "objects/buckets.h"
#include "objects/copy.h"
#include "objects/get.h"
#include "objects/list.h"
#include "objects/multipart.h"
#include "objects/put.h"
#include "objects/remove.h"
#include "objects/replica.h"
#include "objects/tagging.h"
#include "objects/tombstones.h"

namespace farshore::objects {

/// Owned by the composition root; loop thread only.
class Objects {
 public:
  explicit Objects(Stores stores) : stores_(stores), buckets_(stores) {}
  const Stores& stores() const { return stores_; }
  Buckets& buckets() { return buckets_; }

 private:
  Stores stores_;
  Buckets buckets_;
};

}  // namespace farshore::objects
