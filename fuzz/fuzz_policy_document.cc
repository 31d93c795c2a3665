// SPDX-License-Identifier: Apache-2.0
// Any bytes as a policy of each grammar: never a crash, errors name their element, and what was accepted behaves.
//
//   input := grammar(1) form(1) bytes        the document itself, or choices that a document is made from
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "fuzz/grammar.h"
#include "identity/policy_parser.h"
#include "model/policy.h"

namespace {

using namespace farshore;

constexpr std::string_view kNames[] = {
    "Version", "Statement", "Effect", "Action", "NotAction", "Resource", "Principal", "NotPrincipal", "Condition", "Sid", "RAM", "Service", "Federated",
    "StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringLike", "StringNotLike", "NumericEquals", "NumericLessThan", "DateLessThan",
    "DateGreaterThanEquals", "Bool", "IpAddress", "NotIpAddress", "acs:SourceIp", "acs:CurrentTime", "oss:Prefix", "acs:SecureTransport", "oss:x-oss-acl"};
constexpr std::string_view kValues[] = {
    "1", "Allow", "Deny", "*", "oss:*", "oss:ReplicatePut", "oss:Replicate*", "sts:AssumeRole", "kms:*", "acs:oss:*:*:dst-bucket/*", "acs:oss:*:*:*",
    "acs:oss:*:2000000000000002:dst-bucket", "acs:oss:cn-hangzhou:2000000000000002:dst-bucket/a:b/c", "arn:ram::1000000000000001:role/farcrr",
    "acs:ram::1000000000000001:root", "arn:sts::1000000000000001:assumed-role/farcrr/job1", "1000000000000001", "oss.aliyuncs.com",
    "acs:ram::1000000000000001:saml-provider/x", "10.0.0.0/8", "10.1.2.3", "logs/", "logs/*", "true", "false", "2026-01-01T00:00:00Z", "5", "0.5", "x"};

/// A document that was accepted: a Deny of everything beats it, and its Denies beat an Allow of everything.
void check_document(const PolicyDocument& document) {
  static const PolicyCaller& caller =
      *new PolicyCaller{PolicyCaller::Kind::kRoleSession, "1000000000000001", "300000000000000017", "farcrr", "job1"};
  RequestConditions conditions;
  conditions.set("acs:SourceIp", "10.1.2.3");
  conditions.set_instant("acs:CurrentTime", 1767225600000);
  conditions.set("oss:Prefix", "logs/");
  const PolicyRequest request{caller, "oss:ReplicatePut", "acs:oss:cn-hangzhou:2000000000000002:dst-bucket/a:b/c", conditions};
  const NamedPolicy one{"fuzz", &document};
  const PolicyOutcome outcome = evaluate({&one, 1}, request);
  FS_CHECK((outcome.statement == nullptr) == (outcome.verdict == PolicyVerdict::kImplicitDeny));
  bool allows = false;
  bool denies = false;
  for (const PolicyStatement& statement : document.statements) {
    if (statement_matches(statement, request)) (statement.effect == PolicyEffect::kAllow ? allows : denies) = true;
  }
  FS_CHECK(outcome.verdict == (denies ? PolicyVerdict::kExplicitDeny : allows ? PolicyVerdict::kAllow : PolicyVerdict::kImplicitDeny));
  PolicyDocument everything;
  everything.statements.emplace_back().actions.emplace_back("*");
  const NamedPolicy with_deny[] = {one, {"deny", &everything}};
  FS_CHECK(evaluate(with_deny, request).verdict == PolicyVerdict::kExplicitDeny);
  everything.statements.front().effect = PolicyEffect::kAllow;
  const NamedPolicy with_allow[] = {{"allow", &everything}, one};
  FS_CHECK(evaluate(with_allow, request).verdict == (denies ? PolicyVerdict::kExplicitDeny : PolicyVerdict::kAllow));
  if (is_public(document)) FS_CHECK(std::ranges::any_of(document.statements, [](const auto& statement) { return statement.effect == PolicyEffect::kAllow; }));
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
  FS_CHECK(second.has_value() || again.size() > text.size());
  if (!second) return;
  FS_CHECK((*second)->statements.size() == (*parsed)->statements.size());
  for (std::size_t i = 0; i < (*second)->statements.size(); ++i) FS_CHECK((*second)->statements[i].text == (*parsed)->statements[i].text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::size_t grammar = input.below(5);
  std::string text;
  switch (input.below(3)) {
    case 0: text = input.rest(); break;
    case 1: text = fuzz::json_of(input, {kNames, kValues}); break;
    default: text = R"({"Version":"1","Statement":)" + fuzz::json_of(input, {kNames, kValues}) + "}"; break;
  }
  switch (grammar) {
    case 0: try_grammar(text, [](std::string_view t) { return identity::parse_identity_policy(t); }); break;
    case 1: try_grammar(text, [](std::string_view t) { return identity::parse_session_policy(t); }); break;
    case 2: try_grammar(text, [](std::string_view t) { return identity::parse_trust_policy(t); }); break;
    case 3: try_grammar(text, [](std::string_view t) { return identity::parse_key_policy(t); }); break;
    default:
      try_grammar(text, [](std::string_view t) { return identity::parse_bucket_policy(t, BucketName("dst-bucket"), AccountUid("2000000000000002")); });
  }
  return 0;
}
