// SPDX-License-Identifier: Apache-2.0
#include "platform/tls_stream.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace farshore::platform {

namespace {
constexpr std::size_t kWireBytes = 17 * 1024;       // one whole record
constexpr std::size_t kBatchBytes = 128 * 1024;     // encrypted at once before it is sent
constexpr std::size_t kJoinedBytes = 16 * 1024;     // small parts share a record

Error ended() { return Error(ErrorCode::kConnectionClosed, "the TLS connection is closed"); }
}  // namespace

TlsStream::TlsStream(Executor& executor, std::unique_ptr<Stream> inner, std::shared_ptr<TlsContext> context, std::string host)
    : inner_(std::move(inner)), context_(std::move(context)), host_(std::move(host)), handshaking_(executor), sending_(executor) {}

TlsStream::~TlsStream() { SSL_free(session_); }

Error TlsStream::failure(const char* what) const {
  std::string text = what;
  const long verified = session_ == nullptr ? X509_V_OK : SSL_get_verify_result(session_);
  if (verified != X509_V_OK) text += std::string(": ") + X509_verify_cert_error_string(verified);
  while (const unsigned long code = ERR_get_error()) {
    char reason[256];
    ERR_error_string_n(code, reason, sizeof reason);
    text += std::string(": ") + reason;
  }
  return Error(verified == X509_V_OK ? ErrorCode::kConnectionClosed : ErrorCode::kUnreachable, text);
}

Task<Result<void>> TlsStream::send_pending(OpContext op) {
  CO_TRY(const AsyncMutex::Guard guard, co_await sending_.lock(op));
  while (session_ != nullptr && !broken_) {
    BIO* out = SSL_get_wbio(session_);
    char* data = nullptr;
    const long size = BIO_get_mem_data(out, &data);
    if (size <= 0) co_return Result<void>();
    // Copied out: a concurrent read may make OpenSSL add to the BIO while the wire is written.
    const Bytes wire(data, static_cast<std::size_t>(size));
    BIO_reset(out);
    const std::array<BytesView, 1> parts{wire};
    auto sent = co_await inner_->write(op, parts);
    if (!sent) broken_ = true;  // part of a record may be gone
    if (!sent) co_return sent;
  }
  co_return ended();
}

Task<Result<std::size_t>> TlsStream::receive(OpContext op) {
  CO_TRY_OK(co_await inner_->readable(op));
  Bytes wire;
  wire.resize_and_overwrite(kWireBytes, [](char*, std::size_t count) { return count; });
  CO_TRY(const std::size_t count, co_await inner_->read(std::move(op), wire));
  if (count > 0 && session_ != nullptr) BIO_write(SSL_get_rbio(session_), wire.data(), static_cast<int>(count));
  co_return count;
}

Task<Result<void>> TlsStream::handshake(OpContext op) {
  if (ready_) co_return Result<void>();
  CO_TRY(const AsyncMutex::Guard guard, co_await handshaking_.lock(op));
  if (session_ == nullptr && !broken_) {
    CO_TRY(session_, context_->new_session(host_));
  }
  while (!ready_) {
    if (broken_ || session_ == nullptr) co_return ended();
    ERR_clear_error();
    const int outcome = SSL_do_handshake(session_);
    const int reason = outcome == 1 ? SSL_ERROR_NONE : SSL_get_error(session_, outcome);
    if (reason != SSL_ERROR_NONE && reason != SSL_ERROR_WANT_READ) {
      Error why = failure("TLS handshake");
      auto alerted = co_await send_pending(op);  // the alert, so that the other side knows too
      broken_ = true;
      if (!alerted) co_return why;
      co_return why;
    }
    CO_TRY_OK(co_await send_pending(op));
    if (outcome == 1) {
      if (auto checked = check_peer(); !checked) {
        broken_ = true;
        co_return checked;
      }
      ready_ = true;
      break;
    }
    CO_TRY(const std::size_t count, co_await receive(op));
    if (count == 0) {
      broken_ = true;
      co_return Error(ErrorCode::kConnectionClosed, "the connection ended within the TLS handshake");
    }
  }
  co_return Result<void>();
}

