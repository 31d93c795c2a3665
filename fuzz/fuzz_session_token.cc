// SPDX-License-Identifier: Apache-2.0
// Security tokens: what was sealed opens to the same session, any other text is refused, and nothing of it is believed before its seal.
//
//   input := group(1) ...
#include <cstdint>
#include <string>

#include "base/check.h"
#include "codec/text.h"
#include "fuzz/input.h"
#include "identity/session_token.h"
#include "sim/world/sim_loop.h"

namespace {

using namespace farshore;
using namespace farshore::identity;

const SessionKeys& keys() {
  static const SessionKeys& made = *new SessionKeys(SessionKeys::derive(Secret(Bytes(32, 'k'))));
  return made;
}

void check_any(std::string_view token) {
  static_cast<void>(minting_region(token));
  const auto opened = open_session(keys(), token);
  FS_CHECK(!opened && opened.error().code() == ErrorCode::kInvalidSecurityToken);
}

void check_sealed(fuzz::Input& input) {
  sim::SimRandom random(1);
  SessionRecord record;
  record.kind = static_cast<SessionKind>(1 + input.below(3));
  record.access_key = AccessKeyId(std::string(input.text(40)));
  record.secret = Secret(Bytes(input.text(40)));
  record.account = AccountUid(std::string(input.text(20)));
  record.id = input.text(20);
  record.session_name = input.text(40);
  record.session_policy = input.text(200);
  record.issued_millis = static_cast<std::int64_t>(input.number());
  record.expires_millis = static_cast<std::int64_t>(input.number());
  record.minted_in = RegionId("cn-" + codec::hex_encode(input.text(20)));
  std::string token = seal_session(keys(), record, random);
  const auto region = minting_region(token);
  FS_CHECK(region.has_value() && *region == record.minted_in);
  const auto opened = open_session(keys(), token);
  FS_CHECK(opened.has_value());
  FS_CHECK(opened->kind == record.kind && opened->access_key == record.access_key && opened->secret.reveal() == record.secret.reveal());
  FS_CHECK(opened->account == record.account && opened->id == record.id && opened->session_name == record.session_name);
  FS_CHECK(opened->session_policy == record.session_policy && opened->issued_millis == record.issued_millis);
  FS_CHECK(opened->expires_millis == record.expires_millis && opened->minted_in == record.minted_in);
  const std::size_t at = input.number() % token.size();
  token[at] = static_cast<char>(token[at] ^ (1 + input.below(255)));
  FS_CHECK(!open_session(keys(), token).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  switch (input.below(3)) {
    case 0: check_any(input.rest()); break;
    case 1: check_any("CAIS" + codec::base64_encode(input.rest())); break;  // past the outer form
    default: check_sealed(input); break;
  }
  return 0;
}
