// SPDX-License-Identifier: Apache-2.0
// Files that operators write and carry: the settings of `farshore serve`, realm.key, realm.json, regions on the command line. Never a
// crash; what is refused says which field; what is accepted has what the server relies on.
//
//   input := which(1) text
#include <cstdint>
#include <string>

#include "base/check.h"
#include "cli/realm_file.h"
#include "codec/json.h"
#include "fuzz/input.h"
#include "server/realm.h"
#include "server/realm_setup.h"
#include "server/serve_config.h"

namespace {

using namespace farshore;

/// A settings file from choices: every line is a field of some section.
std::string settings_of(fuzz::Input& input) {
  constexpr std::string_view kLines[] = {
      "region = \"cn-a\"", "home = \"cn-a\"", "data = \"data\"", "realm_key = \"k\"", "log = \"debug\"", "[listen]", "[peer]", "[store]",
      "[[regions]]", "address = \"127.0.0.1:80\"", "address = \"[::1]:8443\"", "certificate = \"c\"", "key = \"k\"", "ca = \"a\"", "plain_too = true",
      "id = \"cn-a\"", "id = \"cn-b\"", "number = 1", "number = 2", "number = 70000", "peer = \"h:1\"", "public = \"https://h:2\"",
      "public = \"h:2/\"", "region = 5", "listen = 5", "store = 5", "regions = []", "regions = [5]", "x = 1", "address = \"h\"", "id = \"\"",
      "segment_bytes = 67108864"};
  std::string out;
  while (!input.empty()) {
    const std::size_t which = input.byte();
    if (which == 255) {
      out += input.text(30);
    } else {
      out += kLines[which % std::size(kLines)];
    }
    out += '\n';
  }
  return out;
}

/// The table of letters beyond ASCII that toml++ 3.3.0 has is read with undefined behaviour.
bool trips_the_library(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

void check_settings(std::string_view text) {
  if (trips_the_library(text)) return;
  const auto config = server::parse_serve_config(text, "/etc/farshore.toml");
  if (!config) {
    FS_CHECK(config.error().code() == ErrorCode::kInvalidArgument && config.error().message().starts_with("/etc/farshore.toml: "));
    return;
  }
  bool here = false;
  bool home = false;
  for (const auto& region : config->region.realm) {
    here = here || region.id == config->region.id;
    home = home || region.id == config->region.home;
    FS_CHECK(region.number.get() > 0 && region.peer_tls && region.peer_tls->expected_peer_name == region.id.get() && !region.extranet.empty());
  }
  FS_CHECK(here && home && config->region.require_peer_tls && config->peer_tls.require_peer && !config->peer_tls.ca_file.empty());
}

void check_secrets(std::string_view text) {
  if (trips_the_library(text)) return;
  const auto secrets = server::parse_realm_secrets(text, "realm.key");
  if (!secrets) {
    FS_CHECK(secrets.error().code() == ErrorCode::kCorrupt);
    return;
  }
  FS_CHECK(secrets->realm.size() == 32 && secrets->peer_secret.reveal().size() == 32 && secrets->directory_key.reveal().size() == 32);
}

void check_realm_file(std::string_view text) {
  const auto realm = cli::parse_realm_file(text);
  if (!realm) {
    FS_CHECK(realm.error().code() == ErrorCode::kCorrupt);
    return;
  }
  codec::JsonWriter json;
  json.begin_object().member("identity_endpoint", realm->identity_endpoint).name("regions").begin_array();
  for (const auto& region : realm->regions) {
    json.begin_object().member("id", region.id).member("location", region.location).member("endpoint", region.endpoint).end_object();
  }
  json.end_array().name("accounts").begin_array();
  for (const auto& account : realm->accounts) {
    json.begin_object().member("name", account.name).member("uid", account.uid).member("access_key_id", account.access_key_id);
    json.member("access_key_secret", account.access_key_secret.reveal()).end_object();
  }
  const auto again = cli::parse_realm_file(json.end_array().end_object().take());
  FS_CHECK(again.has_value() && again->regions.size() == realm->regions.size() && again->accounts.size() == realm->accounts.size());
  FS_CHECK(again->regions.front().endpoint == realm->regions.front().endpoint);
}

void check_region_setup(std::string_view text) {
  const auto setup = server::parse_region_setup(text);
  if (!setup) return;
  FS_CHECK(!setup->id.empty() && !setup->host.empty() && setup->client_port > 0 && setup->client_port < 65536 && setup->peer_port < 65536);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  switch (input.below(5)) {
    case 0: check_settings(input.rest()); break;
    case 1: check_settings(settings_of(input)); break;
    case 2: check_secrets(input.rest()); break;
    case 3: check_realm_file(input.rest()); break;
    default: check_region_setup(input.rest()); break;
  }
  return 0;
}
