// SPDX-License-Identifier: Apache-2.0
#include "api/common/request_id.h"

#include <array>

#include "codec/text.h"

namespace farshore::api {

std::string make_request_id(Random& random) {
  std::array<char, 12> bytes;
  random.fill(bytes);
  return codec::hex_encode_upper(BytesView(bytes.data(), bytes.size()));
}

}  // namespace farshore::api
