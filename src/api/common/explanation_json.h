// SPDX-License-Identifier: Apache-2.0
// The JSON form of an Explanation, the same for the tenant's signed call and for the operator's.
#pragma once

#include "codec/json.h"
#include "replication/explain.h"

namespace farshore::api {

/// {"rule","destination":{"bucket","region"},"version","at_source","at_destination","reason","text","remedy"}; at_destination is null
/// if the destination could not be asked.
void write_explanation(codec::JsonWriter& json, const replication::Explanation& explanation);

}  // namespace farshore::api
