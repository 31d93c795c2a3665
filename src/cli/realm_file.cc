// SPDX-License-Identifier: Apache-2.0
#include "cli/realm_file.h"

#include <cstdio>
#include <memory>

#include <fmt/format.h>

#include "codec/json.h"
#include "codec/text.h"

namespace farshore::cli {
namespace {

Result<std::string> read_small_file(const std::string& path) {
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "rb"));
  if (!file) return Error(ErrorCode::kNotFound, path + " cannot be read");
  std::string content(1 << 20, '\0');
  content.resize(std::fread(content.data(), 1, content.size(), file.get()));
  return content;
}

Result<std::string> text_of(const codec::JsonValue& object, std::string_view name) {
  if (const auto text = object.find_string(name)) return std::string(*text);
  return Error(ErrorCode::kCorrupt, fmt::format("realm.json: the field {} is missing", name));
}

}  // namespace

Result<RealmFile> parse_realm_file(std::string_view text) {
  auto document = codec::parse_json(text);
  if (!document) return Error(ErrorCode::kCorrupt, "realm.json is not JSON: " + document.error().message());
  RealmFile realm;
  TRY(realm.identity_endpoint, text_of(*document, "identity_endpoint"));
  const codec::JsonValue* regions = document->find("regions");
  const codec::JsonValue* accounts = document->find("accounts");
  if (regions == nullptr || !regions->is_array()) return Error(ErrorCode::kCorrupt, "realm.json: the field regions is missing");
  if (accounts == nullptr || !accounts->is_array()) return Error(ErrorCode::kCorrupt, "realm.json: the field accounts is missing");
  for (const codec::JsonValue& entry : regions->array()) {
    RealmFile::Region region;
    TRY(region.id, text_of(entry, "id"));
    TRY(region.location, text_of(entry, "location"));
    TRY(region.endpoint, text_of(entry, "endpoint"));
    realm.regions.push_back(std::move(region));
  }
  for (const codec::JsonValue& entry : accounts->array()) {
    RealmFile::Account account;
    TRY(account.name, text_of(entry, "name"));
    TRY(account.uid, text_of(entry, "uid"));
    TRY(account.access_key_id, text_of(entry, "access_key_id"));
    TRY(std::string secret, text_of(entry, "access_key_secret"));
    account.access_key_secret = Secret(std::move(secret));
    realm.accounts.push_back(std::move(account));
  }
  if (realm.regions.empty()) return Error(ErrorCode::kCorrupt, "realm.json names no region");
  return realm;
}

Result<RealmFile> read_realm_file(const std::string& directory) {
  const auto text = read_small_file(directory + "/realm.json");
  if (!text) {
    return Error(ErrorCode::kNotFound, fmt::format("{}/realm.json cannot be read: start the realm with `farshore dev --data {}` first, or name another directory",
                                                   directory, directory));
  }
  return parse_realm_file(*text);
}

Result<Secret> read_operator_key(const std::string& path) {
  const auto text = read_small_file(path);
  if (!text) return Error(ErrorCode::kNotFound, fmt::format("the operator key {} cannot be read: it is made when the region first starts, for its user alone", path));
  const auto bytes = codec::hex_decode(codec::trim(*text));
  if (!bytes || bytes->size() != 32) return Error(ErrorCode::kCorrupt, fmt::format("{} does not hold 64 hex digits", path));
  return Secret(*bytes);
}

}  // namespace farshore::cli
