// SPDX-License-Identifier: Apache-2.0
#include "server/serve.h"

#include <cstdio>
#include <optional>

#include "platform/event_loop.h"
#include "platform/signal_waiter.h"
#include "platform/socket_network.h"
#include "platform/stderr_log.h"
#include "platform/system_clock.h"
#include "platform/system_random.h"
#include "server/serve_config.h"

namespace farshore::server {
namespace {

constexpr Duration kDrainGrace = std::chrono::seconds(12);

/// One region in this process.
class Serve {
 public:
  explicit Serve(ServeConfig config) : config_(std::move(config)), network_(loop_), metrics_({{"region", config_.region.id.get()}}) {
    if (config_.log_level == "debug") log_.set_threshold(LogLevel::kDebug);
    if (config_.log_level == "warn") log_.set_threshold(LogLevel::kWarn);
    if (config_.log_level == "error") log_.set_threshold(LogLevel::kError);
  }

  Result<void> run() {
    platform::SignalWaiter signals(loop_);
    TaskScope scope(loop_);
    Result<void> result;
    scope.spawn(live(&signals, &result));
    loop_.run_until([&] { return scope.size() == 0; });
    return result;
  }

 private:
  Task<void> live(platform::SignalWaiter* signals, Result<void>* result) {
    *result = co_await open();
    if (*result) {
      while (true) {
        const auto signal = co_await signals->next(OpContext().with_deadline(loop_.now() + std::chrono::seconds(1)));
        constexpr int kHangUp = 1;  // certificates are read anew when their files change; there is nothing else to reload
        if (signal && *signal != kHangUp) break;
        if (region_->store_failed()) {
          *result = Error(ErrorCode::kStorageUnavailable, "the store has stopped writing after a disk error; start again to recover");
          break;
        }
      }
      log_.info("server.stopping", {});
    }
    if (region_) co_await region_->close(kDrainGrace);
  }

  Task<Result<void>> open() {
    CO_TRY(secrets_, read_realm_secrets(config_.realm_key_file));
    CO_TRY_OK(make_directories(config_.region.data_directory));
    CO_TRY(Secret operator_secret, read_or_make_key(config_.region.data_directory + "/operator.key", random_));
    CO_TRY(auto clients, network_.listen(config_.listen, config_.listen_tls, config_.plain_too));
    CO_TRY(auto peers, network_.listen(config_.peer_listen, config_.peer_tls, false));
    region_ = std::make_unique<Region>(Runtime{loop_, clock_, random_, log_, metrics_}, metrics_, network_, config_.region, secrets_, std::move(operator_secret));
    CO_TRY_OK(co_await region_->open(OpContext()));
    log_.info("server.ready", {{"region", config_.region.id.get()}, {"host", clients->local().host}, {"port", clients->local().port}, {"peer_port", peers->local().port}});
    region_->listen(std::move(clients));
    region_->listen(std::move(peers));
    co_return Result<void>();
  }

  ServeConfig config_;
  platform::StderrLog log_;
  platform::SystemClock clock_;
  platform::SystemRandom random_;
  platform::EventLoop loop_;
  platform::SocketNetwork network_;
  MetricsRegistry metrics_;
  RealmSecrets secrets_;
  std::unique_ptr<Region> region_;
};

}  // namespace

int run_serve(const std::string& config_file) {
  auto config = read_serve_config(config_file);
  Result<void> ended;
  if (config) {
    ended = Serve(*std::move(config)).run();
  } else {
    ended = config.error();
  }
  if (ended) return 0;
  std::fprintf(stderr, "farshore serve: %s\n", ended.error().message().c_str());
  return 1;
}

}  // namespace farshore::server
