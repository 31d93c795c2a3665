// SPDX-License-Identifier: Apache-2.0
// Admission: how many requests may be in work at once, shared fairly between accounts.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>

#include "base/result.h"
#include "model/ids.h"

namespace farshore::api {

struct AdmissionSettings {
  std::size_t requests_max = 2048;     ///< in work at once; range 1 to 1,000,000; no restart needed
  std::size_t per_account_max = 1536;  ///< of one account; range 1 to requests_max
};

/// Counts requests in and out. Refuses instead of queueing: a queue would only hold memory while the client's time-out runs.
///
/// 1. Never more than requests_max are in work.
/// 2. While less than half of that is taken, an account is limited by per_account_max alone.
/// 3. Beyond that, an account may not hold more than its share: requests_max over the accounts that have work. So one busy
///    account leaves room for the next one.
///
/// Owned by a protocol's entry and outlives its tickets. Loop thread only.
class Admission {
  using Accounts = std::map<std::string, std::size_t, std::less<>>;  // requests in work

 public:
  explicit Admission(AdmissionSettings settings = {}) : settings_(settings) {}
  Admission(const Admission&) = delete;

  /// A place in work; given back when destroyed.
  class [[nodiscard]] Ticket {
   public:
    Ticket() = default;
    Ticket(Ticket&& other) noexcept : admission_(std::exchange(other.admission_, nullptr)), account_(other.account_) {}
    Ticket& operator=(Ticket&& other) noexcept {
      if (this != &other) {
        release();
        admission_ = std::exchange(other.admission_, nullptr);
        account_ = other.account_;
      }
      return *this;
    }
    ~Ticket() { release(); }

   private:
    friend Admission;
    Ticket(Admission* admission, Accounts::iterator account) : admission_(admission), account_(account) {}
    void release();
    Admission* admission_ = nullptr;
    Accounts::iterator account_;  ///< stays while somebody of the account is in work
  };

  /// Anonymous callers share one account, the empty one. Error: kServiceBusy with detail RetryAfter (seconds).
  Result<Ticket> admit(const AccountUid& account);
  std::size_t in_work() const { return in_work_; }

 private:
  AdmissionSettings settings_;
  std::size_t in_work_ = 0;
  Accounts by_account_;
};

}  // namespace farshore::api
