// SPDX-License-Identifier: Apache-2.0
#include "sim/realm/world.h"

#include <algorithm>

namespace farshore::sim {
namespace {

constexpr std::string_view kRegionNames[] = {"cn-hangzhou", "cn-beijing", "cn-shanghai", "cn-shenzhen", "cn-chengdu"};
constexpr std::string_view kTrustOss =
    R"({"Version":"1","Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"Service":["oss.aliyuncs.com"]}}]})";
constexpr std::string_view kTrustNobody =
    R"({"Version":"1","Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"Service":["ecs.aliyuncs.com"]}}]})";

Duration up_to(Random& random, Duration longest) {
  return longest.count() <= 0 ? Duration() : Duration(static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(longest.count()) + 1)));
}

}  // namespace

World::World(std::uint64_t seed, WorldSettings settings) : seed_(seed), settings_(std::move(settings)), loop_(seed), wires_(loop_), trace_(loop_) {
  FS_CHECK(settings_.regions <= std::size(kRegionNames));
  for (std::size_t i = 0; i < settings_.regions; ++i) realm_.regions.push_back(RegionId(std::string(kRegionNames[i])));
  realm_.home = realm_.regions.front();
  realm_.replication = settings_.replication;
  realm_.directory = settings_.directory;
  realm_.local = settings_.local;
  loop_.run_until(Instant(std::chrono::hours(1)));  // so that no clock is before the start of the world
  loop_.work_delay_max = settings_.work_delay_max;
  loop_.work_stall_max = settings_.work_stall_max;
  const StoreKind by_seed = random().below(4) == 0 ? StoreKind::kLocal : StoreKind::kMemory;
  for (std::size_t i = 0; i < settings_.regions; ++i) {
    auto region = std::make_unique<SimRegion>(loop_, wires_, trace_, realm_, realm_.regions[i], settings_.store.value_or(by_seed));
    region->clock().skew = up_to(random(), 2 * settings_.skew_max) - settings_.skew_max;
    region->store().content_delay_max = settings_.content_delay_max;
    regions_.push_back(std::move(region));
    for (std::size_t k = 0; k < i; ++k) link(i, k).latency = up_to(random(), settings_.latency_max);
  }
  for (std::size_t i = 0; i < settings_.regions; ++i) restart(i);
  must("create account", home().accounts().create(OpContext(), identity::CreateAccount{"source", kSourceAccount, {}, {}}));
  must("create account", home().accounts().create(OpContext(), identity::CreateAccount{"destination", kDestinationAccount, {}, {}}));
  spread();
}

World::~World() {
  // Clients and observers hold what the regions own.
  for (auto& region : regions_) {
    if (region->up()) region->requests().abandon();
  }
}

void World::run_for(Duration duration) { loop_.run_until(loop_.now() + duration); }

bool World::run_until(const std::function<bool()>& done, Duration horizon) {
  struct Limit final : TimerNode {
    void on_time() override { due = true; }
    bool due = false;
  } limit;
  loop_.arm(limit, loop_.now() + horizon);
  loop_.run_until([&] { return limit.due || done(); });
  return done();
}

void World::run_steps(std::uint64_t count) {
  const std::uint64_t until = loop_.steps() + count;
  run_until([&] { return loop_.steps() >= until; }, std::chrono::seconds(30));
}

void World::violate(std::string text) {
  trace_.line("VIOLATION", text);
  violations_.push_back(std::move(text));
}

void World::crash(std::size_t region, CrashKind kind) {
  if (!regions_[region]->up()) return;
  ++faults_;
  regions_[region]->crash(kind);
}

void World::restart_struck(std::size_t region) {
  SimRegion& here = *regions_[region];
  if (here.up() || !here.store().strike_opening()) return;
  fault("opening of " + host(region) + " is struck");
  static_cast<void>(run(here.start(OpContext())));
  if (here.up()) {
    for (const auto& hook : hooks_) hook(region);
    crash(region);
  } else {
    here.store().crash(CrashKind::kPowerCut);
  }
}

void World::fault(std::string_view what) {
  ++faults_;
  trace_.line("world", what);
}

void World::restart(std::size_t region) {
  if (const auto started = try_restart(region); !started) violate("restart: " + started.error().text());
}

Result<void> World::try_restart(std::size_t region) {
  if (regions_[region]->up()) return {};
  auto started = run(regions_[region]->start(OpContext()));
  if (!regions_[region]->up()) {
    // What it had opened by then is lost like everything of a life that never began.
    regions_[region]->store().crash(CrashKind::kKilled);
    return started ? Result<void>(Error(ErrorCode::kDeadlineExceeded, "it does not come up")) : started;
  }
  for (const auto& hook : hooks_) hook(region);
  return {};
}

void World::end_failed() {
  for (std::size_t i = 0; i < regions_.size(); ++i) {
    if (!regions_[i]->up() || !regions_[i]->store().failed()) continue;
    trace_.line(host(i), "store.failed");
    crash(i, CrashKind::kKilled);
  }
}

