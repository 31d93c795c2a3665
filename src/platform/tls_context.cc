// SPDX-License-Identifier: Apache-2.0
#include "platform/tls_context.h"

#include <arpa/inet.h>
#include <sys/stat.h>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace farshore::platform {

namespace {

Error tls_error(const std::string& what) {
  std::string reason;
  while (const unsigned long code = ERR_get_error()) {
    char text[256];
    ERR_error_string_n(code, text, sizeof text);
    reason += std::string(reason.empty() ? ": " : "; ") + text;
  }
  return Error(ErrorCode::kInvalidArgument, what + reason);
}

bool is_address(const std::string& host) {
  unsigned char space[16];
  return inet_pton(AF_INET, host.c_str(), space) == 1 || inet_pton(AF_INET6, host.c_str(), space) == 1;
}

/// Takes "http/1.1" when it is offered and says nothing otherwise.
int select_protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* offered, unsigned size, void*) {
  static constexpr unsigned char kHttp11[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, kHttp11, sizeof kHttp11 - 1, offered, size) != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_NOACK;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

Result<std::shared_ptr<TlsContext>> TlsContext::load(TlsSettings settings, TlsRole role) {
  std::shared_ptr<TlsContext> made(new TlsContext(std::move(settings), role));
  made->stamp_ = made->stamp();
  TRY(made->context_, made->make());
  return made;
}

Result<ssl_ctx_st*> TlsContext::make() const {
  ERR_clear_error();
  const SSL_METHOD* method = role_ == TlsRole::kServer ? TLS_server_method() : TLS_client_method();
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> owner(SSL_CTX_new(method), SSL_CTX_free);
  SSL_CTX* context = owner.get();
  if (context == nullptr) return tls_error("TLS");
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF);
  // Partial writes and moving buffers suit pieces; released buffers keep idle connections small.
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  if (!settings_.certificate_file.empty()) {
    if (SSL_CTX_use_certificate_chain_file(context, settings_.certificate_file.c_str()) != 1) return tls_error(settings_.certificate_file);
    if (SSL_CTX_use_PrivateKey_file(context, settings_.key_file.c_str(), SSL_FILETYPE_PEM) != 1) return tls_error(settings_.key_file);
    if (SSL_CTX_check_private_key(context) != 1) return tls_error("the key does not belong to the certificate");
  } else if (role_ == TlsRole::kServer) {
    return Error(ErrorCode::kInvalidArgument, "a TLS listener needs a certificate");
  }
  if (!settings_.ca_file.empty()) {
    if (SSL_CTX_load_verify_file(context, settings_.ca_file.c_str()) != 1) return tls_error(settings_.ca_file);
  } else if (role_ == TlsRole::kClient) {
    SSL_CTX_set_default_verify_paths(context);
  }
  if (role_ == TlsRole::kServer) {
    SSL_CTX_set_alpn_select_cb(context, select_protocol, nullptr);
    if (settings_.require_peer) {
      if (settings_.ca_file.empty()) return Error(ErrorCode::kInvalidArgument, "mutual TLS needs a CA file");
      SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
      // Sessions resumed by ticket would skip the check of a certificate that was revoked by changing the CA file.
      SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
      SSL_CTX_set_num_tickets(context, 0);
      SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
    }
  } else {
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  }
  SSL_CTX_up_ref(context);
  return context;
}

std::string TlsContext::stamp() const {
  std::string text;
  for (const std::string& file : {settings_.certificate_file, settings_.key_file, settings_.ca_file}) {
    struct stat status {};
    if (file.empty() || ::stat(file.c_str(), &status) != 0) continue;
    text += fmt::format("{}:{}.{}:{};", file, status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ino);
  }
  return text;
}

void TlsContext::reload_if_changed() {
  std::string now = stamp();
  if (now == stamp_) return;
  // Remembered either way: a half-written pair is tried again when its second file changes.
  stamp_ = std::move(now);
  auto made = make();
  if (!made) {
    reload_failure_ = made.error().message();
    return;
  }
  reload_failure_.clear();
  SSL_CTX_free(context_);
  context_ = *made;
}

Result<ssl_st*> TlsContext::new_session(const std::string& host) {
  reload_if_changed();
  ERR_clear_error();
  SSL* session = SSL_new(context_);
  if (session == nullptr) return tls_error("TLS session");
  BIO* in = BIO_new(BIO_s_mem());
  BIO* out = BIO_new(BIO_s_mem());
  BIO_set_mem_eof_return(in, -1);
  BIO_set_mem_eof_return(out, -1);
  SSL_set_bio(session, in, out);
  if (role_ == TlsRole::kServer) {
    SSL_set_accept_state(session);
    return session;
  }
  SSL_set_connect_state(session);
  const bool literal = is_address(host);
  if (!literal) SSL_set_tlsext_host_name(session, host.c_str());
  // With an expected peer name the certificate is bound to a name of ours, not to where it was reached.
  if (settings_.expected_peer_name.empty()) {
    if (literal) {
      X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host.c_str());
    } else {
      SSL_set1_host(session, host.c_str());
    }
  }
  return session;
}

}  // namespace farshore::platform
