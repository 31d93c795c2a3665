// SPDX-License-Identifier: Apache-2.0
#include "server/realm.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>

#include "codec/text.h"
#include "server/toml.h"

namespace farshore::server {
namespace {

Error system_error(const std::string& what, const std::string& path) {
  return Error(errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kStorageUnavailable, fmt::format("{} {}: {}", what, path, std::strerror(errno)));
}

/// Closes its descriptor.
struct Descriptor {
  int fd = -1;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

}  // namespace

bool valid_region_id(std::string_view id) {
  if (id == "authority") return false;  // the folder of that name holds the realm's own keys
  return !id.empty() && id.size() <= 40 && std::all_of(id.begin(), id.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

Result<void> make_directories(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return Error(ErrorCode::kStorageUnavailable, fmt::format("cannot create the directory {}: {}", path, error.message()));
  return {};
}

Result<std::string> read_file(const std::string& path, std::size_t bytes_max) {
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd < 0) return system_error("cannot read", path);
  std::string content;
  char buffer[4096];
  while (true) {
    const ssize_t count = ::read(file.fd, buffer, sizeof buffer);
    if (count < 0) return system_error("cannot read", path);
    if (count == 0) return content;
    content.append(buffer, static_cast<std::size_t>(count));
    if (content.size() > bytes_max) return Error(ErrorCode::kCorrupt, fmt::format("{} is larger than {} bytes", path, bytes_max));
  }
}

Result<void> write_file(const std::string& path, std::string_view content, unsigned mode) {
  const std::string temporary = path + ".new";
  {
    const Descriptor file{::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)};
    if (file.fd < 0) return system_error("cannot write", temporary);
    if (::fchmod(file.fd, mode) != 0) return system_error("cannot set the mode of", temporary);
    while (!content.empty()) {
      const ssize_t count = ::write(file.fd, content.data(), content.size());
      if (count < 0) return system_error("cannot write", temporary);
      content.remove_prefix(static_cast<std::size_t>(count));
    }
    if (::fsync(file.fd) != 0) return system_error("cannot sync", temporary);
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) return system_error("cannot rename to", path);
  const std::string directory = std::filesystem::path(path).parent_path().string();
  const Descriptor parent{::open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (parent.fd < 0 || ::fsync(parent.fd) != 0) return system_error("cannot sync", directory);
  return {};
}

RealmSecrets make_realm_secrets(Random& random) {
  return RealmSecrets{codec::hex_encode(random.bytes(16)), Secret(random.bytes(32)), Secret(random.bytes(32))};
}

Result<RealmSecrets> read_realm_secrets(const std::string& path) {
  TRY(const std::string text, read_file(path, 64 << 10));
  return parse_realm_secrets(text, path);
}

Result<RealmSecrets> parse_realm_secrets(std::string_view text, const std::string& path) {
  toml::table table;
  try {
    table = toml::parse(text, path);
  } catch (const toml::parse_error& error) {
    return Error(ErrorCode::kCorrupt, fmt::format("{}: {} (line {})", path, error.description(), error.source().begin.line));
  } catch (const std::runtime_error& error) {
    return Error(ErrorCode::kCorrupt, fmt::format("{}: {}", path, error.what()));
  }
  RealmSecrets secrets;
  secrets.realm = table["realm"].value_or(std::string());
  if (secrets.realm.size() != 32) return Error(ErrorCode::kCorrupt, fmt::format("{}: the field realm is missing or has not 32 characters", path));
  const auto key = [&](const char* name) -> Result<Secret> {
    const auto bytes = codec::hex_decode(table[name].value_or(std::string()));
    if (!bytes || bytes->size() != 32) return Error(ErrorCode::kCorrupt, fmt::format("{}: the field {} is missing or not 64 hex digits", path, name));
    return Secret(*bytes);
  };
  TRY(secrets.peer_secret, key("peer_secret"));
  TRY(secrets.directory_key, key("directory_key"));
  return secrets;
}

Result<void> write_realm_secrets(const std::string& path, const RealmSecrets& secrets) {
  const std::string text = fmt::format(
      "# The realm's shared secrets. Whoever has this file can act as a region of the realm and read the directory's secrets.\n"
      "realm = \"{}\"\npeer_secret = \"{}\"\ndirectory_key = \"{}\"\n",
      secrets.realm, codec::hex_encode(secrets.peer_secret.reveal()), codec::hex_encode(secrets.directory_key.reveal()));
  return write_file(path, text, 0600);
}

Result<Secret> read_or_make_key(const std::string& path, Random& random) {
  auto bytes = read_file(path, 4096);
  if (!bytes && bytes.error().code() != ErrorCode::kNotFound) return bytes.error();
  if (!bytes) {
    Secret fresh(random.bytes(32));
    TRY_OK(write_file(path, codec::hex_encode(fresh.reveal()) + "\n", 0600));
    return fresh;
  }
  const auto key = codec::hex_decode(codec::trim(*bytes));
  if (!key || key->size() != 32) return Error(ErrorCode::kCorrupt, fmt::format("{} does not hold 64 hex digits", path));
  return Secret(*key);
}

}  // namespace farshore::server
