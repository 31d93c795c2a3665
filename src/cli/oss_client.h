// SPDX-License-Identifier: Apache-2.0
// OssClient: signed OSS requests of one caller to one region, path style, for benchmarks.
#pragma once

#include <cstdint>
#include <string>

#include "api/oss/sign.h"
#include "cli/bench_options.h"
#include "cli/server_url.h"
#include "codec/url.h"
#include "runtime/runtime.h"

namespace farshore::cli {

struct OssRequest {
  std::string method = "GET";
  std::string key;     ///< empty: the bucket
  codec::Query query;
  Buffer body;
  std::string content_type;
  std::string unsigned_target;  ///< not empty: asked for as it stands, by nobody; key and query do not count
};

struct OssReply {
  int status = 0;
  std::uint64_t body_bytes = 0;
  std::string body;     ///< of errors, and of everything if `keep_body`
};

/// Keeps connections; the derived signing key is kept for the day. Not for large downloads that should be kept: bodies are
/// counted and dropped unless asked for. Loop thread only; requests may run at once.
class OssClient {
 public:
  /// `end` is copied. Error: kInvalidArgument for a malformed endpoint.
  static Result<std::unique_ptr<OssClient>> make(Runtime runtime, http::Client& client, const BenchEnd& end, const std::string& ca_file);

  /// The answer, whatever its status. Errors: those of http::Client; unanswered() makes sentences of them.
  Task<Result<OssReply>> send(OpContext op, OssRequest request, bool keep_body = false);
  /// As send, but errors are sentences, and an answer of 300 or more is one, too, with its body's code as detail Code.
  Task<Result<OssReply>> must(OpContext op, OssRequest request);

  const ServerUrl& url() const { return url_; }
  const std::string& bucket() const { return bucket_; }

 private:
  OssClient(Runtime runtime, http::Client& client, const BenchEnd& end, ServerUrl url);
  Runtime runtime_;
  http::Client& client_;
  ServerUrl url_;
  std::string bucket_;
  api::oss::Signer signer_;
};

/// The <Code> and <Message> of an OSS error body, as one text.
std::string oss_error_text(int status, std::string_view body);

}  // namespace farshore::cli
