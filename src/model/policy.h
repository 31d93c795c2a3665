// SPDX-License-Identifier: Apache-2.0
// PolicyDocument: a compiled policy, and the rule that evaluates a set of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/policy_condition.h"
#include "model/policy_pattern.h"
#include "model/policy_principal.h"

namespace farshore {

// Rule: RAM, "Limits": a custom policy or trust document has at most 6,144 characters.
inline constexpr std::size_t kPolicyCharactersMax = 6144;
// Rule: OSS, "Bucket policy": at most 16 KiB.
inline constexpr std::size_t kBucketPolicyBytesMax = 16 * 1024;
// Rule: STS, AssumeRole, Policy: at most 2,048 bytes.
inline constexpr std::size_t kSessionPolicyBytesMax = 2048;
// Rule: KMS, SetKeyPolicy: at most 32,768 bytes.
inline constexpr std::size_t kKeyPolicyBytesMax = 32768;

enum class PolicyEffect : std::uint8_t { kAllow, kDeny };

/// One entry, compiled. Immutable once its document is published; readable from anywhere.
struct PolicyStatement {
  enum class Whom : std::uint8_t {
    kHolder,  ///< identity policy: whoever it is attached to
    kListed,  ///< Principal
    kAllBut,  ///< NotPrincipal
  };
  std::string sid;
  PolicyEffect effect = PolicyEffect::kDeny;
  Whom whom = Whom::kHolder;
  std::vector<PolicyPrincipal> principals;
  bool all_actions_but = false;  ///< NotAction
  std::vector<PolicyGlob> actions;
  std::vector<PolicyResource> resources;  ///< empty (trust policies): the resource that carries the document
  std::vector<PolicyCondition> conditions;
  std::string text;  ///< the statement as JSON, for explanations

  /// Principal is, or holds, everyone.
  bool names_everyone() const;
};

/// A parsed document. identity/policy_parser.h makes it from text.
struct PolicyDocument {
  std::vector<PolicyStatement> statements;
};

/// A document and the name it is known by: "AliyunOSSFullAccess", "bucket policy".
struct NamedPolicy {
  std::string_view name;
  const PolicyDocument* document = nullptr;
};

/// A request as policies see it; holds references for the length of the call only.
struct PolicyRequest {
  const PolicyCaller& caller;
  std::string_view action;    ///< "oss:GetObject"
  std::string_view resource;  ///< "acs:oss:cn-hangzhou:1000000000000001:bucket/key"
  const RequestConditions& conditions;
};

enum class PolicyVerdict : std::uint8_t { kImplicitDeny, kAllow, kExplicitDeny };

/// What a set of policies says, and the statement that said it (null for an implicit deny).
struct PolicyOutcome {
  PolicyVerdict verdict = PolicyVerdict::kImplicitDeny;
  const PolicyStatement* statement = nullptr;
  std::string_view policy;    ///< name of its policy; points into the NamedPolicy
  std::size_t index = 0;      ///< of the statement in its document
};

/// Statements that evaluate() passes over.
enum class Spare : std::uint8_t {
  kNothing,
  kUnconditionalDenyForAll,  ///< Rule: OSS, "Bucket policy": such a Deny does not bind the bucket owner
  kEveryDeny,                ///< the owner's root and the bucket policy itself: nobody locks himself out
};

bool statement_matches(const PolicyStatement& statement, const PolicyRequest& request);

/// Which statements count.
struct PolicyReading {
  Spare spare = Spare::kNothing;
  bool ignore_public_allows = false;  ///< Rule: OSS, "Block Public Access": see is_public
};

/// Rule: RAM, "Policy evaluation": a matching Deny wins over any Allow; no match is an implicit deny.
PolicyOutcome evaluate(std::span<const NamedPolicy> policies, const PolicyRequest& request, PolicyReading reading = {});

/// What a set of policies says of an action whatever the rest of the request is, for callers that ask it again and again.
/// Any Deny that covers the action, whatever its resources, callers and conditions are.
bool may_deny(std::span<const NamedPolicy> policies, std::string_view action);
/// An Allow without conditions for the caller and the action that covers every resource whose name begins with request.resource.
bool allows_below(std::span<const NamedPolicy> policies, const PolicyRequest& request);

/// Rule: OSS, "Block Public Access": an Allow for everyone that no condition pins to addresses, a VPC or an access key.
bool is_public(const PolicyStatement& statement);
bool is_public(const PolicyDocument& document);

}  // namespace farshore
