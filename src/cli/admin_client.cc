// SPDX-License-Identifier: Apache-2.0
#include "cli/admin_client.h"

#include <fmt/format.h>

#include "api/admin/admin_signature.h"

namespace farshore::cli {
namespace {

constexpr Duration kPatience = std::chrono::seconds(30);
constexpr std::size_t kAnswerBytesMax = 64u << 20;

}  // namespace

Task<Result<AdminReply>> AdminClient::ask_once(AdminQuestion question) {
  const OpContext op = OpContext().with_deadline(runtime_.executor.now() + kPatience);
  http::ClientRequest request;
  request.method = question.method;
  request.bytes = Buffer(question.body);
  if (!question.body.empty()) request.headers.add("Content-Type", "application/json");
  api::admin::sign_admin(request, "/-/admin/" + question.path, question.query, key_, region_, runtime_.clock.now().millis());
  auto response = co_await client_.send(op, url_.endpoint, std::move(request));
  if (!response) co_return Error(response.error().code(), unanswered(url_, response.error()));
  const auto body = co_await http::read_all(op, *response->body, kAnswerBytesMax);
  if (!body) co_return Error(body.error().code(), unanswered(url_, body.error()));
  codec::JsonLimits limits;
  limits.max_bytes = kAnswerBytesMax;
  auto document = codec::parse_json(*body, limits);
  if (!document || !document->is_object()) {
    co_return Error(ErrorCode::kProtocolViolation, fmt::format("{} answered {} without JSON: is it a Farshore region, and of a version that has the operator's API?", url_.text, response->status));
  }
  co_return AdminReply{response->status, *std::move(document), url_.text};
}

Task<Result<AdminReply>> AdminClient::ask(AdminQuestion question) {
  // Each of the two corrections is worth one more try, at both regions.
  constexpr int kTriesMax = 4;
  for (int tries = 1;; ++tries) {
    CO_TRY(AdminReply reply, co_await ask_once(question));
    if (reply.status < 400 || tries == kTriesMax) co_return reply;
    if (const auto region = reply.body.find_string("signing_region"); region && *region != region_.get()) {
      region_ = RegionId(std::string(*region));
      continue;
    }
    const auto endpoint = reply.body.find_string("endpoint");
    if (!endpoint || endpoint->empty()) co_return reply;
    auto url = parse_url(*endpoint, ca_file_, &url_);
    if (!url || url->text == url_.text) co_return reply;
    url_ = *std::move(url);
    region_ = RegionId(std::string(reply.body.find_string("region").value_or("")));
  }
}

}  // namespace farshore::cli
