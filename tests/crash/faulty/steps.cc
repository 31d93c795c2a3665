// SPDX-License-Identifier: Apache-2.0
#include "steps.h"

#include <dirent.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <string>

namespace farshore::faults {
namespace {

constexpr std::array<const char*, static_cast<std::size_t>(Kind::kCount)> kKindNames = {"",    "segment", "spare",   "extent", "superblock", "table", "manifest", "current",
                                                                                        "key", "",        "log",     "extents", "meta",      "index", "socket"};
constexpr std::array<const char*, static_cast<std::size_t>(Call::kCount)> kCallNames = {"create", "read", "write", "move", "sync", "resize", "rename", "remove", "send"};

std::array<std::atomic<Kind>, 1 << 16> kinds;

struct Steps {
  Row* rows[kKindNames.size()][kCallNames.size()] = {};
  Steps() {
    for (std::size_t kind = 1; kind < kKindNames.size(); ++kind) {
      if (*kKindNames[kind] == '\0') continue;
      for (std::size_t call = 0; call < kCallNames.size(); ++call) rows[kind][call] = row((std::string(kKindNames[kind]) + "." + kCallNames[call]).c_str());
    }
  }
};

}  // namespace

Kind kind_of(std::string_view path) {
  const auto slash = path.rfind('/');
  if (slash == std::string_view::npos) return Kind::kOther;
  const std::string_view name = path.substr(slash + 1);
  const std::string_view directory = path.substr(0, slash);
  if (directory.ends_with("/store")) {
    if (name == "log") return Kind::kLogDirectory;
    if (name == "extents") return Kind::kExtentDirectory;
    if (name == "meta") return Kind::kMetaDirectory;
    if (name == "index") return Kind::kIndexDirectory;
  }
  if (directory.ends_with("/store/log")) return name.starts_with("seg-") ? Kind::kSegment : name.starts_with("spare-") ? Kind::kSpare : Kind::kOther;
  if (directory.ends_with("/store/extents")) return Kind::kExtent;
  if (directory.ends_with("/store/meta")) return Kind::kSuperblock;
  if (directory.ends_with("/store/index")) {
    if (name.ends_with(".sst")) return Kind::kTable;
    if (name.starts_with("MANIFEST-") || name.starts_with("OPTIONS-")) return Kind::kManifest;
    if (name == "CURRENT" || name.ends_with(".dbtmp")) return Kind::kCurrent;
    return Kind::kOther;
  }
  return name.ends_with(".key") || name.ends_with(".key.new") ? Kind::kKey : Kind::kOther;
}

Kind kind_of(int file) { return file >= 0 && static_cast<std::size_t>(file) < kinds.size() ? kinds[static_cast<std::size_t>(file)].load(std::memory_order_relaxed) : Kind::kOther; }

void set_kind(int file, Kind kind) {
  if (file >= 0 && static_cast<std::size_t>(file) < kinds.size()) kinds[static_cast<std::size_t>(file)].store(kind, std::memory_order_relaxed);
}

void kind_follows_path(const char* path) {
  struct stat wanted {};
  if (stat(path, &wanted) != 0) return;
  for (std::size_t file = 0; file < kinds.size(); ++file) {
    if (kinds[file].load(std::memory_order_relaxed) == Kind::kOther) continue;
    struct stat status {};
    if (fstat(static_cast<int>(file), &status) == 0 && status.st_ino == wanted.st_ino && status.st_dev == wanted.st_dev) set_kind(static_cast<int>(file), kind_of(std::string_view(path)));
  }
}

Row* step(Kind kind, Call call) {
  static const Steps* const steps = new Steps;
  return steps->rows[static_cast<std::size_t>(kind)][static_cast<std::size_t>(call)];
}

}  // namespace farshore::faults
