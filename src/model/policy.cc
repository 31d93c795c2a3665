// SPDX-License-Identifier: Apache-2.0
// Evaluation of statements.
#include "model/policy.h"

#include <algorithm>

namespace farshore {
namespace {

bool names(const PolicyStatement& statement, const PolicyCaller& caller) {
  if (statement.whom == PolicyStatement::Whom::kHolder) return true;
  const bool listed = std::any_of(statement.principals.begin(), statement.principals.end(),
                                  [&](const PolicyPrincipal& one) { return one.matches(caller); });
  return listed == (statement.whom == PolicyStatement::Whom::kListed);
}

bool covers_action(const PolicyStatement& statement, std::string_view action) {
  const bool listed =
      std::any_of(statement.actions.begin(), statement.actions.end(), [&](const PolicyGlob& glob) { return glob.matches(action); });
  return listed != statement.all_actions_but;
}

bool covers_resource(const PolicyStatement& statement, std::string_view resource) {
  return statement.resources.empty() || std::any_of(statement.resources.begin(), statement.resources.end(),
                                                    [&](const PolicyResource& one) { return one.matches(resource); });
}

bool spared(const PolicyStatement& statement, Spare spare) {
  if (statement.effect != PolicyEffect::kDeny) return false;
  switch (spare) {
    case Spare::kNothing: return false;
    case Spare::kUnconditionalDenyForAll:
      return statement.whom == PolicyStatement::Whom::kListed && statement.names_everyone() && statement.conditions.empty();
    case Spare::kEveryDeny: return true;
  }
  return false;
}

/// Whether a condition confines a grant to somebody: addresses narrower than the whole Internet, a VPC, an access key.
bool pins(const PolicyCondition& condition) {
  if (condition.key == "acs:sourceip") {
    return condition.op == ConditionOperator::kIpAddress &&
           std::all_of(condition.values.begin(), condition.values.end(), [](const ConditionOperand& value) {
             // 96 bits of prefix are the whole of v4 in its mapped form.
             return value.range && value.range->prefix_bits != 0 && !(value.range->prefix_bits == 96 && value.text.contains('.'));
           });
  }
  const bool positive = condition.op == ConditionOperator::kStringEquals || condition.op == ConditionOperator::kStringEqualsIgnoreCase;
  return positive && (condition.key == "acs:sourcevpc" || condition.key == "acs:sourcevpcid" || condition.key == "acs:accessid");
}

}  // namespace

bool PolicyStatement::names_everyone() const {
  return std::any_of(principals.begin(), principals.end(),
                     [](const PolicyPrincipal& one) { return one.kind == PolicyPrincipal::Kind::kEveryone; });
}

bool statement_matches(const PolicyStatement& statement, const PolicyRequest& request) {
  return covers_action(statement, request.action) && covers_resource(statement, request.resource) && names(statement, request.caller) &&
         std::all_of(statement.conditions.begin(), statement.conditions.end(),
                     [&](const PolicyCondition& condition) { return condition.holds(request.conditions); });
}

PolicyOutcome evaluate(std::span<const NamedPolicy> policies, const PolicyRequest& request, PolicyReading reading) {
  PolicyOutcome outcome;
  for (const NamedPolicy& policy : policies) {
    if (policy.document == nullptr) continue;
    for (std::size_t i = 0; i < policy.document->statements.size(); ++i) {
      const PolicyStatement& statement = policy.document->statements[i];
      const bool deny = statement.effect == PolicyEffect::kDeny;
      if (!deny && outcome.verdict == PolicyVerdict::kAllow) continue;
      if (spared(statement, reading.spare) || (reading.ignore_public_allows && is_public(statement))) continue;
      if (!statement_matches(statement, request)) continue;
      outcome = {deny ? PolicyVerdict::kExplicitDeny : PolicyVerdict::kAllow, &statement, policy.name, i};
      if (deny) return outcome;
    }
  }
  return outcome;
}

bool may_deny(std::span<const NamedPolicy> policies, std::string_view action) {
  return std::any_of(policies.begin(), policies.end(), [&](const NamedPolicy& policy) {
    return policy.document != nullptr && std::any_of(policy.document->statements.begin(), policy.document->statements.end(), [&](const PolicyStatement& statement) {
             return statement.effect == PolicyEffect::kDeny && covers_action(statement, action);
           });
  });
}

bool allows_below(std::span<const NamedPolicy> policies, const PolicyRequest& request) {
  // A '*' at the end takes any rest, so what matches the beginning of the names matches all of them.
  const auto covers = [&](const PolicyResource& resource) { return resource.text().ends_with('*') && resource.matches(request.resource); };
  return std::any_of(policies.begin(), policies.end(), [&](const NamedPolicy& policy) {
    return policy.document != nullptr && std::any_of(policy.document->statements.begin(), policy.document->statements.end(), [&](const PolicyStatement& statement) {
             return statement.effect == PolicyEffect::kAllow && statement.conditions.empty() && covers_action(statement, request.action) &&
                    names(statement, request.caller) && std::any_of(statement.resources.begin(), statement.resources.end(), covers);
           });
  });
}

bool is_public(const PolicyStatement& statement) {
  if (statement.effect != PolicyEffect::kAllow || statement.whom == PolicyStatement::Whom::kHolder) return false;
  if (statement.whom == PolicyStatement::Whom::kListed && !statement.names_everyone()) return false;
  return std::none_of(statement.conditions.begin(), statement.conditions.end(), pins);
}

bool is_public(const PolicyDocument& document) {
  return std::any_of(document.statements.begin(), document.statements.end(),
                     [](const PolicyStatement& statement) { return is_public(statement); });
}

}  // namespace farshore
