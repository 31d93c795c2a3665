// SPDX-License-Identifier: Apache-2.0
// MetricsRegistry: the Metrics port over prometheus-cpp, and its text exposition.
#pragma once

#include <memory>
#include <string>

#include "runtime/metrics.h"

namespace farshore::server {

/// Threads: any. Every series carries the constant labels given at the start (the region).
class MetricsRegistry : public Metrics {
 public:
  explicit MetricsRegistry(MetricLabels constant_labels);
  ~MetricsRegistry() override;
  Counter& counter(std::string_view name, std::string_view help, const MetricLabels& labels) override;
  Gauge& gauge(std::string_view name, std::string_view help, const MetricLabels& labels) override;
  Histogram& histogram(std::string_view name, std::string_view help, const std::vector<double>& bounds, const MetricLabels& labels) override;
  /// Prometheus text format 0.0.4.
  std::string text() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace farshore::server
