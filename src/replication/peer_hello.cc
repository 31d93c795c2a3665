// SPDX-License-Identifier: Apache-2.0
#include "replication/peer_hello.h"

#include "codec/record.h"
#include "crypto/digest.h"

namespace farshore::replication {

Bytes encode(const PeerHello& hello) {
  codec::RecordWriter out;
  out.u64(1, hello.version_min);
  out.u64(2, hello.version_max);
  out.bytes(3, hello.realm);
  out.bytes(4, hello.region.get());
  out.bytes(5, hello.nonce);
  out.bytes(6, hello.proof);
  return std::move(out).take();
}

Result<PeerHello> decode_peer_hello(BytesView bytes) {
  PeerHello hello;
  codec::RecordReader in(bytes);
  while (in.next()) {
    switch (in.field()) {
      case 1: hello.version_min = static_cast<std::uint32_t>(in.u64()); break;
      case 2: hello.version_max = static_cast<std::uint32_t>(in.u64()); break;
      case 3: hello.realm = in.owned(); break;
      case 4: hello.region = RegionId(in.owned()); break;
      case 5: hello.nonce = in.owned(); break;
      case 6: hello.proof = in.owned(); break;
    }
  }
  if (!in.ok()) return Error(ErrorCode::kProtocolViolation, "malformed peer message: PeerHello");
  return hello;
}

std::string peer_proof(const Secret& secret, PeerSide side, const RegionId& caller, const RegionId& callee, std::string_view first, std::string_view second) {
  codec::RecordWriter text;
  text.bytes(1, kPeerProtocol);
  text.bytes(2, std::string(1, static_cast<char>(side)));
  text.bytes(3, caller.get());
  text.bytes(4, callee.get());
  text.bytes(5, first);
  text.bytes(6, second);
  return crypto::bytes_of(crypto::hmac_sha256(secret.reveal(), text.view()));
}

}  // namespace farshore::replication
