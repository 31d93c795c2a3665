// SPDX-License-Identifier: Apache-2.0
#include "sim/checkers/explanations.h"

namespace farshore::sim {

using replication::Reason;

void check_explanation(World& world, const SimRule& rule, const RuleFacts& facts, const ClientOp& op) {
  if (!world.region(rule.source.region).up() || op.fate != OpFate::kAcknowledged || op.kind != OpKind::kPut) return;
  struct Call {
    static Task<Result<std::vector<replication::Explanation>>> ask(World* world, SimRule rule, std::string key, std::optional<VersionId> id) {
      CO_TRY(auto bucket, co_await world->open(rule.source));
      co_return co_await world->region(rule.source.region).rules().explain(OpContext(), bucket, ObjectKey(std::move(key)), std::move(id));
    }
  };
  std::optional<VersionId> id;
  if (rule.source.versioned) id = op.id;
  const std::string key = op.key;
  const auto all = world.run(Call::ask(&world, rule, key, id));
  if (!all) return;  // its store has failed, or the rule is gone
  for (const replication::Explanation& out : *all) {
    if (out.rule != rule.id) continue;
    world.trace().count(fmt::format("replication.explained={}", replication::reason_name(out.reason)));
    const auto say = [&](std::string_view what) {
      world.violate(fmt::format("rule {} -> {} explains {}: {}, {}: {}", rule.source.name.get(), rule.destination.name.get(), key, replication::reason_name(out.reason), out.text, what));
    };
    if (out.text.empty()) say("no sentence");
    const bool skips = out.reason == Reason::kOutsidePrefixes || out.reason == Reason::kActionExcludesPut || out.reason == Reason::kIsReplica || out.reason == Reason::kColdArchive ||
                       out.reason == Reason::kKmsNotSelected;
    if (out.reason == Reason::kDelivered && !out.at_destination.value_or(false)) say("it is not there");
    if (!out.at_source || !rule.source.versioned) continue;
    const bool carried = facts.carries(key) && facts.puts && !op.cold;
    // Under the alias `null` another version may stand by now than the one that the client wrote: a replica, which no rule carries.
    const bool other = op.id.is_null() && out.reason == Reason::kIsReplica;
    if (skips && carried && !other) say("the rule carries it");
    if (!skips && !carried && out.at_destination.has_value() && !*out.at_destination) say("the rule does not carry it");
  }
}

}  // namespace farshore::sim