Result<void> TlsStream::check_peer() const {
  const std::string& expected = context_->settings().expected_peer_name;
  if (context_->role() == TlsRole::kServer || expected.empty()) return {};
  std::unique_ptr<X509, void (*)(X509*)> certificate(SSL_get1_peer_certificate(session_), X509_free);
  char name[256] = "";
  if (certificate) X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, name, sizeof name);
  if (expected == name) return {};
  return Error(ErrorCode::kUnreachable, fmt::format("the other side is \"{}\", not \"{}\"", name, expected));
}

Task<Result<std::size_t>> TlsStream::read(OpContext op, std::span<char> into) {
  if (!ready_) CO_TRY_OK(co_await handshake(op));
  while (true) {
    if (broken_ || session_ == nullptr) co_return ended();
    ERR_clear_error();
    std::size_t total = 0;
    int outcome = 1;
    while (total < into.size()) {
      std::size_t count = 0;
      outcome = SSL_read_ex(session_, into.data() + total, into.size() - total, &count);
      if (outcome != 1) break;
      total += count;
    }
    if (total > 0) co_return total;
    switch (SSL_get_error(session_, outcome)) {
      case SSL_ERROR_ZERO_RETURN: co_return std::size_t{0};
      case SSL_ERROR_WANT_READ: break;
      default: broken_ = true; co_return failure("TLS read");
    }
    if (BIO_pending(SSL_get_wbio(session_)) > 0) CO_TRY_OK(co_await send_pending(op));
    CO_TRY(const std::size_t count, co_await receive(op));
    // An end without close_notify: HTTP's own framing tells whether something is missing.
    if (count == 0) co_return std::size_t{0};
  }
}

Task<Result<void>> TlsStream::readable(OpContext op) {
  if (!ready_) CO_TRY_OK(co_await handshake(op));
  if (broken_ || session_ == nullptr) co_return ended();
  if (SSL_has_pending(session_) || BIO_pending(SSL_get_rbio(session_)) > 0) co_return Result<void>();
  co_return co_await inner_->readable(std::move(op));
}

Task<Result<void>> TlsStream::write(OpContext op, std::span<const BytesView> parts) {
  if (!ready_) CO_TRY_OK(co_await handshake(op));
  Bytes joined;  // adjacent small parts, such as a head and a small body
  std::size_t part = 0;
  while (part < parts.size()) {
    BytesView piece = parts[part++];
    joined.clear();
    if (piece.size() < kJoinedBytes && part < parts.size()) {
      joined = piece;
      while (part < parts.size() && joined.size() + parts[part].size() <= kJoinedBytes) joined += parts[part++];
      piece = joined;
    }
    while (!piece.empty()) {
      if (broken_ || session_ == nullptr) co_return ended();
      ERR_clear_error();
      std::size_t count = 0;
      if (SSL_write_ex(session_, piece.data(), std::min(piece.size(), kBatchBytes), &count) != 1) {
        broken_ = true;
        co_return failure("TLS write");
      }
      piece.remove_prefix(count);
      const bool last = piece.empty() && part == parts.size();
      if (last || BIO_pending(SSL_get_wbio(session_)) >= static_cast<int>(kBatchBytes)) CO_TRY_OK(co_await send_pending(op));
    }
  }
  co_return Result<void>();
}

Task<Result<void>> TlsStream::finish(OpContext op) {
  if (!ready_) CO_TRY_OK(co_await handshake(op));
  if (broken_ || session_ == nullptr) co_return ended();
  ERR_clear_error();
  SSL_shutdown(session_);
  CO_TRY_OK(co_await send_pending(op));
  co_return co_await inner_->finish(std::move(op));
}

void TlsStream::close() {
  broken_ = true;
  inner_->close();
}

std::optional<std::string> TlsStream::peer_name() const {
  if (!ready_ || SSL_get_verify_result(session_) != X509_V_OK) return std::nullopt;
  std::unique_ptr<X509, void (*)(X509*)> certificate(SSL_get1_peer_certificate(session_), X509_free);
  if (!certificate) return std::nullopt;
  char name[256] = "";
  if (X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, name, sizeof name) <= 0) return std::nullopt;
  return std::string(name);
}

}  // namespace farshore::platform
