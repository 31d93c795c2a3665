// SPDX-License-Identifier: Apache-2.0
#include "api/common/rpc_signature.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "codec/text.h"
#include "crypto/digest.h"

namespace farshore::api {
namespace {

using codec::percent_encode;

// Names sort as decoded text: the order before and after encoding differs for some characters.
std::string canonical_pairs(std::vector<codec::QueryItem> items) {
  std::ranges::sort(items, {}, &codec::QueryItem::name);
  std::string out;
  for (const auto& item : items) {
    if (!out.empty()) out += '&';
    out += percent_encode(item.name);
    out += '=';
    out += percent_encode(item.value);
  }
  return out;
}

std::string joined_values(const http::Headers& headers, std::string_view name) {
  auto values = headers.all(name);
  std::ranges::sort(values);
  return fmt::format("{}", fmt::join(values, ","));
}

}  // namespace

std::string v1_string_to_sign(std::string_view method, const std::vector<codec::QueryItem>& parameters) {
  std::vector<codec::QueryItem> signed_items;
  for (const auto& item : parameters) {
    if (item.name != "Signature") signed_items.push_back(item);
  }
  return fmt::format("{}&%2F&{}", method, percent_encode(canonical_pairs(std::move(signed_items))));
}

std::string v1_signature(const Secret& secret, std::string_view string_to_sign) {
  const Secret key(std::string(secret.reveal()) + '&');
  return codec::base64_encode(crypto::bytes_of(crypto::hmac_sha1(key.reveal(), string_to_sign)));
}

std::optional<Acs3Authorization> parse_acs3_authorization(std::string_view header) {
  if (!header.starts_with(kAcs3Algorithm)) return std::nullopt;
  header.remove_prefix(kAcs3Algorithm.size());
  if (header.empty() || header.front() != ' ') return std::nullopt;
  Acs3Authorization out;
  for (std::string_view part : codec::split(header, ',')) {
    part = codec::trim(part);
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view name = part.substr(0, equals);
    std::string_view* into = name == "Credential"      ? &out.access_key
                             : name == "SignedHeaders" ? &out.signed_headers_text
                             : name == "Signature"     ? &out.signature
                                                       : nullptr;
    if (into == nullptr || !into->empty()) return std::nullopt;
    *into = part.substr(equals + 1);
    if (into->empty()) return std::nullopt;
  }
  if (out.access_key.empty() || out.signed_headers_text.empty() || out.signature.empty()) return std::nullopt;
  out.signed_headers = codec::split(out.signed_headers_text, ';');
  return out;
}

std::string acs3_canonical_request(const Acs3Canonical& parts) {
  std::vector<std::string> names;
  for (const std::string_view name : parts.signed_headers) names.push_back(codec::to_lower(name));
  std::ranges::sort(names);
  std::string headers;
  for (const auto& name : names) headers += fmt::format("{}:{}\n", name, joined_values(parts.headers, name));
  return fmt::format("{}\n/\n{}\n{}\n{}\n{}", parts.method, canonical_pairs(parts.query), headers, parts.signed_headers_text,
                     parts.body_digest);
}

std::string acs3_signature(const Secret& secret, std::string_view canonical_request) {
  const std::string digest = codec::hex_encode(crypto::bytes_of(crypto::sha256(canonical_request)));
  const std::string text = fmt::format("{}\n{}", kAcs3Algorithm, digest);
  return codec::hex_encode(crypto::bytes_of(crypto::hmac_sha256(secret.reveal(), text)));
}

}  // namespace farshore::api
