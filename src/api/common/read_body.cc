// SPDX-License-Identifier: Apache-2.0
#include "api/common/read_body.h"

#include "codec/text.h"
#include "crypto/digest.h"

namespace farshore::api {
namespace {

Error too_much(ErrorCode code) { return Error(code, "The request body is larger than this operation allows."); }

class Sha256CheckedBody : public BodySource {
 public:
  Sha256CheckedBody(std::unique_ptr<BodySource> inner, Bytes expected) : inner_(std::move(inner)), expected_(std::move(expected)) {}
  std::optional<std::uint64_t> length() const override { return inner_->length(); }

  Task<Result<Buffer>> read(OpContext op) override {
    CO_TRY(Buffer piece, co_await inner_->read(op));
    digest_.update(piece.view());
    seen_ += piece.size();
    // A reader that knows the length may never ask for the empty piece at the end.
    const bool last = piece.empty() || (inner_->length() && seen_ == *inner_->length());
    if (last && !checked_) {
      checked_ = true;
      if (crypto::view_of(digest_.finish()) != expected_) {
        co_return Error(ErrorCode::kInvalidDigest, "The x-oss-content-sha256 you specified did not match what we received.");
      }
    }
    co_return piece;
  }

 private:
  std::unique_ptr<BodySource> inner_;
  Bytes expected_;
  crypto::Sha256 digest_;
  std::uint64_t seen_ = 0;
  bool checked_ = false;
};

}  // namespace

Task<Result<Bytes>> read_body(OpContext op, std::unique_ptr<BodySource> body, std::size_t bytes_max, std::optional<std::string> content_md5,
                              ErrorCode too_large) {
  if (body->length().value_or(0) > bytes_max) co_return too_much(too_large);
  Bytes all;
  while (true) {
    CO_TRY(Buffer piece, co_await body->read(op));
    if (piece.empty()) break;
    if (all.size() + piece.size() > bytes_max) co_return too_much(too_large);
    all += piece.view();
  }
  if (content_md5) {
    const crypto::Md5Digest digest = crypto::md5(all);
    if (codec::base64_encode(crypto::view_of(digest)) != *content_md5) {
      co_return Error(ErrorCode::kInvalidDigest, "The Content-MD5 you specified did not match what we received.");
    }
  }
  co_return all;
}

std::unique_ptr<BodySource> check_sha256(std::unique_ptr<BodySource> body, Bytes expected) {
  return std::make_unique<Sha256CheckedBody>(std::move(body), std::move(expected));
}

}  // namespace farshore::api
