// SPDX-License-Identifier: Apache-2.0
// Any bytes as a policy of each grammar: never a crash, errors name their element, and what was accepted behaves.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "identity/policy_parser.h"
#include "model/policy.h"

namespace {

using namespace farshore;

/// A document that was accepted: its statements read back alike, and a Deny of everything beats it.
void check_document(const PolicyDocument& document) {
  const PolicyCaller caller{PolicyCaller::Kind::kRoleSession, "1000000000000001", "300000000000000017", "farcrr", "job1"};
  RequestConditions conditions;
  conditions.set("acs:SourceIp", "10.1.2.3");
  conditions.set_instant("acs:CurrentTime", 1767225600000);
  conditions.set("oss:Prefix", "logs/");
  const PolicyRequest request{caller, "oss:ReplicatePut", "acs:oss:cn-hangzhou:2000000000000002:dst-bucket/a:b/c", conditions};
  const NamedPolicy one{"fuzz", &document};
  const PolicyOutcome outcome = evaluate({&one, 1}, request);
  FS_CHECK((outcome.statement == nullptr) == (outcome.verdict == PolicyVerdict::kImplicitDeny));
  PolicyDocument deny;
  deny.statements.emplace_back().actions.emplace_back("*");
  const NamedPolicy both[] = {one, {"deny", &deny}};
  FS_CHECK(evaluate(both, request).verdict == PolicyVerdict::kExplicitDeny);
  (void)is_public(document);
}

template <class Parse>
void try_grammar(std::string_view text, Parse parse) {
  const auto parsed = parse(text);
  if (!parsed) {
    FS_CHECK(!parsed.error().detail("Element").empty() || parsed.error().detail("Field") == "PolicySize");
    return;
  }
  check_document(**parsed);
  std::string again = R"({"Version":"1","Statement":[)";
  for (const PolicyStatement& statement : (*parsed)->statements) again += (again.back() == '[' ? "" : ",") + statement.text;
  again += "]}";
  // Compact spelling may still be longer than the original (escapes), so only what fits must be accepted.
  const auto second = parse(again);
  if (second) FS_CHECK((*second)->statements.size() == (*parsed)->statements.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try_grammar(text, [](std::string_view t) { return identity::parse_identity_policy(t); });
  try_grammar(text, [](std::string_view t) { return identity::parse_session_policy(t); });
  try_grammar(text, [](std::string_view t) { return identity::parse_trust_policy(t); });
  try_grammar(text, [](std::string_view t) { return identity::parse_key_policy(t); });
  try_grammar(text, [](std::string_view t) { return identity::parse_bucket_policy(t, BucketName("dst-bucket"), AccountUid("2000000000000002")); });
  (void)parse_principal(text, PrincipalPlace::kBucketPolicy);
  (void)parse_address_range(text);
  return 0;
}
