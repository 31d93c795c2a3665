// SPDX-License-Identifier: Apache-2.0
#include "server/realm_setup.h"

#include <algorithm>

#include <fmt/format.h>

#include "codec/text.h"
#include "platform/system_random.h"
#include "server/certificates.h"
#include "server/realm.h"
#include "server/toml.h"

namespace farshore::server {
namespace {

/// What DIR/realm.toml remembers.
struct Entry {
  RegionSetup setup;
  unsigned number = 0;
};

bool valid_host(std::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == ':';
  });
}

Result<std::vector<Entry>> read_realm(const std::string& directory) {
  const std::string path = directory + "/realm.toml";
  TRY(const std::string text, read_file(path, 1 << 20));
  std::vector<Entry> entries;
  try {
    const toml::table table = toml::parse(text, path);
    const toml::array* regions = table["regions"].as_array();
    if (regions == nullptr) return Error(ErrorCode::kCorrupt, path + " lists no regions");
    for (const auto& node : *regions) {
      const toml::table* region = node.as_table();
      if (region == nullptr) return Error(ErrorCode::kCorrupt, path + " lists a region that is no table");
      Entry entry;
      entry.setup.id = (*region)["id"].value_or(std::string());
      entry.setup.host = (*region)["host"].value_or(std::string());
      entry.setup.client_port = static_cast<unsigned>((*region)["client_port"].value_or(0));
      entry.setup.peer_port = static_cast<unsigned>((*region)["peer_port"].value_or(0));
      entry.number = static_cast<unsigned>((*region)["number"].value_or(0));
      entries.push_back(std::move(entry));
    }
  } catch (const toml::parse_error& error) {
    return Error(ErrorCode::kCorrupt, fmt::format("{}: line {}: {}", path, error.source().begin.line, error.description()));
  } catch (const std::runtime_error& error) {
    return Error(ErrorCode::kCorrupt, fmt::format("{}: {}", path, error.what()));
  }
  return entries;
}

Result<void> write_realm(const std::string& directory, const std::vector<Entry>& entries) {
  std::string text = "# The regions of this realm. Written by `farshore admin realm`; numbers are never reused.\n";
  for (const Entry& entry : entries) {
    text += fmt::format("\n[[regions]]\nid = \"{}\"\nnumber = {}\nhost = \"{}\"\nclient_port = {}\npeer_port = {}\n", entry.setup.id, entry.number, entry.setup.host,
                        entry.setup.client_port, entry.setup.peer_port);
  }
  return write_file(directory + "/realm.toml", text, 0644);
}

/// A host as it stands before a port.
std::string before_port(const std::string& host) { return host.find(':') == std::string::npos ? host : "[" + host + "]"; }

/// The region's own configuration; `farshore serve` reads it.
std::string region_toml(const std::vector<Entry>& entries, const Entry& self) {
  std::string text = fmt::format(
      "# farshore serve --config farshore.toml        (docs/operating/serve.md)\n"
      "region = \"{}\"\nhome = \"{}\"\ndata = \"data\"\nrealm_key = \"realm.key\"\nlog = \"info\"\n\n"
      "[listen]            # clients: OSS, RAM, STS, metrics, administration\naddress = \"0.0.0.0:{}\"\ncertificate = \"cert.pem\"\nkey = \"key.pem\"\nplain_too = false\n\n"
      "[peer]              # the other regions, mutual TLS\naddress = \"0.0.0.0:{}\"\ncertificate = \"cert.pem\"\nkey = \"key.pem\"\nca = \"ca.pem\"\n",
      self.setup.id, entries.front().setup.id, self.setup.client_port, self.setup.peer_port);
  for (const Entry& entry : entries) {
    const std::string host = before_port(entry.setup.host);
    text += fmt::format("\n[[regions]]\nid = \"{}\"\nnumber = {}\npeer = \"{}:{}\"\npublic = \"https://{}:{}\"\n", entry.setup.id, entry.number, host, entry.setup.peer_port, host,
                        entry.setup.client_port);
  }
  return text;
}

Result<void> write_region(const std::string& directory, const std::vector<Entry>& entries, const Entry& entry, const Certificate& authority, const RealmSecrets& secrets) {
  const std::string folder = directory + "/" + entry.setup.id;
  TRY_OK(make_directories(folder));
  TRY_OK(write_file(folder + "/farshore.toml", region_toml(entries, entry), 0644));
  if (const auto present = read_file(folder + "/cert.pem", 1 << 20); present) return {};
  TRY(const Certificate certificate, issue_certificate(authority, entry.setup.id, entry.setup.host));
  TRY_OK(write_file(folder + "/ca.pem", authority.certificate, 0644));
  TRY_OK(write_file(folder + "/key.pem", certificate.key.reveal(), 0600));
  TRY_OK(write_realm_secrets(folder + "/realm.key", secrets));
  return write_file(folder + "/cert.pem", certificate.certificate, 0644);
}

