// SPDX-License-Identifier: Apache-2.0
// AuditTrail: one record per management call, in a bounded ring of rows of the region partition, and in the log.
//
//   row   := 'y' slot(4, big endian)          slot = number modulo records_max
//   value := record { 1 number 2 millis 3 request 4 action 5 principal 6 account 7 resource 8 outcome 9 source }
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "identity/principal.h"
#include "runtime/runtime.h"
#include "storage/partition.h"

namespace farshore::identity {

struct AuditRecord {
  std::uint64_t number = 0;    ///< given by the trail
  std::int64_t millis = 0;     ///< given by the trail
  std::string request;         ///< request id; given by the trail
  std::string action;          ///< "ram:CreateRole"
  std::string principal;       ///< Principal::arn()
  std::string account;         ///< of the principal
  std::string resource;
  std::string outcome = "ok";  ///< "ok" or the error code
  std::string source_ip;
  friend bool operator==(const AuditRecord&, const AuditRecord&) = default;
};

struct AuditSettings {
  std::uint32_t records_max = 10000;  ///< range 1 to 1,000,000; older ones are overwritten; a change takes effect after a restart
};

/// Never holds a secret: callers put names and codes into records, no parameters. Loop thread only.
class AuditTrail {
 public:
  AuditTrail(Runtime runtime, std::shared_ptr<storage::Partition> region, AuditSettings settings = {})
      : runtime_(runtime), region_(std::move(region)), settings_(settings) {}
  /// Finds where the ring stands. Before the first write.
  Task<Result<void>> load(OpContext op);
  /// Writes the log line first, so that it is there even if the row fails. Errors: those of the partition.
  Task<Result<void>> write(OpContext op, AuditRecord record);
  /// The newest first. Errors: those of the partition.
  Task<Result<std::vector<AuditRecord>>> recent(OpContext op, std::size_t records_max);

 private:
  Runtime runtime_;
  std::shared_ptr<storage::Partition> region_;
  AuditSettings settings_;
  std::uint64_t next_ = 1;
};

}  // namespace farshore::identity
