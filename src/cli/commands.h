// SPDX-License-Identifier: Apache-2.0
// The commands of the farshore binary that are clients: run_admin, run_bench, and the hooks that the server folder fills in.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace farshore::cli {

/// `farshore admin realm init`: makes a realm in a directory of the operator's, with a folder for each region's host.
struct RealmInit {
  std::string directory;
  std::vector<std::string> regions;  ///< "ID=HOST[:PORT,PEERPORT]" as typed; the first is the home
};

/// `farshore admin realm join`: adds regions to the realm of a directory.
struct RealmJoin {
  std::string directory;
  std::vector<std::string> regions;
};

/// What works on files of the server rather than over its API. Each gives the process's exit code and prints its own sentences;
/// an empty one makes its subcommand say that this binary does not have it.
struct RealmCommands {
  std::function<int(const RealmInit&)> init;
  std::function<int(const RealmJoin&)> join;
};

/// `farshore admin …` (docs/operating/admin.md). `arguments` without the program's and the command's name.
/// Exit code: 0 done, 1 the region refused, failed or cannot be reached, 2 the command line is wrong or names what is not there.
int run_admin(std::vector<std::string> arguments, RealmCommands realm);

/// `farshore bench …` (bench/README.md). Exit code: 0 done, 1 failed or some operations failed, 2 the command line is wrong.
int run_bench(std::vector<std::string> arguments);

}  // namespace farshore::cli
