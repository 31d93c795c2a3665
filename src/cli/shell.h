// SPDX-License-Identifier: Apache-2.0
// Shell: the loop, clock, network and the rest of a runtime for a command that runs once.
#pragma once

#include <optional>

#include "http/client.h"
#include "platform/event_loop.h"
#include "platform/socket_network.h"
#include "platform/stderr_log.h"
#include "platform/system_clock.h"
#include "platform/system_random.h"
#include "runtime/runtime.h"
#include "runtime/task_scope.h"

namespace farshore::cli {

/// Counts nothing: a command that ends has nobody to tell.
class NoMetrics : public Metrics {
 public:
  Counter& counter(std::string_view, std::string_view, const MetricLabels&) override { return cell_; }
  Gauge& gauge(std::string_view, std::string_view, const MetricLabels&) override { return cell_; }
  Histogram& histogram(std::string_view, std::string_view, const std::vector<double>&, const MetricLabels&) override { return cell_; }

 private:
  struct Cell : Counter, Gauge, Histogram {
    void add(double) override {}
    void set(double) override {}
    void observe(double) override {}
  };
  Cell cell_;
};

/// Owned by the command; one thread.
class Shell {
 public:
  /// `connections`: how many kept connections each endpoint may have.
  explicit Shell(std::size_t connections = 4) : network_(loop_), client_(runtime(), network_, client_settings(connections)) {}
  Runtime runtime() { return Runtime{loop_, clock_, random_, log_, metrics_}; }
  http::Client& client() { return client_; }

  /// Runs a task to its end.
  template <class T>
  T run(Task<T> task) {
    std::optional<T> value;
    TaskScope scope(loop_);
    scope.spawn(keep(std::move(task), &value));
    loop_.run_until([&] { return scope.size() == 0; });
    return *std::move(value);
  }

 private:
  template <class T>
  static Task<void> keep(Task<T> inner, std::optional<T>* out) {
    out->emplace(co_await inner);
  }
  static http::ClientSettings client_settings(std::size_t connections) {
    http::ClientSettings settings;
    settings.idle_per_endpoint_max = connections;
    return settings;
  }
  platform::SystemClock clock_;
  platform::SystemRandom random_;
  platform::StderrLog log_{LogLevel::kWarn};
  NoMetrics metrics_;
  platform::EventLoop loop_{platform::EventLoopSettings{1}};
  platform::SocketNetwork network_;
  http::Client client_;
};

}  // namespace farshore::cli
