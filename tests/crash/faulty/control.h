// SPDX-License-Identifier: Apache-2.0
// Control: the file through which a test tells a running server when it dies, what fails and what time it is.
//
// The library is preloaded into the server that is shipped (LD_PRELOAD); FARSHORE_FAULTS names the control file, which the test has made
// and both have mapped. Without it everything passes through. The test's side is tests/crash/faults.py; both know these bytes:
//
//   file   := header row*                                  native byte order, 64 bytes each
//   header := magic(8) "FSFAULT1"  rows(4) power(4)  clock-offset-micros(8)  seed(8)  lost-writes(8)  zero(24)
//   row    := name(24) calls(8) at(8) until(8) action(4) number(4) zero(8)
#pragma once

#include <atomic>
#include <cstdint>

namespace farshore::faults {

enum class Action : std::uint32_t {
  kNone = 0,
  kKillBefore = 1,  ///< dies when call `at` of the step begins
  kKillAfter = 2,   ///< dies when it has been done
  kKillWithin = 3,  ///< a write: dies when number/256 of its bytes are written; anything else: as kKillAfter
  kFail = 4,        ///< calls from `at` to before `until` fail with errno `number` and do nothing
  kLie = 5,         ///< a sync: as kFail, but says that it was done
};

/// What a death takes with it.
enum class Power : std::uint32_t {
  kStays = 0,  ///< a killed process: the kernel keeps what was written
  kCut = 1,    ///< a cut of power at its worst: nothing stays that no sync has asked for
  kTorn = 2,   ///< a cut of power that leaves some sectors and some directory entries and not others, by `seed`
};

/// One step of the server: a file's kind and what is done to it, such as "segment.sync".
struct Row {
  char name[24];
  std::atomic<std::uint64_t> calls;  ///< so far, over all starts of the server
  std::atomic<std::uint64_t> at;     ///< the first call the action is about, from 1
  std::atomic<std::uint64_t> until;
  std::atomic<std::uint32_t> action;
  std::atomic<std::uint32_t> number;
  std::uint64_t zero;
};
static_assert(sizeof(Row) == 64);

struct Control {
  char magic[8];
  std::uint32_t rows;
  std::atomic<std::uint32_t> power;
  std::atomic<std::int64_t> clock_offset_micros;
  std::atomic<std::uint64_t> seed;
  std::atomic<std::uint64_t> lost_writes;  ///< how many writes and entries deaths have taken back
  std::uint64_t zero[3];
};
static_assert(sizeof(Control) == 64);

/// The mapped file, or null if there is none.
Control* control();
/// The step of that name, or null if the test does not ask for it.
Row* row(const char* name);

/// What one call of a step has to do, decided once when it begins.
struct Verdict {
  Action action = Action::kNone;
  std::uint32_t number = 0;
};
/// Counts the call; kills the process if it is to die before it.
Verdict begin(Row* step);
/// Kills the process if it is to die behind the call.
void end(Verdict verdict);
/// Dies by SIGKILL, taking with it what the control file says.
[[noreturn]] void die();

}  // namespace farshore::faults
