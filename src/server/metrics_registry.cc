// SPDX-License-Identifier: Apache-2.0
#include "server/metrics_registry.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <mutex>

namespace farshore::server {
namespace {

struct CounterAdapter : Counter {
  explicit CounterAdapter(prometheus::Counter& target) : counter(target) {}
  void add(double amount) override { counter.Increment(amount); }
  prometheus::Counter& counter;
};
struct GaugeAdapter : Gauge {
  explicit GaugeAdapter(prometheus::Gauge& target) : gauge(target) {}
  void set(double value) override { gauge.Set(value); }
  prometheus::Gauge& gauge;
};
struct HistogramAdapter : Histogram {
  explicit HistogramAdapter(prometheus::Histogram& target) : histogram(target) {}
  void observe(double value) override { histogram.Observe(value); }
  prometheus::Histogram& histogram;
};

using Key = std::pair<std::string, MetricLabels>;

}  // namespace

struct MetricsRegistry::Impl {
  MetricLabels constant;
  prometheus::Registry registry;
  std::mutex mutex;
  std::map<Key, std::unique_ptr<CounterAdapter>> counters;
  std::map<Key, std::unique_ptr<GaugeAdapter>> gauges;
  std::map<Key, std::unique_ptr<HistogramAdapter>> histograms;
};

MetricsRegistry::MetricsRegistry(MetricLabels constant_labels) : impl_(std::make_unique<Impl>()) { impl_->constant = std::move(constant_labels); }
MetricsRegistry::~MetricsRegistry() = default;

Counter& MetricsRegistry::counter(std::string_view name, std::string_view help, const MetricLabels& labels) {
  const std::lock_guard lock(impl_->mutex);
  auto& slot = impl_->counters[{std::string(name), labels}];
  if (!slot) {
    auto& family = prometheus::BuildCounter().Name(std::string(name)).Help(std::string(help)).Labels(impl_->constant).Register(impl_->registry);
    slot = std::make_unique<CounterAdapter>(family.Add(labels));
  }
  return *slot;
}

Gauge& MetricsRegistry::gauge(std::string_view name, std::string_view help, const MetricLabels& labels) {
  const std::lock_guard lock(impl_->mutex);
  auto& slot = impl_->gauges[{std::string(name), labels}];
  if (!slot) {
    auto& family = prometheus::BuildGauge().Name(std::string(name)).Help(std::string(help)).Labels(impl_->constant).Register(impl_->registry);
    slot = std::make_unique<GaugeAdapter>(family.Add(labels));
  }
  return *slot;
}

Histogram& MetricsRegistry::histogram(std::string_view name, std::string_view help, const std::vector<double>& bounds, const MetricLabels& labels) {
  const std::lock_guard lock(impl_->mutex);
  auto& slot = impl_->histograms[{std::string(name), labels}];
  if (!slot) {
    auto& family = prometheus::BuildHistogram().Name(std::string(name)).Help(std::string(help)).Labels(impl_->constant).Register(impl_->registry);
    slot = std::make_unique<HistogramAdapter>(family.Add(labels, bounds));
  }
  return *slot;
}

std::string MetricsRegistry::text() const { return prometheus::TextSerializer().Serialize(impl_->registry.Collect()); }

}  // namespace farshore::server
