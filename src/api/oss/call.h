// SPDX-License-Identifier: Apache-2.0
// Call: one request on its way: what was asked, by whom, of which bucket.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/common/admission.h"
#include "api/oss/access.h"
#include "api/oss/address.h"
#include "api/oss/operation.h"
#include "api/oss/services.h"
#include "codec/url.h"
#include "http/message.h"
#include "identity/principal.h"

namespace farshore::api::oss {

/// Made by the service, filled step by step, then shared with the handler. Loop thread only.
struct Call {
  Call(const Services& all_services, BucketPolicies& policies) : services(all_services), access(*this, policies) {}
  Call(const Call&) = delete;

  const Services& services;
  http::Request request;
  codec::Query query;
  Address address;
  const Operation* operation = nullptr;
  identity::Principal principal;
  std::string access_key;
  Admission::Ticket ticket;                    ///< the call's place in work
  std::optional<identity::BucketEntry> entry;  ///< the name's owner and region; nothing if nobody has it
  objects::BucketRef bucket;                   ///< set for Needs::kBucket
  Access access;                               ///< on `bucket`, with the row's demand

  const ObjectKey& key() const { return address.key; }
  const BucketSettings& settings() const { return bucket->settings(); }  ///< not across co_await
  /// A header's value without blanks around it; an empty one counts as absent.
  std::optional<std::string_view> header(std::string_view name) const;
  /// A query parameter. Rule: oss2 sends empty ones ("prefix=&marker="): empty counts as absent.
  std::optional<std::string_view> parameter(std::string_view name) const;
  /// The key and the versionId parameter. Error: kInvalidArgument for an empty or malformed id.
  Result<objects::ObjectRef> object_ref() const;
};

}  // namespace farshore::api::oss
