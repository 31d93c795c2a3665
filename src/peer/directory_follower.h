// SPDX-License-Identifier: Apache-2.0
// DirectoryFollower: keeps this region's copy of the directory up to date with the home's.
#pragma once

#include "identity/directory_store.h"
#include "peer/remote_region.h"
#include "runtime/task_scope.h"

namespace farshore::peer {

/// Asks the home for what is new, waiting there until something is. Loop thread only; start() once, close() before destroying.
class DirectoryFollower {
 public:
  DirectoryFollower(Runtime runtime, identity::DirectoryStore& directory, RemoteRegion& home)
      : runtime_(runtime), directory_(directory), home_(home), scope_(runtime.executor) {}
  void start() { scope_.spawn(follow()); }
  Task<void> close() { co_await scope_.close(); }
  void abandon() { scope_.abandon(); }

 private:
  Task<void> follow();
  Runtime runtime_;
  identity::DirectoryStore& directory_;
  RemoteRegion& home_;
  TaskScope scope_;
};

}  // namespace farshore::peer
