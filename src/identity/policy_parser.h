// SPDX-License-Identifier: Apache-2.0
// Policy documents from their JSON text: the grammars of identity, session, bucket, trust and key policies.
#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"
#include "model/ids.h"
#include "model/policy.h"

namespace farshore::identity {

using PolicyPointer = std::shared_ptr<const PolicyDocument>;

/// Errors of all: the code named, a message that names the element and the remedy, details "Element" (for example
/// "Statement[0].Principal") and "Remedy". Pure functions.
///
/// Accepted beyond the letter of the grammar: a single statement object instead of a list, numbers and booleans for
/// text, unknown actions and condition keys (they never match). Refused: unknown elements and operators, NotResource.

/// Attached to users and roles: Resource, no Principal; at most 6,144 characters. Error: kMalformedPolicyDocument.
Result<PolicyPointer> parse_identity_policy(std::string_view text);
/// Given to AssumeRole: the same grammar, at most 2,048 bytes.
/// Error: kInvalidParameter, detail "Field" is "PolicyGrammar" or "PolicySize".
Result<PolicyPointer> parse_session_policy(std::string_view text);
/// Principal or NotPrincipal as a list, every Resource in the bucket itself; at most 16 KiB. Error: kInvalidPolicyDocument.
Result<PolicyPointer> parse_bucket_policy(std::string_view text, const BucketName& bucket, const AccountUid& owner);
/// Principal {RAM, Service, Federated}, no Resource, actions of sts. Error: kInvalidParameter, detail "Field" is
/// "AssumeRolePolicyDocument". Whether the named users and roles exist is the caller's to check (Roles does).
Result<PolicyPointer> parse_trust_policy(std::string_view text);
/// Principal {RAM}, Resource "*", actions of kms; at most 32 KiB. Error: kInvalidParameter, detail "Field" is "Policy".
Result<PolicyPointer> parse_key_policy(std::string_view text);

}  // namespace farshore::identity
