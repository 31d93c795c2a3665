// SPDX-License-Identifier: Apache-2.0
#include "sim/checkers/stacks.h"

#include "crypto/crc64.h"
#include "storage/records.h"

namespace farshore::sim {
namespace {

Task<Result<Stacks>> read_all(World* world, SimBucket bucket, bool contents) {
  CO_TRY(auto opened, co_await world->open(bucket));
  Stacks stacks;
  objects::ListVersions list;
  list.entries_max = 1000;
  while (true) {
    CO_TRY(auto page, co_await objects::list_versions(OpContext(), opened, list));
    for (auto& listed : page.versions) {
      SeenVersion seen;
      seen.version = listed.version;
      if (contents && seen.version.kind == VersionKind::kData) {
        auto body = co_await objects::open_body(OpContext(), opened, seen.version);
        seen.readable = body.has_value();
        while (seen.readable) {
          const auto piece = co_await (*body)->read(OpContext());
          if (!piece) seen.readable = false;
          if (!piece || piece->empty()) break;
          seen.content_crc64 = crypto::crc64_update(seen.content_crc64, piece->view());
          seen.content_size += piece->size();
        }
      }
      stacks[listed.key.get()].push_back(std::move(seen));
    }
    if (!page.truncated) break;
    list.key_marker = page.next_key_marker;
    list.version_id_marker = page.next_version_id_marker;
  }
  co_return stacks;
}

Task<Result<std::vector<JournalLine>>> read_lines(World* world, SimBucket bucket) {
  CO_TRY(auto opened, co_await world->open(bucket));
  std::vector<JournalLine> lines;
  Sequence after;
  while (true) {
    CO_TRY(auto page, co_await opened->partition().read_journal(OpContext(), after, 1000));
    for (const auto& entry : page.entries) {
      CO_TRY(auto change, storage::decode_change(entry.record));
      lines.push_back({entry.sequence, entry.committed, std::move(change)});
    }
    if (page.entries.empty()) break;
    after = page.read_to;
  }
  co_return lines;
}

}  // namespace

Stacks read_stacks(World& world, const SimBucket& bucket, bool contents) {
  auto stacks = world.run(read_all(&world, bucket, contents));
  if (!stacks) world.violate(fmt::format("bucket {} cannot be read: {}", bucket.name.get(), stacks.error().text()));
  return stacks ? *std::move(stacks) : Stacks();
}

std::vector<JournalLine> read_journal(World& world, const SimBucket& bucket) {
  auto lines = world.run(read_lines(&world, bucket));
  if (!lines) world.violate(fmt::format("journal of {} cannot be read: {}", bucket.name.get(), lines.error().text()));
  return lines ? *std::move(lines) : std::vector<JournalLine>();
}

std::string describe(const Version& version) {
  std::string tags;
  for (const Tag& tag : version.tags) tags += tag.key + "=" + tag.value + " ";
  return fmt::format("{} {} order {:x}.{:x} etag {} size {} tags [{}]", version.kind == VersionKind::kDeleteMarker ? "marker" : "data", version.id.text(), version.order.time.value,
                     version.order.partition, version.etag, version.size, tags);
}

}  // namespace farshore::sim
