// SPDX-License-Identifier: Apache-2.0
// OssService: the one way in for OSS requests.
#pragma once

#include "api/common/held_documents.h"
#include "api/common/request_id.h"
#include "api/common/request_meter.h"
#include "api/oss/call.h"
#include "api/oss/signature.h"
#include "http/server.h"

namespace farshore::api::oss {

struct OssSettings {
  AdmissionSettings admission;
  std::size_t document_bytes_max = 256u << 20;  ///< of XML and JSON request bodies held at once; range 16 MiB up; restart needed
};

/// Answers every OSS request of one region: parse, bucket, authentication, admission, authorisation, handler, reply.
/// The order of checks is that of the product: malformed requests first, then the bucket and its region, then who calls, then
/// what he may, then the object; so callers without rights learn nothing about keys.
///
/// Owned by the composition root; outlives the server. Loop thread only.
class OssService final : public http::Handler {
 public:
  explicit OssService(Services services, OssSettings settings = {});
  Task<http::Response> handle(OpContext op, http::Request request) override;
  http::Response refuse(int status, const Error& error) override;
  std::size_t in_work() const { return admission_.in_work(); }

 private:
  Task<Result<http::Response>> serve(OpContext op, CallRef call);
  Result<void> read(Call& call) const;
  Result<void> find_bucket(Call& call) const;
  Result<void> authenticate(Call& call);
  /// True if the bucket was open already, as it nearly always is: nothing to wait for.
  bool take_open_bucket(Call& call) const;
  Task<Result<void>> open_bucket(OpContext op, CallRef call);
  Result<void> name_demand(Call& call) const;
  void finish(http::Response& response, const Call& call, const OpContext& op, const Error* error, Duration took);

  Services services_;
  BucketPolicies policies_;
  SignatureVerifier verifier_;
  Admission admission_;
  HeldDocuments documents_;
  RequestMeter meter_;
  RequestIds ids_;
};

}  // namespace farshore::api::oss
