// SPDX-License-Identifier: Apache-2.0
// Sealing and opening of tokens.
#include "identity/session_token.h"

#include <algorithm>

#include "base/check.h"
#include "codec/record.h"
#include "codec/text.h"
#include "crypto/aead.h"
#include "crypto/digest.h"
#include "crypto/equal.h"
#include "runtime/random.h"

namespace farshore::identity {
namespace {

constexpr std::string_view kPrefix = "CAIS";
constexpr char kFormat = 1;
constexpr std::size_t kMacSize = 32;
constexpr std::size_t kTokenMax = 16 * 1024;

Error malformed() { return Error(ErrorCode::kInvalidSecurityToken, "The security token is malformed."); }

Bytes encode_session(const SessionRecord& session) {
  codec::RecordWriter out;
  out.u64(1, static_cast<std::uint64_t>(session.kind));
  out.bytes(2, session.access_key.get());
  out.bytes(3, session.secret.reveal());
  out.bytes(4, session.account.get());
  out.bytes(5, session.id);
  out.bytes(6, session.session_name);
  out.bytes(7, session.session_policy);
  out.u64(8, static_cast<std::uint64_t>(session.issued_millis));
  out.u64(9, static_cast<std::uint64_t>(session.expires_millis));
  out.bytes(10, session.minted_in.get());
  return std::move(out).take();
}

Result<SessionRecord> decode_session(BytesView bytes) {
  SessionRecord session;
  codec::RecordReader in(bytes);
  while (in.next()) {
    switch (in.field()) {
      case 1: session.kind = static_cast<SessionKind>(in.u64()); break;
      case 2: session.access_key = AccessKeyId(in.owned()); break;
      case 3: session.secret = Secret(in.owned()); break;
      case 4: session.account = AccountUid(in.owned()); break;
      case 5: session.id = in.owned(); break;
      case 6: session.session_name = in.owned(); break;
      case 7: session.session_policy = in.owned(); break;
      case 8: session.issued_millis = static_cast<std::int64_t>(in.u64()); break;
      case 9: session.expires_millis = static_cast<std::int64_t>(in.u64()); break;
      case 10: session.minted_in = RegionId(in.owned()); break;
    }
  }
  if (!in.ok()) return malformed();
  return session;
}

/// The parts of a token's bytes; views into them.
struct Parts {
  std::string_view header;  // format, region size, region
  std::string_view region;
  std::string_view nonce;
  std::string_view sealed;
  std::string_view signed_part;
  std::string_view mac;
};

Result<Bytes> token_bytes(std::string_view token) {
  if (token.size() > kTokenMax || !token.starts_with(kPrefix)) return malformed();
  auto bytes = codec::base64_decode(token.substr(kPrefix.size()));
  if (!bytes) return malformed();
  return std::move(*bytes);
}

Result<Parts> split(std::string_view bytes) {
  if (bytes.size() < 2 || bytes[0] != kFormat) return malformed();
  const std::size_t region_size = static_cast<unsigned char>(bytes[1]);
  const std::size_t header_size = 2 + region_size;
  if (bytes.size() < header_size + crypto::kAeadNonceSize + crypto::kAeadTagSize + kMacSize) return malformed();
  Parts parts;
  parts.header = bytes.substr(0, header_size);
  parts.region = bytes.substr(2, region_size);
  parts.nonce = bytes.substr(header_size, crypto::kAeadNonceSize);
  parts.signed_part = bytes.substr(0, bytes.size() - kMacSize);
  parts.sealed = parts.signed_part.substr(header_size + crypto::kAeadNonceSize);
  parts.mac = bytes.substr(parts.signed_part.size());
  return parts;
}

crypto::AeadNonce to_nonce(std::string_view bytes) {
  crypto::AeadNonce nonce;
  std::copy_n(bytes.begin(), nonce.size(), nonce.begin());
  return nonce;
}

}  // namespace

SessionKeys SessionKeys::derive(const Secret& minting_key) {
  constexpr std::size_t kKeySize = 32;
  return {crypto::hkdf_sha256(minting_key.reveal(), "", "farshore session seal", kKeySize),
          crypto::hkdf_sha256(minting_key.reveal(), "", "farshore session sign", kKeySize)};
}

std::string seal_session(const SessionKeys& keys, const SessionRecord& record, Random& random) {
  const std::string& region = record.minted_in.get();
  FS_CHECK(region.size() <= 255);
  Bytes out(1, kFormat);
  out += static_cast<char>(region.size());
  out += region;
  const Bytes nonce = random.bytes(crypto::kAeadNonceSize);
  const Secret plain(encode_session(record));
  const Bytes sealed = crypto::seal(keys.seal.reveal(), to_nonce(nonce), out, plain.reveal());
  out += nonce;
  out += sealed;
  out += crypto::bytes_of(crypto::hmac_sha256(keys.sign.reveal(), out));
  return std::string(kPrefix) + codec::base64_encode(out);
}

Result<RegionId> minting_region(std::string_view token) {
  TRY(const Bytes bytes, token_bytes(token));
  TRY(const Parts parts, split(bytes));
  return RegionId(std::string(parts.region));
}

Result<SessionRecord> open_session(const SessionKeys& keys, std::string_view token) {
  TRY(const Bytes bytes, token_bytes(token));
  TRY(const Parts parts, split(bytes));
  if (!crypto::equal_constant_time(crypto::bytes_of(crypto::hmac_sha256(keys.sign.reveal(), parts.signed_part)), parts.mac)) {
    return malformed();
  }
  auto plain = crypto::open(keys.seal.reveal(), to_nonce(parts.nonce), parts.header, parts.sealed);
  if (!plain) return malformed();
  const Secret held(std::move(*plain));
  return decode_session(held.reveal());
}

}  // namespace farshore::identity
