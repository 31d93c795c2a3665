// SPDX-License-Identifier: Apache-2.0
// Explanations: what a rule answers when it is asked why a version is not at the destination.
#pragma once

#include "sim/checkers/agreement.h"

namespace farshore::sim {

/// Asks for the key of an operation: the answer has a reason and a sentence, never says "delivered" of what is not there, gives a
/// skipping reason for what the rule never carries and none for what it does.
void check_explanation(World& world, const SimRule& rule, const RuleFacts& facts, const ClientOp& op);

}  // namespace farshore::sim
