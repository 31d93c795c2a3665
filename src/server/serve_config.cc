// SPDX-License-Identifier: Apache-2.0
#include "server/serve_config.h"

#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "codec/text.h"
#include "server/toml.h"

namespace farshore::server {
namespace {

/// Reads fields of one table, noticing those nobody asked for.
class Section {
 public:
  Section(const toml::table* table, std::string name, const std::string& file) : table_(table), name_(std::move(name)), file_(file) {}

  Result<std::string> text(const char* field, std::optional<std::string> otherwise = {}) {
    seen_.insert(field);
    const toml::node* node = table_ == nullptr ? nullptr : table_->get(field);
    if (node == nullptr) {
      if (otherwise) return *otherwise;
      return problem(field, "is missing");
    }
    const auto value = node->value<std::string>();
    if (!value) return problem(field, "must be a string");
    return *value;
  }
  Result<bool> flag(const char* field, bool otherwise) {
    seen_.insert(field);
    const toml::node* node = table_ == nullptr ? nullptr : table_->get(field);
    if (node == nullptr) return otherwise;
    if (!node->is_boolean()) return problem(field, "must be true or false");
    return node->value_or(otherwise);
  }
  Result<std::uint64_t> number(const char* field, std::uint64_t least, std::uint64_t most) {
    seen_.insert(field);
    const toml::node* node = table_ == nullptr ? nullptr : table_->get(field);
    const auto value = node == nullptr ? std::nullopt : node->value<std::int64_t>();
    if (!value || *value < 0 || static_cast<std::uint64_t>(*value) < least || static_cast<std::uint64_t>(*value) > most) {
      return problem(field, fmt::format("must be a number from {} to {}", least, most));
    }
    return static_cast<std::uint64_t>(*value);
  }
  void expect(const char* field) { seen_.insert(field); }
  Result<void> no_others() const {
    if (table_ == nullptr) return {};
    for (const auto& [key, value] : *table_) {
      if (!seen_.contains(std::string(key.str()))) return problem(std::string(key.str()), "is not known; see docs/operating/serve.md");
    }
    return {};
  }
  Error problem(const std::string& field, const std::string& what) const {
    return Error(ErrorCode::kInvalidArgument, fmt::format("{}: {}{} {}", file_, name_.empty() ? "" : name_ + ".", field, what));
  }

