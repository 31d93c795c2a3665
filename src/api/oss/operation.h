// SPDX-License-Identifier: Apache-2.0
// Operation: a row of the table of what OSS can do: how a request names it, what permits it, who serves it.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "codec/url.h"
#include "http/message.h"
#include "identity/authorize.h"
#include "runtime/op_context.h"
#include "runtime/task.h"

namespace farshore::api::oss {

struct Call;
using CallRef = std::shared_ptr<Call>;

/// Serves one operation: reads the request, calls the domain once, renders the answer.
using Handler = Task<Result<http::Response>> (*)(OpContext op, CallRef call);

enum class Scope : std::uint8_t { kService, kBucket, kObject };

/// What must be true of the bucket before the handler is called.
enum class Needs : std::uint8_t {
  kBucket,       ///< it exists, lies here and the row's action on it is allowed
  kOpenBucket,   ///< it exists and lies here; the handler judges rights itself
  kMaybeBucket,  ///< it may be missing; the handler judges rights itself
};

struct Operation {
  std::string_view name;              ///< of the public API; a label of metrics
  std::string_view action;            ///< "oss:GetObject": what permits it
  std::string_view versioned_action;  ///< the action if versionId is given; empty: the same
  Handler handler;
  identity::AclReach acl = identity::AclReach::kNever;
  Needs needs = Needs::kBucket;
};

/// One way in which a request names an operation.
struct Row {
  std::string_view method;
  Scope scope;
  std::string_view marker;  ///< the sub-resource that selects it; empty: none
  Operation operation;
  std::string_view comp = {};  ///< the value of `comp` that selects it, where there are several
  bool copies = false;         ///< selected by an x-oss-copy-source header
};

/// The operation a request means.
///
/// Errors  kNotImplemented naming the sub-resource: known to OSS and not built here, or unknown; an unknown name is
///         overlooked only in GET and HEAD of an object, where browsers add their own
///         kMethodNotAllowed: the sub-resource exists, the method does not
///         kInvalidArgument: an unknown `comp`
Result<const Operation*> find_operation(std::string_view method, Scope scope, const codec::Query& query, bool has_copy_source);

}  // namespace farshore::api::oss
