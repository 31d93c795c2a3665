// SPDX-License-Identifier: Apache-2.0
// OlderSender: what a sender of a former life, or of a former opening, asks for late is refused by the destination.
#pragma once

#include "sim/realm/world.h"

namespace farshore::sim {

/// The rule's stream has been opened, and both regions are up. The stream stays as it is.
void check_older_sender(World& world, const SimRule& rule);
/// The same of a call that says what is settled, and was sent under another opening of the stream: what was acknowledged then may be gone.
void check_late_settle(World& world, const SimRule& rule);

}  // namespace farshore::sim