 private:
  const toml::table* table_;
  std::string name_;
  const std::string& file_;
  std::set<std::string> seen_;
};

Result<NetworkAddress> address(const Section& section, const char* field, const std::string& text) {
  const auto colon = text.rfind(':');
  const auto port = colon == std::string::npos ? std::nullopt : codec::parse_decimal<std::uint16_t>(std::string_view(text).substr(colon + 1));
  if (!port) return section.problem(field, "must be host:port");
  std::string host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return NetworkAddress{std::move(host), *port};
}

/// The fields of [store] are those of LocalSettings.
Result<backend::LocalSettings> store_settings(const toml::table* table, const std::string& path) {
  backend::LocalSettings settings;
  if (table == nullptr) return settings;
  const Section section(table, "store", path);
  for (const auto& [key, node] : *table) {
    const std::string field(key.str());
    const auto value = node.value_exact<std::int64_t>();
    if (!value || *value < 0) return section.problem(field, "must be a number");
    if (auto set = settings.set(field, static_cast<std::uint64_t>(*value)); !set) {
      return section.problem(field, "is refused: " + set.error().message() + "; see docs/operating/serve.md");
    }
  }
  return settings;
}

}  // namespace

Result<ServeConfig> read_serve_config(const std::string& path) {
  TRY(const std::string text, read_file(path, 1 << 20));
  return parse_serve_config(text, path);
}

Result<ServeConfig> parse_serve_config(std::string_view text, const std::string& path) {
  toml::table file;
  try {
    file = toml::parse(text, path);
  } catch (const toml::parse_error& error) {
    return Error(ErrorCode::kInvalidArgument, fmt::format("{}: line {}: {}", path, error.source().begin.line, error.description()));
  } catch (const std::runtime_error& error) {
    return Error(ErrorCode::kInvalidArgument, fmt::format("{}: {}", path, error.what()));
  }
  const std::filesystem::path base = std::filesystem::absolute(path).parent_path();
  const auto resolve = [&](const std::string& name) { return (base / name).lexically_normal().string(); };

  ServeConfig config;
  Section top(&file, "", path);
  TRY(const std::string region, top.text("region"));
  config.region.id = RegionId(region);
  TRY(const std::string home, top.text("home"));
  config.region.home = RegionId(home);
  TRY(const std::string data, top.text("data"));
  config.region.data_directory = resolve(data);
  TRY(const std::string realm_key, top.text("realm_key", "realm.key"));
  config.realm_key_file = resolve(realm_key);
  TRY(config.log_level, top.text("log", "info"));
  for (const char* section : {"listen", "peer", "regions", "store"}) top.expect(section);
  TRY_OK(top.no_others());

  Section listen(file["listen"].as_table(), "listen", path);
  TRY(const std::string listen_address, listen.text("address"));
  TRY(config.listen, address(listen, "address", listen_address));
  TRY(const std::string certificate, listen.text("certificate", ""));
  TRY(const std::string key, listen.text("key", ""));
  TRY(config.plain_too, listen.flag("plain_too", false));
  if (certificate.empty() != key.empty()) return listen.problem("certificate", "and listen.key must be given together");
  if (!certificate.empty()) {
    TlsSettings tls;
    tls.certificate_file = resolve(certificate);
    tls.key_file = resolve(key);
    config.listen_tls = std::move(tls);
  }
  TRY_OK(listen.no_others());

  Section peer(file["peer"].as_table(), "peer", path);
  TRY(const std::string peer_address, peer.text("address"));
  TRY(config.peer_listen, address(peer, "address", peer_address));
  TRY(const std::string peer_certificate, peer.text("certificate"));
  TRY(const std::string peer_key, peer.text("key"));
  TRY(const std::string peer_ca, peer.text("ca"));
  config.peer_tls.certificate_file = resolve(peer_certificate);
  config.peer_tls.key_file = resolve(peer_key);
  config.peer_tls.ca_file = resolve(peer_ca);
  config.peer_tls.require_peer = true;
  config.region.require_peer_tls = true;
  TRY_OK(peer.no_others());

  if (file.contains("store") && !file["store"].is_table()) return top.problem("store", "must be a section: [store]");
  TRY(config.region.store, store_settings(file["store"].as_table(), path));

  const toml::array* regions = file["regions"].as_array();
  if (regions == nullptr || regions->empty()) return top.problem("regions", "is missing: list every region of the realm as [[regions]]");
  std::set<std::string> ids;
  std::set<std::uint64_t> numbers;
  for (const auto& node : *regions) {
    Section entry(node.as_table(), "regions", path);
    RealmRegion out;
    TRY(const std::string id, entry.text("id"));
    if (!valid_region_id(id)) return entry.problem("id", std::string(kRegionIdRule));
    out.id = RegionId(id);
    TRY(const std::uint64_t number, entry.number("number", 1, 65535));
    out.number = RegionNumber(static_cast<std::uint16_t>(number));
    if (!ids.insert(id).second || !numbers.insert(number).second) return entry.problem("id", "and number must be unique in the realm: " + id);
    TRY(const std::string where, entry.text("peer"));
    TRY(out.address, address(entry, "peer", where));
    TRY(out.extranet, entry.text("public"));
    out.https = config.listen_tls.has_value();  // a region behind a proxy that speaks TLS says so: https://host
    for (const std::string_view scheme : {"http://", "https://"}) {
      if (!out.extranet.starts_with(scheme)) continue;
      out.https = scheme == "https://";
      out.extranet.erase(0, scheme.size());
    }
    if (out.extranet.empty() || out.extranet.find('/') != std::string::npos) return entry.problem("public", "must be host:port, or a URL without a path");
    TlsSettings tls = config.peer_tls;
    tls.require_peer = false;
    tls.expected_peer_name = id;
    out.peer_tls = std::move(tls);
    out.names = {location_of(out.id)};
    out.names.push_back(codec::to_lower(out.extranet.substr(0, out.extranet.rfind(':'))));
    TRY_OK(entry.no_others());
    config.region.realm.push_back(std::move(out));
  }
  if (!ids.contains(region)) return top.problem("region", "is not among [[regions]]: " + region);
  if (!ids.contains(home)) return top.problem("home", "is not among [[regions]]: " + home);
  return config;
}

}  // namespace farshore::server
