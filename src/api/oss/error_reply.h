// SPDX-License-Identifier: Apache-2.0
// Error replies: from an Error to the status, headers and XML that OSS clients expect.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "http/message.h"

namespace farshore::api::oss {

/// What a code becomes on the wire.
struct ErrorRow {
  int status;
  std::string_view code;
  std::string_view message;  ///< used when the error brings none of its own
  std::string_view ec;       ///< the published fine-grained number, where there is one
  bool inner = false;        ///< never shown as it is: message and details stay in the log
};

/// The one table from codes to the wire. Codes that no OSS client knows become InternalError or ServiceBusy.
ErrorRow error_row(ErrorCode code);

/// What the envelope needs to know of the request.
struct ErrorFrame {
  std::string_view request_id;
  std::string_view host;  ///< HostId; "-" if empty
  bool head = false;      ///< HEAD: no body, the XML goes base64-encoded into x-oss-err
};

/// Builds the reply. Details become elements of their names, those of a policy's denial children of AccessDeniedDetail;
/// DeleteMarker, VersionId, NextAppendPosition and RetryAfter become headers, EC replaces the table's number.
http::Response error_reply(const Error& error, const ErrorFrame& frame);

}  // namespace farshore::api::oss
