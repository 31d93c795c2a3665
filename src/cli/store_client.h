// SPDX-License-Identifier: Apache-2.0
// StoreClient: signed OSS or S3 requests of one caller to one region, path style, for benchmarks.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "api/oss/sign.h"
#include "cli/bench_options.h"
#include "cli/s3_signer.h"
#include "cli/server_url.h"
#include "codec/url.h"
#include "runtime/runtime.h"

namespace farshore::cli {

struct StoreRequest {
  std::string method = "GET";
  std::string key;     ///< empty: the bucket
  codec::Query query;
  Buffer body;
  std::string content_type;
  std::string unsigned_target;  ///< not empty: asked for as it stands, by nobody; key and query do not count
};

struct StoreReply {
  int status = 0;
  std::uint64_t body_bytes = 0;
  std::string body;     ///< of errors, and of everything if `keep_body`
};

/// Keeps connections; the derived signing key is kept for the day. Not for large downloads that should be kept: bodies are
/// counted and dropped unless asked for. Loop thread only; requests may run at once.
class StoreClient {
 public:
  /// `end` is copied. Error: kInvalidArgument for a malformed endpoint.
  static Result<std::unique_ptr<StoreClient>> make(Runtime runtime, http::Client& client, const BenchEnd& end, const std::string& ca_file);

  /// The answer, whatever its status. Errors: those of http::Client; unanswered() makes sentences of them.
  Task<Result<StoreReply>> send(OpContext op, StoreRequest request, bool keep_body = false);
  /// As send, but errors are sentences, and an answer of 300 or more is one, too, with its body's code as detail Code.
  Task<Result<StoreReply>> must(OpContext op, StoreRequest request);

  const ServerUrl& url() const { return url_; }
  const std::string& bucket() const { return bucket_; }
  Dialect dialect() const { return std::holds_alternative<S3Signer>(signer_) ? Dialect::kS3 : Dialect::kOss; }

 private:
  using Signer = std::variant<api::oss::Signer, S3Signer>;
  static Signer signer_of(const BenchEnd& end);
  StoreClient(Runtime runtime, http::Client& client, const BenchEnd& end, ServerUrl url);
  void sign(http::ClientRequest& message, const StoreRequest& request, std::string_view path);
  Runtime runtime_;
  http::Client& client_;
  ServerUrl url_;
  std::string bucket_;
  Signer signer_;
};

/// The <Code> and <Message> of an error body, as one text.
std::string store_error_text(int status, std::string_view body);

}  // namespace farshore::cli
