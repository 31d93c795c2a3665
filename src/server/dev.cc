// SPDX-License-Identifier: Apache-2.0
#include "server/dev.h"

#include <algorithm>
#include <cstdio>
#include <functional>

#include "codec/json.h"
#include "codec/text.h"
#include "identity/accounts.h"
#include "platform/event_loop.h"
#include "platform/loop_thread.h"
#include "platform/signal_waiter.h"
#include "platform/socket_network.h"
#include "platform/stderr_log.h"
#include "platform/system_clock.h"
#include "platform/system_random.h"
#include "server/region.h"

namespace farshore::server {
namespace {

constexpr Duration kDrainGrace = std::chrono::seconds(12);
constexpr platform::EventLoopSettings kRegionLoop{.pool_threads = 2};
/// Waits for signals; the regions have loops of their own.
constexpr platform::EventLoopSettings kMainLoop{.pool_threads = 1};

/// One region with a loop of its own, as if it were a process of its own (docs/adr/0007-a-loop-for-each-region-of-dev.md). What is not said to
/// be for any thread is touched by steps of its loop alone.
class DevRegion {
 public:
  DevRegion(const std::string& id, Clock& clock, Random& random, Log& log)
      : metrics_({{"region", id}}), thread_(id, kRegionLoop), network_(thread_.loop()), runtime_{thread_.loop(), clock, random, log, metrics_} {}
  /// The loop stands still before anything that lives on it goes.
  ~DevRegion() { thread_.end(); }

  platform::LoopThread& thread() { return thread_; }
  Region& region() { return *region_; }  ///< its config() from any thread
  bool made() const { return region_ != nullptr; }
  const Result<void>& result() const { return result_; }  ///< of the last step
  bool store_failed() const { return store_failed_; }     ///< as seen by look()
  NetworkAddress address() const { return listener_->local(); }

  // Steps.
  Task<void> bind(std::uint16_t port) {
    auto listener = network_.listen(NetworkAddress{"127.0.0.1", port}, std::nullopt, true);
    if (listener) listener_ = *std::move(listener);
    if (!listener) result_ = listener.error();
    co_return;
  }
  Task<void> open(RegionConfig config, const RealmSecrets* secrets, Secret operator_secret) {
    region_ = std::make_unique<Region>(runtime_, metrics_, network_, std::move(config), *secrets, std::move(operator_secret));
    result_ = co_await region_->open(OpContext());
  }
  Task<void> listen() {
    region_->listen(std::move(listener_));
    co_return;
  }
  Task<void> look() {
    store_failed_ = region_->store_failed();
    co_return;
  }
  Task<void> close() { co_await region_->close(kDrainGrace); }
  Task<void> make_accounts(std::vector<std::string> names) { result_ = co_await make_absent_accounts(std::move(names)); }

 private:
  Task<Result<void>> make_absent_accounts(std::vector<std::string> names) {
    for (const std::string& name : names) {
      bool known = false;
      for (const auto& account : region_->accounts().list(identity::PageRequest{"", 1000}).items) known = known || account.name == name;
      if (known) continue;
      identity::CreateAccount request;
      request.name = name;
      auto created = co_await region_->accounts().create(OpContext(), std::move(request));
      if (!created) co_return created.error();
    }
    co_return Result<void>();
  }

  MetricsRegistry metrics_;
  platform::LoopThread thread_;
  platform::SocketNetwork network_;
  Runtime runtime_;
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<Region> region_;
  Result<void> result_;
  bool store_failed_ = false;
};

/// The realm of one process. Runs on the main thread, which waits for the regions' steps.
class DevRealm {
 public:
  explicit DevRealm(const DevOptions& options) : options_(options), log_(LogLevel::kInfo), loop_(kMainLoop) {
    if (options.log_level == "debug") log_.set_threshold(LogLevel::kDebug);
    if (options.log_level == "warn") log_.set_threshold(LogLevel::kWarn);
    if (options.log_level == "error") log_.set_threshold(LogLevel::kError);
  }

  int run() {
    platform::SignalWaiter signals(loop_);
    Result<void> result = open();
    if (result) {
      result = serve(signals);
      log_.info("server.stopping", {});
    }
    // All at once: however many they are, the process ends within the grace.
    each([](DevRegion& region) { return region.made() ? region.close() : nothing(); });
    if (result) return 0;
    std::fprintf(stderr, "farshore dev: %s\n", result.error().message().c_str());
    return 1;
  }

 private:
  using Step = std::function<Task<void>(DevRegion&)>;

  static Task<void> nothing() { co_return; }

  /// Has all regions make a step, side by side.
  void each(const Step& step) {
    for (auto& region : regions_) region->thread().begin([&step, &region = *region] { return step(region); });
    for (auto& region : regions_) region->thread().wait();
  }

