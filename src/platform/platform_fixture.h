// SPDX-License-Identifier: Apache-2.0
// Certificates made on the spot, and a loop that runs one task. For this folder's tests.
#pragma once

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "platform/event_loop.h"
#include "runtime/stream.h"
#include "runtime/task_scope.h"

namespace farshore::platform {

/// A directory that goes with its owner.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    char name[] = "/tmp/farshore-platform-XXXXXX";
    path_ = mkdtemp(name);
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// A certificate with its key. Signs others if it is an authority.
class TestCertificate {
 public:
  TestCertificate(const std::string& name, const TestCertificate* issuer) : key_(EVP_EC_gen("P-256")), certificate_(X509_new()) {
    static long serial = 1;
    X509_set_version(certificate_, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate_), serial++);
    X509_gmtime_adj(X509_getm_notBefore(certificate_), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate_), 3600);
    X509_set_pubkey(certificate_, key_);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate_), "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    const TestCertificate& signer = issuer == nullptr ? *this : *issuer;
    X509_set_issuer_name(certificate_, X509_get_subject_name(signer.certificate_));
    add(NID_basic_constraints, issuer == nullptr ? "critical,CA:TRUE" : "critical,CA:FALSE", signer);
    if (issuer != nullptr) add(NID_subject_alt_name, "IP:127.0.0.1,DNS:localhost", signer);
    X509_sign(certificate_, signer.key_, EVP_sha256());
  }
  ~TestCertificate() {
    X509_free(certificate_);
    EVP_PKEY_free(key_);
  }
  TestCertificate(const TestCertificate&) = delete;
  TestCertificate& operator=(const TestCertificate&) = delete;
  void save(const std::string& certificate_file, const std::string& key_file) const {
    std::FILE* file = std::fopen(certificate_file.c_str(), "w");
    PEM_write_X509(file, certificate_);
    std::fclose(file);
    file = std::fopen(key_file.c_str(), "w");
    PEM_write_PrivateKey(file, key_, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
  }

 private:
  void add(int kind, const char* value, const TestCertificate& signer) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, signer.certificate_, certificate_, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value);
    X509_add_ext(certificate_, extension, -1);
    X509_EXTENSION_free(extension);
  }
  EVP_PKEY* key_;
  X509* certificate_;
};

template <class T>
T run(EventLoop& loop, Task<T> task) {
  std::optional<T> value;
  TaskScope scope(loop);
  struct Runner {
    static Task<void> run(Task<T> inner, std::optional<T>* out) { out->emplace(co_await inner); }
  };
  scope.spawn(Runner::run(std::move(task), &value));
  loop.run_until([&] { return scope.size() == 0; });
  return std::move(*value);
}

inline Task<Result<void>> write_text(Stream* stream, OpContext op, std::string text) {
  const std::array<BytesView, 1> parts{text};
  co_return co_await stream->write(op, parts);
}

inline Task<Result<std::string>> read_text(Stream* stream, OpContext op, std::size_t count) {
  std::string text(count, '\0');
  std::size_t have = 0;
  while (have < count) {
    CO_TRY(const std::size_t more, co_await stream->read(op, std::span<char>(text).subspan(have)));
    if (more == 0) break;
    have += more;
  }
  text.resize(have);
  co_return text;
}

}  // namespace farshore::platform
