// SPDX-License-Identifier: Apache-2.0
#include "server/dev.h"

#include <algorithm>
#include <cstdio>
#include <optional>

#include "codec/json.h"
#include "codec/text.h"
#include "identity/accounts.h"
#include "platform/event_loop.h"
#include "platform/signal_waiter.h"
#include "platform/socket_network.h"
#include "platform/stderr_log.h"
#include "platform/system_clock.h"
#include "platform/system_random.h"
#include "server/region.h"

namespace farshore::server {
namespace {

constexpr Duration kDrainGrace = std::chrono::seconds(12);

/// One region with the metrics that carry its name.
struct DevRegion {
  DevRegion(const std::string& id, platform::EventLoop& loop, Clock& clock, Random& random, Log& log)
      : metrics({{"region", id}}), runtime{loop, clock, random, log, metrics} {}
  MetricsRegistry metrics;
  Runtime runtime;
  std::unique_ptr<Listener> listener;
  std::unique_ptr<Region> region;
};

/// The realm of one process.
class DevRealm {
 public:
  explicit DevRealm(const DevOptions& options) : options_(options), log_(LogLevel::kInfo), network_(loop_) {
    if (options.log_level == "debug") log_.set_threshold(LogLevel::kDebug);
    if (options.log_level == "warn") log_.set_threshold(LogLevel::kWarn);
    if (options.log_level == "error") log_.set_threshold(LogLevel::kError);
  }

  int run() {
    platform::SignalWaiter signals(loop_);
    TaskScope scope(loop_);
    std::optional<Result<void>> ended;
    scope.spawn(live(&signals, &ended));
    loop_.run_until([&] { return scope.size() == 0; });
    if (ended && *ended) return 0;
    std::fprintf(stderr, "farshore dev: %s\n", ended ? ended->error().message().c_str() : "stopped");
    return 1;
  }

 private:
  Task<void> live(platform::SignalWaiter* signals, std::optional<Result<void>>* ended) {
    Result<void> result = co_await open();
    if (result) {
      // A request waits for the next request's disk, never for this: only signals and a failed store end the realm.
      OpContext op;
      while (true) {
        const auto signal = co_await signals->next(op.with_deadline(loop_.now() + std::chrono::seconds(1)));
        if (signal) break;
        if (const Region* failed = failed_region()) {
          result = Error(ErrorCode::kStorageUnavailable, fmt::format("the store of region {} has stopped writing after a disk error; start again to recover",
                                                                     failed->config().id.get()));
          break;
        }
      }
      log_.info("server.stopping", {});
    }
    // The regions share the grace: however many they are, the process ends within it.
    const Instant end = loop_.now() + kDrainGrace;
    for (auto& region : regions_) {
      if (region->region) co_await region->region->close(std::max(end - loop_.now(), Duration()));
    }
    ended->emplace(std::move(result));
  }

  const Region* failed_region() const {
    for (const auto& region : regions_) {
      if (region->region->store_failed()) return region->region.get();
    }
    return nullptr;
  }

  Task<Result<void>> open() {
    CO_TRY_OK(make_directories(options_.data));
    const std::string key_file = options_.data + "/realm.key";
    auto secrets = read_realm_secrets(key_file);
    if (!secrets && secrets.error().code() == ErrorCode::kNotFound) {
      secrets_ = make_realm_secrets(random_);
      CO_TRY_OK(write_realm_secrets(key_file, secrets_));
    } else if (!secrets) {
      co_return secrets.error();
    } else {
      secrets_ = *std::move(secrets);
    }
    CO_TRY(operator_secret_, read_or_make_key(options_.data + "/operator.key", random_));
    CO_TRY_OK(bind());
    for (auto& region : regions_) CO_TRY_OK(co_await region->region->open(OpContext()));
    for (auto& region : regions_) region->region->listen(std::move(region->listener));
    CO_TRY_OK(co_await make_accounts());
    co_return write_realm_json();
  }

