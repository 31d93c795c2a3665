// SPDX-License-Identifier: Apache-2.0
// AssumeRole: temporary keys of a role for a user or another role's session.
#include "api/sts/sts_actions.h"

namespace farshore::api::sts {
namespace {

// Zero means "not said" to Sessions; said by a caller it is out of range like any other small number.
Result<std::uint32_t> duration_of(const RpcParameters& parameters) {
  TRY(const auto seconds, parameters.number<std::uint32_t>("DurationSeconds"));
  if (seconds == 0u) return wrong_parameter("DurationSeconds", "The Min value of DurationSeconds is 15min.");
  return seconds.value_or(0);
}

Result<identity::AssumeRole> read_request(const RpcCall& call) {
  const RpcParameters& from = call.parameters;
  // A session that does not carry the identity its caller asked for would be trusted for what it is not.
  if (from.text("SourceIdentity")) return Error(ErrorCode::kNotImplemented, "The parameter SourceIdentity is not implemented by this server.");
  identity::AssumeRole request;
  TRY(request.role_arn, from.required("RoleArn"));
  TRY(request.session_name, from.required("RoleSessionName"));
  TRY(request.duration_seconds, duration_of(from));
  request.policy = from.text_or_empty("Policy");
  request.external_id = from.text_or_empty("ExternalId");
  request.conditions = call.conditions;
  return request;
}

}  // namespace

Task<Result<RpcTree>> assume_role(OpContext, RpcServices services, RpcCall call) {
  CO_TRY(const auto request, read_request(call));
  CO_TRY(const auto session, services.sessions.assume_role(call.principal, request));
  RpcTree credentials;
  credentials.text("AccessKeyId", session.access_key.get()).text("AccessKeySecret", session.secret.reveal());
  credentials.text("SecurityToken", session.token).time("Expiration", session.expires_millis);
  co_return RpcTree()
      .tree("AssumedRoleUser", RpcTree().text("Arn", session.arn).text("AssumedRoleId", session.principal_id))
      .tree("Credentials", std::move(credentials));
}

}  // namespace farshore::api::sts
