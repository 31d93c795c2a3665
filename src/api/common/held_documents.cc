// SPDX-License-Identifier: Apache-2.0
#include "api/common/held_documents.h"

namespace farshore::api {

class HeldDocuments::Counted : public BodySource {
 public:
  Counted(HeldDocuments& all, std::unique_ptr<BodySource> inner, std::size_t limit) : all_(all), inner_(std::move(inner)), limit_(limit) {}
  ~Counted() override { all_.bytes_ -= mine_; }
  std::optional<std::uint64_t> length() const override { return inner_->length(); }

  Task<Result<Buffer>> read(OpContext op) override {
    CO_TRY(Buffer piece, co_await inner_->read(op));
    all_.bytes_ += piece.size();
    mine_ += piece.size();
    if (all_.bytes_ > limit_) {
      co_return Error(ErrorCode::kServiceBusy, "Please reduce your request rate: too many documents are being sent.").with("RetryAfter", "1").with_retry(Retry::kSameRequest);
    }
    co_return piece;
  }

 private:
  HeldDocuments& all_;
  std::unique_ptr<BodySource> inner_;
  std::size_t limit_;
  std::size_t mine_ = 0;
};

std::unique_ptr<BodySource> HeldDocuments::count(std::unique_ptr<BodySource> body, bool anonymous) {
  return std::make_unique<Counted>(*this, std::move(body), anonymous ? bytes_max_ / 8 : bytes_max_);
}

}  // namespace farshore::api