  Result<void> outcome() const {
    for (const auto& region : regions_) TRY_OK(region->result());
    return {};
  }

  /// A request waits for the next request's disk, never for this: only signals and a failed store end the realm.
  Result<void> serve(platform::SignalWaiter& signals) {
    while (true) {
      TaskScope scope(loop_);
      bool ended = false;
      scope.spawn(wait_for_signal(&signals, &ended));
      loop_.run_until([&] { return scope.size() == 0; });
      if (ended) return {};
      each([](DevRegion& region) { return region.look(); });
      for (const auto& region : regions_) {
        if (!region->store_failed()) continue;
        return Error(ErrorCode::kStorageUnavailable,
                     fmt::format("the store of region {} has stopped writing after a disk error; start again to recover", region->region().config().id.get()));
      }
    }
  }
  Task<void> wait_for_signal(platform::SignalWaiter* signals, bool* came) {
    const auto signal = co_await signals->next(OpContext().with_deadline(loop_.now() + std::chrono::seconds(1)));
    *came = signal.has_value();
  }

  Result<void> open() {
    TRY_OK(make_directories(options_.data));
    const std::string key_file = options_.data + "/realm.key";
    auto secrets = read_realm_secrets(key_file);
    if (!secrets && secrets.error().code() == ErrorCode::kNotFound) {
      secrets_ = make_realm_secrets(random_);
      TRY_OK(write_realm_secrets(key_file, secrets_));
    } else if (!secrets) {
      return secrets.error();
    } else {
      secrets_ = *std::move(secrets);
    }
    TRY(operator_secret_, read_or_make_key(options_.data + "/operator.key", random_));
    TRY(const auto realm, bind());
    each([this, &realm](DevRegion& region) { return region.open(config_of(realm, region), &secrets_, operator_secret_); });
    TRY_OK(outcome());
    each([](DevRegion& region) { return region.listen(); });
    DevRegion& home = *regions_.front();
    home.thread().run([this, &home] { return home.make_accounts(options_.accounts); });
    TRY_OK(outcome());
    Result<void> written;
    home.thread().run([this, &written] { return write_realm_json(&written); });
    return written;
  }

  /// Listens everywhere first: the regions must know each other's ports.
  Result<std::vector<RealmRegion>> bind() {
    std::vector<RealmRegion> realm;
    for (std::size_t i = 0; i < options_.regions.size(); ++i) {
      const std::string& id = options_.regions[i];
      if (!valid_region_id(id)) return Error(ErrorCode::kInvalidArgument, fmt::format("--regions: '{}' {}", id, kRegionIdRule));
      DevRegion& region = *regions_.emplace_back(std::make_unique<DevRegion>(id, clock_, random_, log_));
      const std::uint16_t port = options_.port == 0 ? 0 : static_cast<std::uint16_t>(options_.port + i);
      region.thread().run([&] { return region.bind(port); });
      TRY_OK(region.result());
      RealmRegion entry;
      entry.id = RegionId(id);
      entry.number = RegionNumber(static_cast<std::uint16_t>(i + 1));
      entry.address = region.address();
      entry.extranet = fmt::format("127.0.0.1:{}", entry.address.port);
      entry.names = {location_of(entry.id) + ".localhost"};
      realm.push_back(std::move(entry));
    }
    return realm;
  }

  RegionConfig config_of(const std::vector<RealmRegion>& realm, const DevRegion& of) const {
    const auto same = [&](const auto& region) { return region.get() == &of; };
    const auto index = static_cast<std::size_t>(std::find_if(regions_.begin(), regions_.end(), same) - regions_.begin());
    RegionConfig config;
    config.id = realm[index].id;
    config.realm = realm;
    config.home = realm.front().id;
    config.data_directory = options_.data + "/" + config.id.get();
    config.store = backend::LocalSettings::development();
    return config;
  }

  /// On the home's loop, for it reads the directory.
  Task<void> write_realm_json(Result<void>* written) {
    *written = describe_realm();
    co_return;
  }
  Result<void> describe_realm() {
    Region& home = regions_.front()->region();
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
    for (const auto& each : regions_) {
      const Region& region = each->region();
      json.begin_object();
      json.member("id", region.config().id.get());
      json.member("location", location_of(region.config().id));
      json.member("endpoint", endpoint(region));
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
    for (const auto& each : regions_) log_.info("server.ready", {{"region", each->region().config().id.get()}, {"endpoint", endpoint(each->region())}});
    return {};
  }

  const DevOptions& options_;
  platform::StderrLog log_;
  platform::SystemClock clock_;
  platform::SystemRandom random_;
  platform::EventLoop loop_;
  RealmSecrets secrets_;
  Secret operator_secret_;
  std::vector<std::unique_ptr<DevRegion>> regions_;
};

}  // namespace

int run_dev(const DevOptions& options) { return DevRealm(options).run(); }

}  // namespace farshore::server
