// SPDX-License-Identifier: Apache-2.0
#include "cli/oss_client.h"

#include <fmt/format.h>

#include "cli/table.h"

namespace farshore::cli {
namespace {

constexpr std::size_t kKeptBytesMax = 8u << 20;

/// The text of the first <name> element; good enough for an error's body, which has no nesting.
std::string_view element(std::string_view body, std::string_view name) {
  const std::string open = fmt::format("<{}>", name);
  const std::size_t begin = body.find(open);
  if (begin == std::string_view::npos) return {};
  const std::size_t end = body.find("</", begin);
  return end == std::string_view::npos ? std::string_view() : body.substr(begin + open.size(), end - begin - open.size());
}

}  // namespace

std::string oss_error_text(int status, std::string_view body) {
  return printable(fmt::format("{} {}: {}", status, element(body, "Code"), element(body, "Message")));
}

OssClient::OssClient(Runtime runtime, http::Client& client, const BenchEnd& end, ServerUrl url)
    : runtime_(runtime),
      client_(client),
      url_(std::move(url)),
      bucket_(end.bucket),
      signer_(api::oss::SigningCredential{end.access_key, end.secret, std::nullopt}, end.region) {}

Result<std::unique_ptr<OssClient>> OssClient::make(Runtime runtime, http::Client& client, const BenchEnd& end, const std::string& ca_file) {
  TRY(ServerUrl url, parse_url(end.endpoint, ca_file));
  return std::unique_ptr<OssClient>(new OssClient(runtime, client, end, std::move(url)));
}

Task<Result<OssReply>> OssClient::send(OpContext op, OssRequest request, bool keep_body) {
  http::ClientRequest message;
  message.method = std::move(request.method);
  message.target = "/" + bucket_ + "/" + codec::percent_encode(request.key, true);
  if (!request.query.empty()) message.target.append("?").append(request.query.text());
  message.headers.reserve(6, 512);
  message.headers.add("Host", url_.host);
  if (!request.content_type.empty()) message.headers.add("Content-Type", request.content_type);
  if (request.unsigned_target.empty()) {
    signer_.sign({message.method, bucket_, request.key}, request.query, message.headers, runtime_.clock.now().millis());
  } else {
    message.target = std::move(request.unsigned_target);
  }
  message.bytes = std::move(request.body);
  CO_TRY(http::ClientResponse response, co_await client_.send(op, url_.endpoint, std::move(message)));
  OssReply reply;
  reply.status = response.status;
  keep_body = keep_body || response.status >= 300;
  while (true) {
    CO_TRY(const Buffer piece, co_await response.body->read(op));
    if (piece.empty()) break;
    reply.body_bytes += piece.size();
    if (keep_body && reply.body.size() + piece.size() <= kKeptBytesMax) reply.body += piece.view();
  }
  co_return std::move(reply);
}

Task<Result<OssReply>> OssClient::must(OpContext op, OssRequest request) {
  auto reply = co_await send(std::move(op), std::move(request), true);
  if (!reply) co_return Error(reply.error().code(), unanswered(url_, reply.error()));
  if (reply->status < 300) co_return std::move(reply);
  co_return Error(ErrorCode::kBadRequest, oss_error_text(reply->status, reply->body)).with("Code", element(reply->body, "Code"));
}

}  // namespace farshore::cli
