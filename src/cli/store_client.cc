// SPDX-License-Identifier: Apache-2.0
#include "cli/store_client.h"

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

std::string store_error_text(int status, std::string_view body) {
  return printable(fmt::format("{} {}: {}", status, element(body, "Code"), element(body, "Message")));
}

StoreClient::StoreClient(Runtime runtime, http::Client& client, const BenchEnd& end, ServerUrl url)
    : runtime_(runtime),
      client_(client),
      url_(std::move(url)),
      bucket_(end.bucket),
      signer_(signer_of(end)) {}

StoreClient::Signer StoreClient::signer_of(const BenchEnd& end) {
  if (end.dialect == Dialect::kS3) return S3Signer(end.access_key, end.secret, end.region);
  return api::oss::Signer(api::oss::SigningCredential{end.access_key, end.secret, std::nullopt}, end.region);
}

void StoreClient::sign(http::ClientRequest& message, const StoreRequest& request, std::string_view path) {
  const std::int64_t now = runtime_.clock.now().millis();
  if (auto* s3 = std::get_if<S3Signer>(&signer_)) {
    s3->sign(message.method, path, request.query, message.headers, now);
  } else {
    std::get<api::oss::Signer>(signer_).sign({message.method, bucket_, request.key}, request.query, message.headers, now);
  }
}

Result<std::unique_ptr<StoreClient>> StoreClient::make(Runtime runtime, http::Client& client, const BenchEnd& end, const std::string& ca_file) {
  TRY(ServerUrl url, parse_url(end.endpoint, ca_file));
  return std::unique_ptr<StoreClient>(new StoreClient(runtime, client, end, std::move(url)));
}

Task<Result<StoreReply>> StoreClient::send(OpContext op, StoreRequest request, bool keep_body) {
  http::ClientRequest message;
  message.method = std::move(request.method);
  const std::string path = "/" + bucket_ + "/" + codec::percent_encode(request.key, true);
  message.target = path;
  if (!request.query.empty()) message.target.append("?").append(request.query.text());
  message.headers.reserve(6, 512);
  message.headers.add("Host", url_.host);
  if (!request.content_type.empty()) message.headers.add("Content-Type", request.content_type);
  if (request.unsigned_target.empty()) {
    sign(message, request, path);
  } else {
    message.target = std::move(request.unsigned_target);
  }
  message.bytes = std::move(request.body);
  CO_TRY(http::ClientResponse response, co_await client_.send(op, url_.endpoint, std::move(message)));
  StoreReply reply;
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

Task<Result<StoreReply>> StoreClient::must(OpContext op, StoreRequest request) {
  auto reply = co_await send(std::move(op), std::move(request), true);
  if (!reply) co_return Error(reply.error().code(), unanswered(url_, reply.error()));
  if (reply->status < 300) co_return std::move(reply);
  co_return Error(ErrorCode::kBadRequest, store_error_text(reply->status, reply->body)).with("Code", element(reply->body, "Code"));
}

}  // namespace farshore::cli