Result<std::string> write_all(const std::string& directory, const std::vector<Entry>& entries, const Certificate& authority, const RealmSecrets& secrets) {
  TRY_OK(write_realm(directory, entries));
  std::string next = "Carry each folder to its host over a safe way (it holds keys), and start there:\n";
  for (const Entry& entry : entries) {
    TRY_OK(write_region(directory, entries, entry, authority, secrets));
    next += fmt::format("  {}/{}  ->  {}:  farshore serve --config farshore.toml\n", directory, entry.setup.id, entry.setup.host);
  }
  next += fmt::format("Keep {}/authority here, away from those hosts. The home region is {}.\n", directory, entries.front().setup.id);
  return next;
}

}  // namespace

Result<RegionSetup> parse_region_setup(std::string_view text) {
  const auto expected = [&] {
    return Error(ErrorCode::kInvalidArgument, fmt::format("\"{}\" is not ID=HOST or ID=HOST:PORT,PEER-PORT, for example cn-hangzhou=10.0.0.1 or cn-beijing=b.example.net:8080,8443", text));
  };
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) return expected();
  RegionSetup setup;
  setup.id = std::string(text.substr(0, equals));
  std::string_view where = text.substr(equals + 1);
  if (const auto comma = where.rfind(','); comma != std::string_view::npos) {
    const auto port = codec::parse_decimal<std::uint16_t>(where.substr(comma + 1));
    if (!port) return expected();
    setup.peer_port = *port;
    where = where.substr(0, comma);
  }
  // An IPv6 address stands in brackets where a port follows, and may otherwise.
  const auto bracket = where.starts_with('[') ? where.find(']') : std::string_view::npos;
  const std::string_view behind = bracket == std::string_view::npos ? where : where.substr(bracket);
  if (const auto colon = behind.find(':'); colon != std::string_view::npos && (bracket != std::string_view::npos || behind.rfind(':') == colon)) {
    const auto port = codec::parse_decimal<std::uint16_t>(behind.substr(colon + 1));
    if (!port) return expected();
    setup.client_port = *port;
    where.remove_suffix(behind.size() - colon);
  }
  if (where.starts_with('[') && where.ends_with(']')) where = where.substr(1, where.size() - 2);
  setup.host = std::string(where);
  if (!valid_region_id(setup.id) || !valid_host(setup.host) || setup.client_port == 0 || setup.peer_port == 0) return expected();
  return setup;
}

Result<std::string> realm_init(const std::string& directory, const std::vector<RegionSetup>& regions) {
  if (regions.empty()) return Error(ErrorCode::kInvalidArgument, "name at least one region: --region cn-hangzhou=10.0.0.1");
  if (const auto present = read_realm(directory); present || present.error().code() != ErrorCode::kNotFound) {
    return Error(ErrorCode::kEntityAlreadyExists, directory + " already holds a realm; add regions with `realm join`");
  }
  std::vector<Entry> entries;
  for (const RegionSetup& region : regions) {
    if (std::any_of(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.setup.id == region.id; })) {
      return Error(ErrorCode::kInvalidArgument, fmt::format("the region {} is named twice", region.id));
    }
    entries.push_back(Entry{region, static_cast<unsigned>(entries.size() + 1)});
  }
  platform::SystemRandom random;
  TRY_OK(make_directories(directory + "/authority"));
  const RealmSecrets secrets = make_realm_secrets(random);
  TRY(const Certificate authority, make_authority(secrets.realm));
  TRY_OK(write_file(directory + "/authority/ca.pem", authority.certificate, 0644));
  TRY_OK(write_file(directory + "/authority/ca.key", authority.key.reveal(), 0600));
  TRY_OK(write_realm_secrets(directory + "/authority/realm.key", secrets));
  return write_all(directory, entries, authority, secrets);
}

Result<std::string> realm_join(const std::string& directory, const std::vector<RegionSetup>& regions) {
  auto entries = read_realm(directory);
  if (!entries) return Error(entries.error().code(), fmt::format("{} holds no realm: {}", directory, entries.error().message()));
  unsigned highest = 0;
  for (const Entry& entry : *entries) highest = std::max(highest, entry.number);
  for (const RegionSetup& region : regions) {
    if (std::any_of(entries->begin(), entries->end(), [&](const Entry& entry) { return entry.setup.id == region.id; })) {
      return Error(ErrorCode::kEntityAlreadyExists, fmt::format("the region {} is in the realm already", region.id));
    }
    entries->push_back(Entry{region, ++highest});
  }
  TRY(const RealmSecrets secrets, read_realm_secrets(directory + "/authority/realm.key"));
  Certificate authority;
  TRY(authority.certificate, read_file(directory + "/authority/ca.pem", 1 << 20));
  TRY(std::string key, read_file(directory + "/authority/ca.key", 1 << 20));
  authority.key = Secret(std::move(key));
  TRY(const std::string next, write_all(directory, *entries, authority, secrets));
  return next + "Every region's farshore.toml names the new regions: carry it over and restart those that were there.\n";
}

}  // namespace farshore::server
