// SPDX-License-Identifier: Apache-2.0
#include "api/oss/error_reply.h"

#include <algorithm>
#include <array>
#include <optional>

#include "codec/date.h"
#include "codec/text.h"
#include "codec/xml.h"

namespace farshore::api::oss {
namespace {

constexpr std::array kDenialDetails = std::to_array<std::string_view>({"PolicyType", "AuthPrincipalOwnerId", "AuthPrincipalType", "AuthPrincipalDisplayName",
                                                                       "AuthAction", "NoPermissionType", "Policy", "Statement"});
/// Details that travel as headers, or are for the server alone.
constexpr std::array kHeaderDetails = std::to_array<std::string_view>({"DeleteMarker", "NextAppendPosition", "RetryAfter", "LastModifiedMillis", "EC"});

template <std::size_t N>
bool one_of(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Our own detail names are plain words; anything else must not become markup.
bool is_element_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }) &&
         !(name.front() >= '0' && name.front() <= '9');
}

std::string xml_of(const Error& error, const ErrorRow& row, std::string_view ec, const ErrorFrame& frame) {
  codec::XmlWriter xml;
  xml.declaration().open("Error").element("Code", row.code);
  const bool own_message = !row.inner && !error.message().empty();
  xml.element("Message", own_message ? std::string_view(error.message()) : row.message);
  xml.element("RequestId", frame.request_id.empty() ? std::string_view("-") : frame.request_id);
  xml.element("HostId", frame.host.empty() ? std::string_view("-") : frame.host);
  if (!row.inner) {
    bool denial = false;
    for (const auto& [name, value] : error.details()) {
      if (one_of(kDenialDetails, name)) {
        denial = true;
      } else if (!one_of(kHeaderDetails, name) && is_element_name(name)) {
        xml.element(name, value);
      }
    }
    if (denial) {
      xml.open("AccessDeniedDetail");
      for (const std::string_view name : kDenialDetails) {
        if (const std::string_view value = error.detail(name); !value.empty()) xml.element(name, value);
      }
      xml.close();
    }
  }
  if (!ec.empty()) xml.element("EC", ec);
  return xml.close().take();
}

void add_headers(http::Response& response, const Error& error, const ErrorRow& row, std::string_view ec) {
  if (!ec.empty()) response.header("x-oss-ec", ec);
  if (row.status == 503) {
    const std::string_view after = error.detail("RetryAfter");
    response.header("Retry-After", after.empty() ? std::string_view("1") : after);
  }
  if (row.inner) return;
  if (error.detail("DeleteMarker") == "true") {
    response.header("x-oss-delete-marker", "true");
    if (const std::string_view id = error.detail("VersionId"); !id.empty()) response.header("x-oss-version-id", id);
  }
  if (const std::string_view position = error.detail("NextAppendPosition"); !position.empty()) response.header("x-oss-next-append-position", position);
  if (error.code() == ErrorCode::kMethodNotAllowed && error.detail("ResourceType") == "DeleteMarker") response.header("Allow", "DELETE");
  // 304 has no body, so what it says of the object stands in headers.
  if (const std::string_view etag = error.detail("ETag"); row.status == 304 && !etag.empty()) response.header("ETag", "\"" + std::string(etag) + "\"");
  if (const auto millis = codec::parse_decimal<std::int64_t>(error.detail("LastModifiedMillis"))) {
    response.header("Last-Modified", codec::format_rfc1123(*millis));
  }
}

}  // namespace

http::Response error_reply(const Error& error, const ErrorFrame& frame) {
  const ErrorRow row = error_row(error.code());
  const std::string_view own_ec = row.inner ? std::string_view() : error.detail("EC");
  const std::string_view ec = own_ec.empty() ? row.ec : own_ec;
  http::Response response(row.status);
  add_headers(response, error, row, ec);
  if (row.status == 304) return response;
  std::string xml = xml_of(error, row, ec, frame);
  if (frame.head) return std::move(response).header("x-oss-err", codec::base64_encode(xml));
  return std::move(response).text("application/xml", std::move(xml));
}

}  // namespace farshore::api::oss
