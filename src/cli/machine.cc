// SPDX-License-Identifier: Apache-2.0
#include "cli/machine.h"

#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstdio>
#include <memory>

#include <fmt/format.h>

#include "codec/text.h"

namespace farshore::cli {
namespace {

std::string read_proc(const std::string& path) {
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "rb"));
  if (!file) return "";
  std::string content(16384, '\0');
  content.resize(std::fread(content.data(), 1, content.size(), file.get()));
  return content;
}

}  // namespace

std::string cpu_model(std::string_view cpuinfo) {
  for (const std::string_view line : codec::split(cpuinfo, '\n')) {
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && codec::trim(line.substr(0, colon)) == "model name") return std::string(codec::trim(line.substr(colon + 1)));
  }
  return "";
}

Machine this_machine() {
  Machine machine;
  machine.cores = static_cast<unsigned>(::sysconf(_SC_NPROCESSORS_ONLN));
  machine.model = cpu_model(read_proc("/proc/cpuinfo"));
  utsname name{};
  if (::uname(&name) == 0) machine.kernel = name.release;
  return machine;
}

std::optional<double> stat_cpu_seconds(std::string_view stat, long ticks_per_second) {
  const std::size_t end_of_name = stat.rfind(')');
  if (end_of_name == std::string_view::npos || end_of_name + 2 >= stat.size()) return std::nullopt;
  const auto fields = codec::split(stat.substr(end_of_name + 2), ' ');  // from field 3, the state
  if (fields.size() < 13) return std::nullopt;
  const auto user = codec::parse_decimal<std::uint64_t>(fields[11]);
  const auto system = codec::parse_decimal<std::uint64_t>(fields[12]);
  if (!user || !system) return std::nullopt;
  return static_cast<double>(*user + *system) / static_cast<double>(ticks_per_second);
}

std::optional<double> cpu_seconds_of(int pid) { return stat_cpu_seconds(read_proc(fmt::format("/proc/{}/stat", pid)), ::sysconf(_SC_CLK_TCK)); }

double own_cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace farshore::cli
