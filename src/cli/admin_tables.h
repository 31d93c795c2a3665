// SPDX-License-Identifier: Apache-2.0
// The operator's answers as tables for people. Pure: JSON in, text out.
#pragma once

#include <string>

#include "cli/admin_options.h"
#include "codec/json.h"

namespace farshore::cli {

/// The answer to a command, for a terminal; ends in a line feed.
std::string render_answer(AdminCommand command, const codec::JsonValue& answer);
/// One line per rule, for `progress --watch`.
std::string render_watch_lines(const codec::JsonValue& answer);
/// True when no rule of the answer has anything left to do: history settled, nothing pending, nothing parked.
bool all_settled(const codec::JsonValue& answer);
/// A refusal as one sentence: "farshore admin: …; did you mean 'photos'? (NoSuchBucket, request 5F…)".
std::string render_refusal(const codec::JsonValue& answer);

}  // namespace farshore::cli
