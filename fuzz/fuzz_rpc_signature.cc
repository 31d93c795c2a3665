// SPDX-License-Identifier: Apache-2.0
// Signatures of the RPC-style API, versions 1 and 3: any request is judged without harm, what the signer signs is let in once, and what
// is covered cannot be changed.
//
//   input := group(1) action LF (name '=' value LF)* LF ...
#include <cstdint>
#include <string>

#include "api/common/rpc_authentication.h"
#include "api/common/rpc_sign.h"
#include "api/common/rpc_signature.h"
#include "backend/memory/memory_store.h"
#include "base/check.h"
#include "codec/date.h"
#include "fuzz/input.h"
#include "identity/accounts.h"
#include "sim/world/sim_loop.h"

namespace {

using namespace farshore;

/// A realm with one account, made once; nonces are spent anew in every run.
struct World {
  World() {
    FS_CHECK(sim::run(loop, directory.load({})).has_value());
    directory.become_home(1);
    identity::CreateAccount account;
    account.name = "source";
    account.uid = AccountUid("1000000000000001");
    const auto created = sim::run(loop, accounts.create({}, std::move(account))).value();
    keys = {created.root_key.id.get(), created.root_key.secret, ""};
    FS_CHECK(sim::run(loop, sessions.ensure_minting_key({})).has_value());
  }
  sim::SimLoop loop;
  sim::SimNode node{loop};
  backend::MemoryStore store{node.runtime, RegionNumber(1)};
  identity::DirectoryStore directory{node.runtime, sim::run(loop, store.open({}, kDirectoryPartition)).value()};
  identity::RealmSecretSealer sealer{Secret(std::string(32, 'k')), loop.random()};
  identity::Accounts accounts{node.runtime, directory, sealer};
  identity::Sessions sessions{node.runtime, directory, sealer, RegionId("cn-hangzhou")};
  identity::Authentication authentication{directory, sessions, sealer};
  api::RpcKeys keys;
};

World& world() {
  static World& made = *new World();
  return made;
}

constexpr std::string_view kNonce = "nonce";

/// A request as it arrives at the server.
struct Sent {
  http::Request head;
  Bytes body;
};

api::RpcResult<identity::Principal> judge(api::RpcAuthentication& door, const Sent& sent) {
  http::Request head;
  head.method = sent.head.method;
  head.raw_path = "/";
  head.raw_query = sent.head.raw_query;
  head.host = sent.head.host;
  head.headers = sent.head.headers;
  const auto request = api::read_rpc_request(head, sent.body);
  if (!request) return api::RpcFault{400, "InvalidParameter", "", {}, 0, {}};
  return door.authenticate(*request);
}

std::vector<std::pair<std::string, std::string>> read_pairs(fuzz::Input& input) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (auto line = input.line(); !line.empty(); line = input.line()) {
    const std::size_t equals = line.find('=');
    if (equals != BytesView::npos) pairs.emplace_back(line.substr(0, equals), line.substr(equals + 1));
  }
  return pairs;
}

Sent sign_v3(World& world, const std::string& action, std::vector<std::pair<std::string, std::string>> pairs, bool as_form) {
  http::ClientRequest made = api::sign_rpc({"ram.example.net", "2015-05-01", action, std::move(pairs), as_form}, world.keys, world.node.clock.now(), kNonce);
  Sent sent;
  sent.head.method = made.method;
  const std::size_t mark = made.target.find('?');
  if (mark != std::string::npos) sent.head.raw_query = made.target.substr(mark + 1);
  sent.head.headers = std::move(made.headers);
  sent.head.host = "ram.example.net";
  sent.body = Bytes(made.bytes.view());
  return sent;
}

Sent sign_v1(World& world, const std::string& action, const std::vector<std::pair<std::string, std::string>>& pairs, bool as_form) {
  codec::Query query;
  query.add("Action", action).add("Version", "2015-05-01").add("AccessKeyId", world.keys.access_key).add("SignatureMethod", "HMAC-SHA1");
  query.add("SignatureVersion", "1.0").add("SignatureNonce", kNonce).add("Timestamp", codec::format_iso_seconds(world.node.clock.now().millis()));
  for (const auto& [name, value] : pairs) query.add(name, value);
  query.add("Signature", api::v1_signature(world.keys.secret, api::v1_string_to_sign("POST", query.items())));
  Sent sent;
  sent.head.method = "POST";
  sent.head.host = "ram.example.net";
  if (as_form) {
    sent.head.headers.add("content-type", "application/x-www-form-urlencoded");
    sent.body = query.text();
  } else {
    sent.head.raw_query = query.text();
  }
  return sent;
}

bool is_signature_fault(const api::RpcResult<identity::Principal>& judged) {
  return !judged && judged.error().status < 500 && !judged.error().code.empty();
}

void check_signed(fuzz::Input& input, std::uint8_t form) {
  World& here = world();
  api::RpcAuthentication door(here.authentication, here.node.clock);
  const std::string action(input.line());
  const auto pairs = read_pairs(input);
  const bool v3 = (form & 2) != 0;
  const bool as_form = (form & 4) != 0;
  Sent sent = v3 ? sign_v3(here, action, pairs, as_form) : sign_v1(here, action, pairs, as_form);
  const auto judged = judge(door, sent);
  // Pairs of the fuzzer may repeat or overrule what the signer adds; then the request is refused, never let in by mistake.
  if (!judged) {
    FS_CHECK(is_signature_fault(judged));
    return;
  }
  FS_CHECK(judged->is_root_of(AccountUid("1000000000000001")));
  FS_CHECK(!judge(door, sent).has_value());  // the nonce is spent
  // One changed byte of what is signed: the query, the form, or a signed header.
  switch (input.below(3)) {
    case 0: sent.head.raw_query += sent.head.raw_query.empty() ? "Zz=1" : "&Zz=1"; break;
    case 1: (v3 || as_form ? sent.body : sent.head.raw_query) += "&Zz=1"; break;
    default:
      if (!v3) return;
      sent.head.headers.set("x-acs-action", action + "x");
  }
  const auto changed = judge(door, sent);
  FS_CHECK(!changed && changed.error().code != "SignatureNonceUsed");
}

void check_any(fuzz::Input& input) {
  api::RpcAuthentication door(world().authentication, world().node.clock);
  Sent sent;
  sent.head.method = "POST";
  sent.head.raw_query = input.line();
  for (auto line = input.line(); !line.empty(); line = input.line()) {
    const std::size_t colon = line.find(':');
    if (colon != BytesView::npos) sent.head.headers.add(line.substr(0, colon), line.substr(colon + 1));
  }
  sent.body = input.rest();
  const auto authorization = api::parse_acs3_authorization(sent.head.headers.get("authorization"));
  if (authorization) FS_CHECK(!authorization->access_key.empty() && !authorization->signature.empty() && !authorization->signed_headers.empty());
  FS_CHECK(is_signature_fault(judge(door, sent)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::uint8_t form = input.byte();
  if ((form & 1) != 0) {
    check_any(input);
  } else {
    check_signed(input, form);
  }
  return 0;
}