void World::strike(std::size_t region) {
  if (!regions_[region]->up()) return;
  ++faults_;
  trace_.line(host(region), "store.strike");
  const bool stops = regions_[region]->store().strike();
  run_for(up_to(random(), std::chrono::milliseconds(300)));
  if (stops) crash(region);
}

void World::cut(std::size_t a, std::size_t b) {
  ++faults_;
  trace_.line("world", fmt::format("cut {} {}", host(a), host(b)));
  wires_.set_up(host(a), host(b), false);
  wires_.cut(host(a), host(b));
}

void World::reset(std::size_t a, std::size_t b) {
  ++faults_;
  trace_.line("world", fmt::format("reset {} {}", host(a), host(b)));
  wires_.cut(host(a), host(b));
}

void World::silence(std::size_t a, std::size_t b) {
  ++faults_;
  trace_.line("world", fmt::format("silence {} {}", host(a), host(b)));
  wires_.set_up(host(a), host(b), false);
}

void World::silence_one_way(std::size_t from, std::size_t to) {
  ++faults_;
  trace_.line("world", fmt::format("silence {} to {}", host(from), host(to)));
  wires_.set_one_way(host(from), host(to), true);
}

void World::heal(std::size_t a, std::size_t b) {
  SimLink& between = link(a, b);
  if (between.up && !between.blocked[0] && !between.blocked[1]) return;
  trace_.line("world", fmt::format("heal {} {}", host(a), host(b)));
  wires_.set_one_way(host(a), host(b), false);
  wires_.set_one_way(host(b), host(a), false);
  wires_.set_up(host(a), host(b), true);
}

void World::heal_all() {
  for (std::size_t a = 0; a < regions_.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) heal(a, b);
  }
  end_failed();
  for (std::size_t i = 0; i < regions_.size(); ++i) {
    regions_[i]->store().set_full(false);
    regions_[i]->store().calm();
    restart(i);
  }
}

Task<Result<objects::BucketRef>> World::open(SimBucket bucket) { co_return co_await regions_[bucket.region]->objects().buckets().open(OpContext(), bucket.id); }

SimBucket World::make_bucket(std::size_t region, std::string name, const AccountUid& owner, bool versioned) {
  SimBucket bucket;
  bucket.region = region;
  bucket.id = BucketId(static_cast<std::uint64_t>(regions_[region]->number().get()) << 48 | ++buckets_made_);
  bucket.name = BucketName(std::move(name));
  bucket.owner = owner;
  bucket.versioned = versioned;
  SimRegion& here = *regions_[region];
  const identity::BucketEntry entry{bucket.name, bucket.id, owner, here.id(), here.clock().now().millis()};
  must("register bucket", here.registry().register_bucket(OpContext(), entry));
  BucketSettings settings;
  settings.id = bucket.id;
  settings.name = bucket.name;
  settings.owner = owner;
  settings.region = here.id();
  settings.created_millis = entry.created_millis;
  if (versioned) settings.versioning = Versioning::kEnabled;
  must("create bucket", here.objects().buckets().create(OpContext(), settings));
  spread();
  return bucket;
}

