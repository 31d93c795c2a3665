// SPDX-License-Identifier: Apache-2.0
#include "server/certificates.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

#include <fmt/format.h>

namespace farshore::server {
namespace {

template <auto Free>
struct Delete {
  template <class T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Delete<EVP_PKEY_free>>;
using Cert = std::unique_ptr<X509, Delete<X509_free>>;
using Bio = std::unique_ptr<BIO, Delete<BIO_free_all>>;
using Extension = std::unique_ptr<X509_EXTENSION, Delete<X509_EXTENSION_free>>;

constexpr long kDay = 24L * 60 * 60;

Error openssl_error(const char* what) {
  char text[256] = "";
  ERR_error_string_n(ERR_get_error(), text, sizeof text);
  return Error(ErrorCode::kInternalError, fmt::format("{}: {}", what, text));
}

Result<std::string> text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<std::size_t>(size));
}

bool add_extension(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

/// Everything of a certificate but its signature.
Result<Cert> blank_certificate(EVP_PKEY* key, const std::string& common_name, long days) {
  Cert certificate(X509_new());
  unsigned char serial[16];
  if (!certificate || RAND_bytes(serial, sizeof serial) != 1) return openssl_error("cannot make a certificate");
  serial[0] &= 0x7F;
  const std::unique_ptr<BIGNUM, Delete<BN_free>> number(BN_bin2bn(serial, sizeof serial, nullptr));
  BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate.get()));
  X509_set_version(certificate.get(), X509_VERSION_3);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kDay);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), days * kDay);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0);
  return certificate;
}

Result<Certificate> finish(X509* certificate, EVP_PKEY* key, EVP_PKEY* signer) {
  if (X509_sign(certificate, signer, EVP_sha256()) == 0) return openssl_error("cannot sign a certificate");
  const Bio certificate_text(BIO_new(BIO_s_mem())), key_text(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_X509(certificate_text.get(), certificate) != 1 ||
      PEM_write_bio_PKCS8PrivateKey(key_text.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return openssl_error("cannot write a certificate");
  }
  Certificate out;
  TRY(out.certificate, text_of(certificate_text.get()));
  TRY(std::string key_pem, text_of(key_text.get()));
  out.key = Secret(std::move(key_pem));
  return out;
}

}  // namespace

Result<Certificate> make_authority(const std::string& realm) {
  const Key key(EVP_EC_gen("P-256"));
  if (!key) return openssl_error("cannot make a key");
  TRY(const Cert certificate, blank_certificate(key.get(), "Farshore realm " + realm, 20 * 365));
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get()));
  const bool ok = add_extension(certificate.get(), certificate.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
                  add_extension(certificate.get(), certificate.get(), NID_key_usage, "critical,keyCertSign,cRLSign") &&
                  add_extension(certificate.get(), certificate.get(), NID_subject_key_identifier, "hash");
  if (!ok) return openssl_error("cannot make the realm's authority");
  return finish(certificate.get(), key.get(), key.get());
}

Result<Certificate> issue_certificate(const Certificate& authority, const std::string& region, const std::string& host) {
  const std::string authority_key(authority.key.reveal());
  const Bio certificate_text(BIO_new_mem_buf(authority.certificate.data(), static_cast<int>(authority.certificate.size())));
  const Bio key_text(BIO_new_mem_buf(authority_key.data(), static_cast<int>(authority_key.size())));
  const Cert issuer(PEM_read_bio_X509(certificate_text.get(), nullptr, nullptr, nullptr));
  const Key signer(PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr));
  if (!issuer || !signer) return openssl_error("cannot read the realm's authority");
  const Key key(EVP_EC_gen("P-256"));
  if (!key) return openssl_error("cannot make a key");
  TRY(const Cert certificate, blank_certificate(key.get(), region, 5 * 365));
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer.get()));
  in6_addr ignored;
  const bool address = inet_pton(AF_INET, host.c_str(), &ignored) == 1 || inet_pton(AF_INET6, host.c_str(), &ignored) == 1;
  const bool ok = add_extension(certificate.get(), issuer.get(), NID_basic_constraints, "critical,CA:FALSE") &&
                  add_extension(certificate.get(), issuer.get(), NID_key_usage, "critical,digitalSignature") &&
                  add_extension(certificate.get(), issuer.get(), NID_ext_key_usage, "serverAuth,clientAuth") &&
                  add_extension(certificate.get(), issuer.get(), NID_subject_alt_name, address ? "IP:" + host : fmt::format("DNS:{0},DNS:*.{0}", host)) &&
                  add_extension(certificate.get(), issuer.get(), NID_authority_key_identifier, "keyid");
  if (!ok) return openssl_error("cannot make the region's certificate");
  return finish(certificate.get(), key.get(), signer.get());
}

}  // namespace farshore::server
