// SPDX-License-Identifier: Apache-2.0
#include "api/common/admission.h"

#include <algorithm>

namespace farshore::api {
namespace {

Error busy(std::string_view what) {
  return Error(ErrorCode::kServiceBusy, "Please reduce your request rate: " + std::string(what) + ".").with("RetryAfter", "1").with_retry(Retry::kSameRequest);
}

}  // namespace

Result<Admission::Ticket> Admission::admit(const AccountUid& account) {
  if (in_work_ >= settings_.requests_max) return busy("the server is at its limit");
  auto found = by_account_.find(account.get());
  const std::size_t mine = found == by_account_.end() ? 0 : found->second;
  std::size_t limit = settings_.per_account_max;
  if (in_work_ * 2 >= settings_.requests_max) {
    const std::size_t accounts = by_account_.size() + (found == by_account_.end() ? 1 : 0);
    limit = std::min(limit, std::max<std::size_t>(1, settings_.requests_max / std::max<std::size_t>(accounts, 1)));
  }
  if (mine >= limit) return busy("the account has too many requests in work");
  if (found == by_account_.end()) found = by_account_.emplace(account.get(), 0).first;
  ++found->second;
  ++in_work_;
  return Ticket(this, found);
}

void Admission::Ticket::release() {
  if (admission_ == nullptr) return;
  Admission& admission = *std::exchange(admission_, nullptr);
  --admission.in_work_;
  if (--account_->second == 0) admission.by_account_.erase(account_);
}

}  // namespace farshore::api