void World::make_role(const std::string& role, const SimBucket& source) {
  must("create role", home().roles().create(OpContext(), identity::CreateRole{kSourceAccount, role, std::string(kTrustOss), "", {}}));
  const std::string document =
      fmt::format(R"({{"Version":"1","Statement":[{{"Effect":"Allow","Action":["oss:ReplicateList","oss:ReplicateGet"],"Resource":["acs:oss:*:{0}:{1}","acs:oss:*:{0}:{1}/*"]}}]}})",
                  source.owner.get(), source.name.get());
  must("create policy", home().policies().create(OpContext(), identity::CreatePolicy{kSourceAccount, role, document, ""}));
  attach_policy(role);
}

void World::attach_policy(const std::string& role) {
  must("attach policy", home().policies().attach(OpContext(), identity::PolicyName{kSourceAccount, identity::PolicyType::kCustom, role},
                                                 identity::EntityName{identity::EntityKind::kRole, role}));
  spread();
}

void World::detach_policy(const std::string& role) {
  must("detach policy", home().policies().detach(OpContext(), identity::PolicyName{kSourceAccount, identity::PolicyType::kCustom, role},
                                                 identity::EntityName{identity::EntityKind::kRole, role}));
  spread();
}

Result<void> World::try_trust(const std::string& role, bool trusted) {
  identity::UpdateRole update;
  update.account = kSourceAccount;
  update.name = role;
  update.trust_policy = std::string(trusted ? kTrustOss : kTrustNobody);
  TRY_OK(run(home().roles().update(OpContext(), update)));
  return {};
}

void World::set_trust(const std::string& role, bool trusted) {
  if (const auto done = try_trust(role, trusted); !done) violate("update role: " + done.error().text());
  spread();
}

void World::make_role_again(const std::string& role) {
  must("create role", home().roles().create(OpContext(), identity::CreateRole{kSourceAccount, role, std::string(kTrustOss), "", {}}));
  attach_policy(role);
}

void World::delete_role(const std::string& role) {
  detach_policy(role);
  must("delete role", home().roles().erase(OpContext(), kSourceAccount, role));
  spread();
}

std::string World::policy_text(const SimBucket& destination, const std::vector<std::string>& roles, bool deletes) const {
  if (roles.empty()) return "";
  std::string principals;
  for (const std::string& role : roles) principals += fmt::format(R"({}"arn:ram::{}:role/{}")", principals.empty() ? "" : ",", kSourceAccount.get(), role);
  return fmt::format(R"({{"Version":"1","Statement":[{{"Effect":"Allow","Action":["oss:ReplicatePut"{0}],"Principal":[{1}],)"
                     R"("Resource":["acs:oss:*:{2}:{3}","acs:oss:*:{2}:{3}/*"]}}]}})",
                     deletes ? R"(,"oss:ReplicateDelete")" : "", principals, destination.owner.get(), destination.name.get());
}

void World::set_policy(const SimBucket& destination, const std::vector<std::string>& roles, bool deletes) {
  set_policy_text(destination, policy_text(destination, roles, deletes));
}

void World::set_policy_text(const SimBucket& bucket, std::string text) {
  struct Call {
    static Task<Result<objects::Guard>> set(World* world, SimBucket bucket, std::string text) {
      CO_TRY(auto opened, co_await world->open(bucket));
      objects::Unconditional anyone;
      co_return co_await world->region(bucket.region).objects().buckets().set_policy(OpContext(), opened, anyone, std::move(text));
    }
  };
  must("set bucket policy", Call::set(this, bucket, std::move(text)));
  trace_.line("world", fmt::format("policy of {} changed", bucket.name.get()));
}

SimRule World::make_rule(const SimBucket& source, const SimBucket& destination, const std::string& role, std::string action, bool historical, std::vector<std::string> prefixes) {
  struct Call {
    static Task<Result<RuleId>> add(World* world, SimBucket source, replication::RuleRequest request) {
      CO_TRY(auto bucket, co_await world->open(source));
      objects::Unconditional anyone;
      co_return co_await world->region(source.region).rules().add(OpContext(), bucket, anyone, std::move(request));
    }
  };
  replication::RuleRequest request;
  request.action = action;
  request.prefixes = std::move(prefixes);
  request.destination_bucket = destination.name.get();
  request.destination_location = location_of(regions_[destination.region]->id());
  request.historical = historical ? "enabled" : "disabled";
  request.sync_role = role;
  SimRule rule;
  rule.source = source;
  rule.destination = destination;
  rule.role = role;
  rule.action = action;
  rule.historical = historical;
  rule.asked = loop_.now();
  rule.id = must("add rule", Call::add(this, source, std::move(request)));
  rule.added = loop_.now();
  return rule;
}

SimRule World::connect(const SimBucket& source, const SimBucket& destination, std::string action, bool historical) {
  const std::string role = fmt::format("role-{}", ++roles_made_);
  make_role(role, source);
  set_policy(destination, {role});
  return make_rule(source, destination, role, std::move(action), historical);
}

void World::remove_rule(const SimRule& rule) {
  struct Call {
    static Task<Result<replication::RuleService::Removal>> remove(World* world, SimRule rule) {
      CO_TRY(auto bucket, co_await world->open(rule.source));
      objects::Unconditional anyone;
      co_return co_await world->region(rule.source.region).rules().remove(OpContext(), bucket, anyone, rule.id);
    }
  };
  must("remove rule", Call::remove(this, rule));
  trace_.line("world", fmt::format("rule {} closing", rule.id.get()));
}

void World::spread() {
  const bool reached = run_until(
      [&] {
        if (!home().up()) return false;
        const auto latest = home().directory().sequence();
        return std::all_of(regions_.begin(), regions_.end(), [&](const auto& region) { return !region->up() || region->directory().sequence() >= latest; });
      },
      std::chrono::minutes(2));
  if (!reached) violate("the directory did not reach every region");
}

std::optional<replication::RuleProgress> World::progress(const SimRule& rule) {
  struct Call {
    static Task<Result<std::vector<replication::RuleProgress>>> ask(World* world, SimRule rule) {
      CO_TRY(auto bucket, co_await world->open(rule.source));
      co_return co_await world->region(rule.source.region).rules().progress(OpContext(), bucket, rule.id);
    }
  };
  if (!regions_[rule.source.region]->up()) return std::nullopt;
  auto all = run(Call::ask(this, rule));
  if (!all || all->empty()) return std::nullopt;
  for (const auto& [reason, count] : all->front().skipped) trace_.count("replication.skipped=" + reason);
  return all->front();
}

bool World::quiesce(const std::vector<SimRule>& rules, Duration horizon) {
  const Instant end = loop_.now() + horizon;
  int quiet = 0;
  while (quiet < 3) {
    if (loop_.now() >= end) return false;
    run_for(std::chrono::milliseconds(400));
    bool still = true;
    for (const SimRule& rule : rules) {
      const auto now = progress(rule);
      still = still && now && now->pending == 0 && now->parked == 0 && !now->stall && now->historical.value_or(1.0) == 1.0 && now->status != RuleStatus::kStarting;
    }
    quiet = still ? quiet + 1 : 0;
  }
  return true;
}

}  // namespace farshore::sim
