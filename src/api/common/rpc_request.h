// SPDX-License-Identifier: Apache-2.0
// RpcRequest: one call of an RPC-style API as it came: method, parameters, headers, and which action it means.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "api/common/rpc_fault.h"
#include "api/common/rpc_parameters.h"
#include "base/bytes.h"
#include "http/message.h"

namespace farshore::api {

/// How the caller proves who it is; decides where its common parameters are.
enum class RpcSigning : unsigned char {
  kAcs3,       ///< Authorization: ACS3-HMAC-SHA256 …, common parameters in x-acs-* headers
  kV1,         ///< a Signature parameter, common parameters among the others
  kAcsOther,   ///< another ACS scheme, which is refused by name
  kNone,
};

enum class RpcFormat : unsigned char { kJson, kXml };

/// A request body beyond this is refused: twice the largest document, percent-encoded.
inline constexpr std::size_t kRpcBodyBytesMax = 128 * 1024;

/// A value; the body has been read.
struct RpcRequest {
  std::string method;
  std::string host;
  http::Headers headers;
  Bytes body;
  RpcParameters parameters;
  std::string action, version;  ///< empty if missing
  RpcSigning signing = RpcSigning::kNone;
  RpcFormat format = RpcFormat::kJson;
};

/// Whether a request on a listener that serves OSS as well is meant for RAM, STS or KMS: its path is "/" and it names an action,
/// carries an ACS signature, or posts a form. Looks at the head alone and copies nothing.
bool is_rpc_request(const http::Request& request);

/// Puts together what the head and the body say.
///
/// Rule: RPC-style API, "Request": action and version come from the parameters or, under an ACS3 signature, from the headers
/// x-acs-action and x-acs-version; the parameters win. A V1 signature does not cover headers, so these are not read then.
/// Errors: kInvalidParameter (RpcParameters::parse).
Result<RpcRequest> read_rpc_request(const http::Request& head, Bytes body);

/// The answer's format, from Format or Accept; JSON if neither says. Needed for refusals, too.
RpcFormat rpc_format(const RpcParameters& parameters, const http::Headers& headers);

}  // namespace farshore::api
