// SPDX-License-Identifier: Apache-2.0
#include "sim/campaign/plan.h"

#include <initializer_list>

namespace farshore::sim {

using namespace std::chrono_literals;

namespace {

template <class T>
T one_of(Random& random, std::initializer_list<T> values) {
  return values.begin()[random.below(values.size())];
}

bool one_in(Random& random, std::uint64_t count) { return random.below(count) == 0; }

/// Most seeds keep what is usual in most settings; a setting that leaves it goes to an end of its range.
void draw_replication(Random& random, replication::ReplicationSettings& settings) {
  settings.starting = one_of<Duration>(random, {0s, 1s, 1s, 3s});
  settings.closing = one_of<Duration>(random, {0s, 1s, 5s});
  if (one_in(random, 3)) settings.lane_items_max = one_of<std::size_t>(random, {1, 2, 7});
  if (one_in(random, 3)) settings.window_bytes = one_of<std::size_t>(random, {1, 3000, 200u << 10});
  if (one_in(random, 3)) settings.transfers_max = 1;
  if (one_in(random, 3)) settings.ranges_max = 1;
  settings.checkpoint_interval = one_of<Duration>(random, {20ms, 250ms, 250ms, 2s});
  settings.parked_retry = one_of<Duration>(random, {300ms, 2s, 10s});
  settings.trim_interval = one_of<Duration>(random, {700ms, 10s});
  if (one_in(random, 3)) settings.journal_entries_kept = one_of<std::size_t>(random, {0, 3, 50});
}

void draw_local(Random& random, backend::LocalSettings& settings) {
  settings.segment_bytes = one_of<std::uint64_t>(random, {64u << 10, 256u << 10, 1u << 20});
  settings.segment_grow_bytes = one_of<std::uint64_t>(random, {4u << 10, 128u << 10});
  settings.spare_segments = one_of<std::uint32_t>(random, {0, 1, 2});
  settings.inline_max_bytes = one_of<std::uint64_t>(random, {0, 1000, 32u << 10});
  settings.group_max_bytes = one_of<std::uint64_t>(random, {4u << 10, 256u << 10});
  settings.group_max_commits = one_of<std::uint32_t>(random, {1, 3, 64});
  settings.queued_max_bytes = one_of<std::uint64_t>(random, {64u << 10, 1u << 20});
  settings.checkpoint_bytes = one_of<std::uint64_t>(random, {64u << 10, 512u << 10});
  settings.compact_below_percent = one_of<std::uint32_t>(random, {0, 40, 90});
  settings.compact_interval_ms = one_of<std::uint64_t>(random, {100, 1000});
  settings.scrub_bytes_per_second = one_of<std::uint64_t>(random, {0, 0, 1u << 20});
  settings.clock_drift_max_ms = one_of<std::uint64_t>(random, {0, 60000, 60000, 86400000});
}

void draw_rule(Random& random, PlannedRule& rule) {
  rule.action = one_of<std::string>(random, {"ALL", "ALL", "ALL", "ALL", "PUT", "PUT,DELETE", "DELETE"});
  rule.historical = !one_in(random, 4);
  if (one_in(random, 5)) rule.prefixes = one_in(random, 2) ? std::vector<std::string>{"a/"} : std::vector<std::string>{"a/", "b/"};
}

/// Who replicates to whom. Buckets that a rule leads from belong to the source account, whose roles the rules name.
void draw_topology(Random& random, Plan& plan) {
  const auto bucket = [&](std::size_t region) {
    plan.buckets.push_back({});
    plan.buckets.back().region = region % plan.world.regions;
    return plan.buckets.size() - 1;
  };
  const auto rule = [&](std::size_t from, std::size_t to) {
    PlannedRule made;
    made.source = from;
    made.destination = to;
    draw_rule(random, made);
    plan.rules.push_back(std::move(made));
  };
  // Now and then both ends lie in one region, and region 0, the home, is not always the source.
  const std::size_t turn = random.below(plan.world.regions);
  const std::size_t a = bucket(turn);
  const std::size_t b = bucket(turn + (one_in(random, 8) ? 0 : 1));
  rule(a, b);
  switch (random.below(9)) {
    case 0: {  // chain
      rule(b, bucket(turn + 2));
      break;
    }
    case 1: {  // fan-out
      rule(a, bucket(turn + 2));
      break;
    }
    case 2: {  // fan-in
      rule(bucket(turn + 2), b);
      break;
    }
    case 3:
    case 4: {  // two-way
      rule(b, a);
      break;
    }
    case 5: {  // two-way, and a third that feeds or is fed
      rule(b, a);
      if (one_in(random, 2)) {
        rule(bucket(turn + 2), b);
      } else {
        rule(b, bucket(turn + 2));
      }
      break;
    }
    case 6: {  // ring
      const std::size_t c = bucket(turn + 2);
      rule(b, c);
      rule(c, a);
      break;
    }
    default: break;  // pair
  }
}

}  // namespace

Plan draw_plan(Random& random) {
  Plan plan;
  WorldSettings& world = plan.world;
  world.regions = one_of<std::size_t>(random, {2, 2, 2, 3, 3, 4});
  world.store = one_in(random, 3) ? StoreKind::kLocal : StoreKind::kMemory;
  world.latency_max = one_of<Duration>(random, {1ms, 60ms, 60ms, 400ms});
  world.skew_max = one_of<Duration>(random, {0ms, 200ms, 5s});
  draw_replication(random, world.replication);
  draw_local(random, world.local);
  draw_topology(random, plan);

  const bool versioned = random.below(3) != 0;
  const bool nulls = versioned && one_in(random, 4);
  std::size_t writers = 0;
  for (std::size_t i = 0; i < plan.buckets.size(); ++i) {
    PlannedBucket& bucket = plan.buckets[i];
    bucket.versioned = versioned;
    bucket.nulls = nulls && !one_in(random, 3);
    bool source = false;
    for (const PlannedRule& rule : plan.rules) source = source || rule.source == i;
    if (!source) bucket.owner = kDestinationAccount;
    if (source || one_in(random, 4)) ++writers;
    if (source || (writers > 0 && one_in(random, 4))) bucket.operations = 1;
  }
  // About as many operations in every seed, however many write.
  const std::size_t total = 50 + random.below(70);
  for (PlannedBucket& bucket : plan.buckets) {
    if (bucket.operations > 0) bucket.operations = total / std::max<std::size_t>(writers, 1) + 5;
  }

  WorkloadSettings& clients = plan.clients;
  clients.writers = 1 + random.below(4);
  clients.keys = one_of<std::size_t>(random, {1, 3, 6, 12});
  clients.prefixes = {"a/", "b/", "c/"};
  clients.think_max = one_of<Duration>(random, {5ms, 40ms, 150ms});
  clients.remove_percent = one_of<unsigned>(random, {5, 15, 30});
  clients.remove_version_percent = one_of<unsigned>(random, {0, 10, 20});
  clients.undelete_percent = one_of<unsigned>(random, {0, 5});
  clients.tags_percent = one_of<unsigned>(random, {0, 5, 10});
  clients.acl_percent = one_of<unsigned>(random, {0, 5});
  clients.multipart_percent = one_of<unsigned>(random, {0, 2, 4});
  clients.abort_percent = one_of<unsigned>(random, {0, 2});
  clients.copy_percent = one_of<unsigned>(random, {0, 5});
  clients.large_percent = one_of<unsigned>(random, {0, 2, 4});
  clients.small_bytes_max = one_of<std::size_t>(random, {0, 300, 2000, 5000});
  clients.large_bytes = 193u << 10;

  PlannedTrouble& trouble = plan.trouble;
  trouble.steps = 3 + random.below(6);
  trouble.machines = one_in(random, 2);
  trouble.links = one_in(random, 2);
  trouble.clocks = one_in(random, 4);
  trouble.rights = one_in(random, 4);
  trouble.rules = one_in(random, 5);
  trouble.disks = one_in(random, 5);
  trouble.home = one_in(random, 50);
  const bool memory = *world.store == StoreKind::kMemory;
  trouble.destination_restored = memory && one_in(random, 20);
  trouble.source_restored = memory && !trouble.destination_restored && one_in(random, 25);
  plan.ends_all_rules = one_in(random, 3);
  // What was acknowledged after the copy was made is told by the journal; it must still be there.
  if (trouble.destination_restored || trouble.source_restored) world.replication.journal_entries_kept = 100000;
  // Behind everything else: these change what a seed meets, and not which realm it is.
  if (one_in(random, 5)) {
    world.work_delay_max = one_of<Duration>(random, {5ms, 40ms});
    if (one_in(random, 2)) world.work_stall_max = 1s;
  }
  if (one_in(random, 6)) {
    world.content_delay_max = one_of<Duration>(random, {50ms, 2s});
    clients.remove_newest = true;
  }
  if (one_in(random, 2)) world.local.reserve_bytes = 4u << 20;
  // Clocks that never agreed; no clock is before the start of the world.
  if (one_in(random, 8)) world.skew_max = 50min;
  if (one_in(random, 3)) world.local.row_cache_bytes = one_of<std::uint64_t>(random, {0, 4u << 10});
  if (one_in(random, 4)) world.local.compact_bytes_per_second = 4u << 10;
  plan.rules_apart = plan.rules.size() > 1 && one_in(random, 3);
  // Shorter than a round trip: an answer does not wait until its region has what was written.
  if (one_in(random, 6)) world.directory.spread_wait_max = 5ms;
  if (one_in(random, 4)) clients.cold_percent = one_of<unsigned>(random, {5, 20});
  if (one_in(random, 3)) clients.many_percent = 50;
  return plan;
}

std::string Plan::text() const {
  std::string out = fmt::format("plan: {} regions on {}, latency {} ms;", world.regions, *world.store == StoreKind::kLocal ? "disk" : "memory", world.latency_max.count() / 1000000);
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    const PlannedBucket& bucket = buckets[i];
    out += fmt::format(" bucket-{} in region {} {}{} {} operations;", i, bucket.region, bucket.versioned ? "versioned" : "unversioned", bucket.nulls ? " with nulls" : "", bucket.operations);
  }
  for (const PlannedRule& rule : rules) {
    out += fmt::format(" {} -> {} {}{}{};", rule.source, rule.destination, rule.action, rule.historical ? " with history" : "", rule.prefixes.empty() ? "" : " by prefix");
  }
  const auto& r = world.replication;
  out += fmt::format(" lanes {} window {} transfers {} ranges {} checkpoint {} ms parked {} ms kept {};", r.lane_items_max, r.window_bytes, r.transfers_max, r.ranges_max,
                     r.checkpoint_interval.count() / 1000000, r.parked_retry.count() / 1000000, r.journal_entries_kept);
  const auto name = [&out](bool on, const char* what) {
    if (on) out += std::string(" ") + what;
  };
  out += fmt::format(" work {} us, contents {} ms, reserve {};", world.work_delay_max.count() / 1000, world.content_delay_max.count() / 1000000, world.local.reserve_bytes);
  out += fmt::format(" {} steps of trouble:", trouble.steps);
  name(trouble.machines, "machines");
  name(trouble.links, "links");
  name(trouble.clocks, "clocks");
  name(trouble.rights, "rights");
  name(trouble.rules, "rules");
  name(trouble.disks, "disks");
  name(trouble.home, "home");
  name(trouble.destination_restored, "destination-restored");
  name(trouble.source_restored, "source-restored");
  return out;
}

}  // namespace farshore::sim
