// SPDX-License-Identifier: Apache-2.0
// TlsContext: certificates, keys and trust for one listener or one connector, loaded from files.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "runtime/stream.h"

struct ssl_ctx_st;
struct ssl_st;

namespace farshore::platform {

enum class TlsRole : unsigned char { kServer, kClient };

/// TLS 1.2 and 1.3. New handshakes see new files (by modification time); files that do not load leave the old ones in use.
/// Loop thread only.
class TlsContext {
 public:
  /// Error: kInvalidArgument with what OpenSSL says.
  static Result<std::shared_ptr<TlsContext>> load(TlsSettings settings, TlsRole role);
  ~TlsContext();
  /// A session for a new connection, on memory BIOs. `host` is what a client asks for and checks (unless a peer name is expected).
  Result<ssl_st*> new_session(const std::string& host);
  const TlsSettings& settings() const { return settings_; }
  TlsRole role() const { return role_; }
  /// Why the last reload failed; empty if it did not.
  const std::string& reload_failure() const { return reload_failure_; }

 private:
  TlsContext(TlsSettings settings, TlsRole role) : settings_(std::move(settings)), role_(role) {}
  Result<ssl_ctx_st*> make() const;
  std::string stamp() const;
  void reload_if_changed();
  TlsSettings settings_;
  TlsRole role_;
  ssl_ctx_st* context_ = nullptr;
  std::string stamp_;
  std::string reload_failure_;
};

}  // namespace farshore::platform
