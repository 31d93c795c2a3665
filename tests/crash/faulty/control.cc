// SPDX-License-Identifier: Apache-2.0
#include "control.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>

#include "unsynced.h"

namespace farshore::faults {
namespace {

Control* map_control() {
  const char* path = std::getenv("FARSHORE_FAULTS");
  if (path == nullptr) return nullptr;
  const int file = static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0));
  if (file < 0) return nullptr;
  struct stat status {};
  void* bytes = fstat(file, &status) == 0 ? mmap(nullptr, static_cast<std::size_t>(status.st_size), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) : MAP_FAILED;
  syscall(SYS_close, file);
  if (bytes == MAP_FAILED || std::memcmp(bytes, "FSFAULT1", 8) != 0) return nullptr;
  return static_cast<Control*>(bytes);
}

}  // namespace

Control* control() {
  static Control* const mapped = map_control();
  return mapped;
}

Row* row(const char* name) {
  Control* const file = control();
  if (file == nullptr) return nullptr;
  Row* const rows = reinterpret_cast<Row*>(file + 1);
  for (std::uint32_t i = 0; i < file->rows; ++i) {
    if (std::strncmp(rows[i].name, name, sizeof rows[i].name) == 0) return &rows[i];
  }
  return nullptr;
}

Verdict begin(Row* step) {
  if (step == nullptr) return {};
  const std::uint64_t call = step->calls.fetch_add(1) + 1;
  Verdict verdict{static_cast<Action>(step->action.load()), step->number.load()};
  const std::uint64_t at = step->at.load();
  const bool concerned = verdict.action == Action::kFail || verdict.action == Action::kLie ? call >= at && call < step->until.load() : call == at;
  if (at == 0 || !concerned) return {};
  if (verdict.action == Action::kKillBefore) die();
  return verdict;
}

void end(Verdict verdict) {
  if (verdict.action == Action::kKillAfter || verdict.action == Action::kKillWithin) die();
}

void die() {
  const auto power = static_cast<Power>(control()->power.load());
  if (power != Power::kStays) control()->lost_writes += unsynced().take_back(power, control()->seed.load());
  while (true) syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
}

}  // namespace farshore::faults
