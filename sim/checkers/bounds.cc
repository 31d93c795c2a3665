// SPDX-License-Identifier: Apache-2.0
#include "sim/checkers/bounds.h"

#include <map>
#include <set>

#include "objects/read_pins.h"
#include "objects/upload_record.h"
#include "replication/staging.h"
#include "storage/records.h"

namespace farshore::sim {
namespace {

struct Rows {
  std::map<char, std::size_t> of;  ///< by class (storage/keys.h)
  std::size_t voids = 0;           ///< heads that only remember a deletion
  std::size_t unconfirmed = 0;     ///< registrations of rules that their source never stored: they expire
  std::size_t count(char row_class) const {
    const auto found = of.find(row_class);
    return found == of.end() ? 0 : found->second;
  }
};

Task<Result<Rows>> count_rows(World* world, SimBucket bucket) {
  CO_TRY(auto opened, co_await world->open(bucket));
  Rows rows;
  storage::ScanRange range;
  for (bool more = true; more;) {
    CO_TRY(const auto page, co_await opened->partition().scan(OpContext(), range));
    for (const auto& row : page.rows) {
      ++rows.of[row.key.front()];
      if (row.key.front() == 'q') {
        CO_TRY(const IncomingRule rule, storage::decode_incoming(row.value));
        if (!rule.confirmed) ++rows.unconfirmed;
      }
      if (row.key.front() != 'h') continue;
      CO_TRY(const Version head, storage::decode_version(row.value));
      if (head.kind == VersionKind::kVoid) ++rows.voids;
    }
    more = page.more;
    if (more) range.begin = page.rows.back().key + '\0';
  }
  co_return rows;
}

}  // namespace

void check_rows(World& world, const SimBucket& bucket, const BoundsLimits& limits) {
  const auto rows = world.run(count_rows(&world, bucket));
  if (!rows) return;  // its disk has just failed
  const auto at_most = [&](char row_class, std::size_t most, const char* what) {
    if (rows->count(row_class) > most) world.violate(fmt::format("{}: {} {}, {} would do", bucket.name.get(), rows->count(row_class), what, most));
  };
  at_most('t', limits.operations, "tombstones");
  at_most('k', limits.at_rest ? 0 : limits.operations, "parked changes");
  at_most('a', limits.operations * 2, "applied rows");  // what was settled while the stream was away is folded with the next change
  at_most('d', limits.operations, "marks of readers");  // a later change takes them along
  // A large version that was superseded on its way leaves its transfer and its range until the stream is opened much later.
  at_most('s', limits.operations * 2, "staged ranges");
  if (!limits.at_rest) return;
  if (!limits.ruled) at_most('t', 0, "tombstones without a rule");
}

void check_contents(World& world, std::size_t region, const std::vector<SimBucket>& buckets) {
  struct Pieces {
    static Task<Result<std::set<std::uint64_t>>> of(World* world, SimBucket bucket) {
      CO_TRY(auto opened, co_await world->open(bucket));
      std::set<std::uint64_t> blobs;
      storage::ScanRange range;
      for (bool more = true; more;) {
        CO_TRY(const auto page, co_await opened->partition().scan(OpContext(), range));
        for (const auto& row : page.rows) {
          if (row.key.front() == 'd') blobs.insert(objects::blob_of_held_row(row.key).get());
          if (row.key.front() == 's') {
            CO_TRY(const replication::StagedPiece staged, replication::decode_staged(row.value));
            if (staged.piece.blob.get() != 0) blobs.insert(staged.piece.blob.get());
          }
          if (row.key.front() == 'p') {
            CO_TRY(const objects::PartRecord part, objects::decode_part(row.value));
            for (const Piece& piece : part.pieces) blobs.insert(piece.blob.get());
          }
          if (row.key.front() != 'h' && row.key.front() != 'v') continue;
          CO_TRY(const Version version, storage::decode_version(row.value));
          for (const Piece& piece : version.pieces) blobs.insert(piece.blob.get());
        }
        more = page.more;
        if (more) range.begin = page.rows.back().key + '\0';
      }
      co_return blobs;
    }
  };
  std::set<std::uint64_t> referred;
  for (const SimBucket& bucket : buckets) {
    if (bucket.region != region) continue;
    const auto blobs = world.run(Pieces::of(&world, bucket));
    if (!blobs) return world.violate("the rows of " + bucket.name.get() + " cannot be read: " + blobs.error().text());
    referred.insert(blobs->begin(), blobs->end());
  }
  const StoreUse use = world.region(region).store().use();
  if (use.blobs > referred.size()) world.violate(fmt::format("region {} holds {} contents, and its versions and uploads refer to {}", region, use.blobs, referred.size()));
}

void check_same(World& world, const SimBucket& bucket, const Stacks& before) {
  const Stacks now = read_stacks(world, bucket);
  const auto complain = [&](const std::string& key) { world.violate(fmt::format("{}/{} is not what it was before the restart", bucket.name.get(), key)); };
  for (const auto& [key, stack] : before) {
    const auto found = now.find(key);
    if (found == now.end() || found->second.size() != stack.size()) {
      complain(key);
      continue;
    }
    for (std::size_t i = 0; i < stack.size(); ++i) {
      const SeenVersion& was = stack[i];
      const SeenVersion& is = found->second[i];
      if (was.version != is.version || was.readable != is.readable || was.content_crc64 != is.content_crc64) complain(key);
    }
  }
  for (const auto& [key, stack] : now) {
    if (!before.contains(key)) complain(key);
  }
}

void check_no_trace_of_rules(World& world, const SimBucket& bucket) {
  const auto rows = world.run(count_rows(&world, bucket));
  if (!rows) return world.violate("the rows of " + bucket.name.get() + " cannot be read: " + rows.error().text());
  for (const char row_class : {'r', 'q', 'c', 'k', 'w', 'a', 's', 't'}) {
    if (row_class == 't' && rows->unconfirmed > 0) continue;
    if (rows->count(row_class) > (row_class == 'q' ? rows->unconfirmed : 0)) world.violate(fmt::format("{}: {} rows of class {} are left though every rule is gone", bucket.name.get(), rows->count(row_class), row_class));
  }
  if (rows->voids > 0 && rows->unconfirmed == 0) world.violate(fmt::format("{}: {} deletions are remembered though every rule is gone", bucket.name.get(), rows->voids));
}

}  // namespace farshore::sim