  /// Listens everywhere first: the regions must know each other's ports.
  Result<void> bind() {
    std::vector<RealmRegion> realm;
    for (std::size_t i = 0; i < options_.regions.size(); ++i) {
      const std::string& id = options_.regions[i];
      auto region = std::make_unique<DevRegion>(id, loop_, clock_, random_, log_);
      const std::uint16_t port = options_.port == 0 ? 0 : static_cast<std::uint16_t>(options_.port + i);
      TRY(region->listener, network_.listen(NetworkAddress{"127.0.0.1", port}, std::nullopt, true));
      RealmRegion entry;
      entry.id = RegionId(id);
      entry.number = RegionNumber(static_cast<std::uint16_t>(i + 1));
      entry.address = region->listener->local();
      entry.extranet = fmt::format("127.0.0.1:{}", entry.address.port);
      entry.names = {location_of(entry.id) + ".localhost"};
      realm.push_back(std::move(entry));
      regions_.push_back(std::move(region));
    }
    for (std::size_t i = 0; i < regions_.size(); ++i) {
      RegionConfig config;
      config.id = realm[i].id;
      config.realm = realm;
      config.home = realm.front().id;
      config.data_directory = options_.data + "/" + config.id.get();
      config.development = true;
      regions_[i]->region = std::make_unique<Region>(regions_[i]->runtime, regions_[i]->metrics, network_, std::move(config), secrets_, operator_secret_);
    }
    return {};
  }

  Task<Result<void>> make_accounts() {
    auto& home = *regions_.front()->region;
    for (const std::string& name : options_.accounts) {
      bool known = false;
      for (const auto& account : home.accounts().list(identity::PageRequest{"", 1000}).items) known = known || account.name == name;
      if (known) continue;
      identity::CreateAccount request;
      request.name = name;
      auto created = co_await home.accounts().create(OpContext(), std::move(request));
      if (!created) co_return created.error();
    }
    co_return Result<void>();
  }

  Result<void> write_realm_json() {
    auto& home = *regions_.front()->region;
    const auto endpoint = [](const Region& region) {
      for (const RealmRegion& entry : region.config().realm) {
        if (entry.id == region.config().id) return "http://" + entry.extranet;
      }
      return std::string();
    };
    codec::JsonWriter json;
    json.begin_object();
    json.member("identity_endpoint", endpoint(home));
    json.member("console", endpoint(home));
    json.name("regions").begin_array();
    for (const auto& region : regions_) {
      json.begin_object();
      json.member("id", region->region->config().id.get());
      json.member("location", location_of(region->region->config().id));
      json.member("endpoint", endpoint(*region->region));
      json.end_object();
    }
    json.end_array();
    json.name("accounts").begin_array();
    // In the order in which they were asked for: the first is the source in every example.
    auto accounts = home.accounts().list(identity::PageRequest{"", 1000}).items;
    const auto rank = [&](const auto& account) { return std::find(options_.accounts.begin(), options_.accounts.end(), account.name) - options_.accounts.begin(); };
    std::stable_sort(accounts.begin(), accounts.end(), [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
    for (const auto& account : accounts) {
      const auto keys = home.directory().view().access_keys(account.uid, UserId());
      if (keys.empty()) continue;
      TRY(const Secret secret, home.sealer().open(keys.front().id.get(), keys.front().sealed_secret));
      json.begin_object();
      json.member("name", account.name);
      json.member("uid", account.uid.get());
      json.member("access_key_id", keys.front().id.get());
      json.member("access_key_secret", secret.reveal());
      json.end_object();
    }
    json.end_array();
    json.end_object();
    TRY_OK(write_file(options_.data + "/realm.json", std::move(json).take() + "\n", 0600));
    for (const auto& region : regions_) log_.info("server.ready", {{"region", region->region->config().id.get()}, {"endpoint", endpoint(*region->region)}});
    return {};
  }

  const DevOptions& options_;
  platform::StderrLog log_;
  platform::SystemClock clock_;
  platform::SystemRandom random_;
  platform::EventLoop loop_;
  platform::SocketNetwork network_;
  RealmSecrets secrets_;
  Secret operator_secret_;
  std::vector<std::unique_ptr<DevRegion>> regions_;
};

}  // namespace

int run_dev(const DevOptions& options) { return DevRealm(options).run(); }

}  // namespace farshore::server
