// SPDX-License-Identifier: Apache-2.0
// Services: what OSS operations stand on.
#pragma once

#include "api/common/bucket_ids.h"
#include "api/common/endpoints.h"
#include "identity/authenticate.h"
#include "identity/bucket_registry.h"
#include "identity/directory_store.h"
#include "objects/objects.h"
#include "replication/rule_service.h"
#include "runtime/runtime.h"

namespace farshore::api::oss {

/// References that the composition root keeps alive. Copy it freely.
struct Services {
  Runtime runtime;
  identity::DirectoryStore& directory;
  identity::Authentication& authentication;
  identity::BucketRegistry& registry;
  objects::Objects& objects;
  BucketIds& bucket_ids;
  const Endpoints& endpoints;
  replication::RuleService* replication = nullptr;  ///< null: this process serves no replication, and says so
};

}  // namespace farshore::api::oss
