// SPDX-License-Identifier: Apache-2.0
// Metrics: counters, gauges and histograms, registered beside the code that counts.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace farshore {

class Counter {
 public:
  virtual ~Counter() = default;
  virtual void add(double amount = 1) = 0;
};
class Gauge {
 public:
  virtual ~Gauge() = default;
  virtual void set(double value) = 0;
};
class Histogram {
 public:
  virtual ~Histogram() = default;
  virtual void observe(double value) = 0;
};

using MetricLabels = std::map<std::string, std::string>;

/// Port. Names are farshore_<folder>_<noun>_<unit>; label values come from closed sets or configured rules, never from
/// object keys. Look a metric up once and keep the reference: it lives as long as the registry. Threads: any.
class Metrics {
 public:
  virtual ~Metrics() = default;
  virtual Counter& counter(std::string_view name, std::string_view help, const MetricLabels& labels = {}) = 0;
  virtual Gauge& gauge(std::string_view name, std::string_view help, const MetricLabels& labels = {}) = 0;
  virtual Histogram& histogram(std::string_view name, std::string_view help, const std::vector<double>& bounds, const MetricLabels& labels = {}) = 0;
};

}  // namespace farshore
