// SPDX-License-Identifier: Apache-2.0
#include "api/common/explanation_json.h"

namespace farshore::api {

void write_explanation(codec::JsonWriter& json, const replication::Explanation& explanation) {
  json.begin_object().member("rule", explanation.rule.get());
  json.name("destination").begin_object();
  json.member("bucket", explanation.destination.get()).member("region", explanation.destination_region.get()).end_object();
  json.member("version", explanation.version.text()).member("at_source", explanation.at_source);
  json.name("at_destination");
  explanation.at_destination ? json.value(*explanation.at_destination) : json.null();
  json.member("reason", replication::reason_name(explanation.reason)).member("text", explanation.text).member("remedy", explanation.remedy);
  json.end_object();
}

}  // namespace farshore::api
