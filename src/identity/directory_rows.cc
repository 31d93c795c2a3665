// SPDX-License-Identifier: Apache-2.0
// Encoding of directory rows. Field numbers are never reused; docs/formats/directory.md lists them.
#include "identity/directory_rows.h"

#include <algorithm>
#include <utility>

#include "codec/record.h"
#include "model/policy_principal.h"

namespace farshore::identity {
namespace {

using codec::RecordReader;
using codec::RecordWriter;

Bytes row(char kind, std::string_view first, std::string_view second = {}) {
  Bytes key(1, kind);
  key += first;
  key += second;
  return key;
}

// Times are positive in every clock that a region starts with; a negative one is stored as 0.
std::uint64_t stored_time(std::int64_t millis) { return millis < 0 ? 0 : static_cast<std::uint64_t>(millis); }
/// No time is negative: one beyond the range is as good as none.
std::int64_t read_time(const RecordReader& reader) { return std::in_range<std::int64_t>(reader.u64()) ? static_cast<std::int64_t>(reader.u64()) : 0; }

/// Feeds every field to `take` and says whether the record was whole.
template <class Entry, class Take>
Result<Entry> read(BytesView bytes, Take take) {
  Entry entry;
  RecordReader reader(bytes);
  while (reader.next()) take(entry, reader);
  if (!reader.ok()) return Error(ErrorCode::kCorrupt, "a directory entry is not a record");
  return entry;
}

}  // namespace

bool AccountEntry::accepts(const RegionId& region) const {
  return regions.empty() || std::find(regions.begin(), regions.end(), region) != regions.end();
}

const PolicyVersion* PolicyEntry::find(std::uint32_t number) const {
  const auto found = std::find_if(versions.begin(), versions.end(), [&](const PolicyVersion& version) { return version.number == number; });
  return found == versions.end() ? nullptr : &*found;
}

Bytes account_row(const AccountUid& uid) { return row('A', uid.get()); }
Bytes user_row(const AccountUid& account, std::string_view name) { return row('U', account.get(), name_key(name)); }
Bytes access_key_row(const AccessKeyId& id) { return row('K', id.get()); }
Bytes role_row(const AccountUid& account, std::string_view name) { return row('R', account.get(), name_key(name)); }
Bytes policy_row(const AccountUid& account, std::string_view name) { return row('P', account.get(), name_key(name)); }
Bytes attachment_row(EntityKind kind, std::string_view entity, PolicyType type, std::string_view policy) {
  Bytes key = row('T', std::string_view(reinterpret_cast<const char*>(&kind), 1), entity);
  key += static_cast<char>(type);
  return key += name_key(policy);
}
Bytes bucket_row(const BucketName& name) { return row('B', name.get()); }
Bytes minting_key_row(const RegionId& region) { return row('M', region.get()); }
Bytes directory_head_row() { return "0"; }

Bytes encode(const AccountEntry& entry) {
  RecordWriter out;
  out.bytes(1, entry.uid.get());
  out.bytes(2, entry.name);
  for (const RegionId& region : entry.regions) out.bytes(3, region.get());
  out.u64(4, stored_time(entry.created_millis));
  out.u64(5, stored_time(entry.sessions_valid_from_millis));
  return std::move(out).take();
}

template <>
Result<AccountEntry> decode_entry(BytesView bytes) {
  return read<AccountEntry>(bytes, [](AccountEntry& entry, const RecordReader& in) {
    switch (in.field()) {
      case 1: entry.uid = AccountUid(in.owned()); break;
      case 2: entry.name = in.owned(); break;
      case 3: entry.regions.emplace_back(in.owned()); break;
      case 4: entry.created_millis = read_time(in); break;
      case 5: entry.sessions_valid_from_millis = read_time(in); break;
    }
  });
}

Bytes encode(const UserEntry& entry) {
  RecordWriter out;
  out.bytes(1, entry.account.get());
  out.bytes(2, entry.id.get());
  out.bytes(3, entry.name);
  out.bytes(4, entry.display_name);
  out.bytes(5, entry.comments);
  out.bytes(6, entry.mobile_phone);
  out.bytes(7, entry.email);
  out.u64(8, stored_time(entry.created_millis));
  out.u64(9, stored_time(entry.updated_millis));
  out.u64(10, stored_time(entry.sessions_valid_from_millis));
  return std::move(out).take();
}

template <>
Result<UserEntry> decode_entry(BytesView bytes) {
  return read<UserEntry>(bytes, [](UserEntry& entry, const RecordReader& in) {
    switch (in.field()) {
      case 1: entry.account = AccountUid(in.owned()); break;
      case 2: entry.id = UserId(in.owned()); break;
      case 3: entry.name = in.owned(); break;
      case 4: entry.display_name = in.owned(); break;
      case 5: entry.comments = in.owned(); break;
      case 6: entry.mobile_phone = in.owned(); break;
      case 7: entry.email = in.owned(); break;
      case 8: entry.created_millis = read_time(in); break;
      case 9: entry.updated_millis = read_time(in); break;
      case 10: entry.sessions_valid_from_millis = read_time(in); break;
    }
  });
}

Bytes encode(const AccessKeyEntry& entry) {
  RecordWriter out;
  out.bytes(1, entry.id.get());
  out.bytes(2, entry.account.get());
  out.bytes(3, entry.user.get());
  out.boolean(4, entry.active);
  out.u64(5, stored_time(entry.created_millis));
  out.bytes(6, entry.sealed_secret);
  return std::move(out).take();
}

template <>
Result<AccessKeyEntry> decode_entry(BytesView bytes) {
  return read<AccessKeyEntry>(bytes, [](AccessKeyEntry& entry, const RecordReader& in) {
    switch (in.field()) {
      case 1: entry.id = AccessKeyId(in.owned()); break;
      case 2: entry.account = AccountUid(in.owned()); break;
      case 3: entry.user = UserId(in.owned()); break;
      case 4: entry.active = in.boolean(); break;
      case 5: entry.created_millis = read_time(in); break;
      case 6: entry.sealed_secret = in.owned(); break;
    }
  });
}

Bytes encode(const RoleEntry& entry) {
  RecordWriter out;
  out.bytes(1, entry.account.get());
  out.bytes(2, entry.id.get());
  out.bytes(3, entry.name);
  out.bytes(4, entry.description);
  out.bytes(5, entry.trust_policy);
  out.u64(6, entry.session_max_seconds);
  out.u64(7, stored_time(entry.created_millis));
  out.u64(8, stored_time(entry.updated_millis));
  out.u64(9, stored_time(entry.sessions_valid_from_millis));
  return std::move(out).take();
}

template <>
Result<RoleEntry> decode_entry(BytesView bytes) {
  return read<RoleEntry>(bytes, [](RoleEntry& entry, const RecordReader& in) {
    switch (in.field()) {
      case 1: entry.account = AccountUid(in.owned()); break;
      case 2: entry.id = RoleId(in.owned()); break;
      case 3: entry.name = in.owned(); break;
      case 4: entry.description = in.owned(); break;
      case 5: entry.trust_policy = in.owned(); break;
      case 6: entry.session_max_seconds = static_cast<std::uint32_t>(in.u64()); break;
      case 7: entry.created_millis = read_time(in); break;
      case 8: entry.updated_millis = read_time(in); break;
      case 9: entry.sessions_valid_from_millis = read_time(in); break;
    }
  });
}

Bytes encode(const PolicyEntry& entry) {
  RecordWriter out;
  out.bytes(1, entry.account.get());
  out.u64(2, static_cast<std::uint64_t>(entry.type));
  out.bytes(3, entry.name);
  out.bytes(4, entry.description);
  out.u64(5, entry.default_version);
  out.u64(6, entry.next_version);
  for (const PolicyVersion& version : entry.versions) {
    RecordWriter nested;
    nested.u64(1, version.number);
    nested.bytes(2, version.document);
    nested.u64(3, stored_time(version.created_millis));
    out.record(7, nested);
  }
  out.u64(8, stored_time(entry.created_millis));
  out.u64(9, stored_time(entry.updated_millis));
  return std::move(out).take();
}

template <>
Result<PolicyEntry> decode_entry(BytesView bytes) {
  bool whole = true;
  auto entry = read<PolicyEntry>(bytes, [&](PolicyEntry& policy, const RecordReader& in) {
    switch (in.field()) {
      case 1: policy.account = AccountUid(in.owned()); break;
      case 2: policy.type = static_cast<PolicyType>(in.u64()); break;
      case 3: policy.name = in.owned(); break;
      case 4: policy.description = in.owned(); break;
      case 5: policy.default_version = static_cast<std::uint32_t>(in.u64()); break;
      case 6: policy.next_version = static_cast<std::uint32_t>(in.u64()); break;
      case 7: {
        auto version = read<PolicyVersion>(in.bytes(), [](PolicyVersion& one, const RecordReader& nested) {
          switch (nested.field()) {
            case 1: one.number = static_cast<std::uint32_t>(nested.u64()); break;
            case 2: one.document = nested.owned(); break;
            case 3: one.created_millis = read_time(nested); break;
          }
        });
        whole = whole && version.has_value();
        if (version) policy.versions.push_back(std::move(*version));
        break;
      }
      case 8: policy.created_millis = read_time(in); break;
      case 9: policy.updated_millis = read_time(in); break;
    }
  });
  if (entry && !whole) return Error(ErrorCode::kCorrupt, "a policy version is not a record");
  return entry;
}

Bytes encode(const AttachmentEntry& entry) {
  RecordWriter out;
  out.u64(1, static_cast<std::uint64_t>(entry.kind));
  out.bytes(2, entry.entity);
  out.bytes(3, entry.account.get());
  out.u64(4, static_cast<std::uint64_t>(entry.type));
  out.bytes(5, entry.policy);
  out.u64(6, stored_time(entry.attached_millis));
  return std::move(out).take();
}

template <>
Result<AttachmentEntry> decode_entry(BytesView bytes) {
  return read<AttachmentEntry>(bytes, [](AttachmentEntry& entry, const RecordReader& in) {
    switch (in.field()) {
      case 1: entry.kind = static_cast<EntityKind>(in.u64()); break;
      case 2: entry.entity = in.owned(); break;
      case 3: entry.account = AccountUid(in.owned()); break;
      case 4: entry.type = static_cast<PolicyType>(in.u64()); break;
      case 5: entry.policy = in.owned(); break;
      case 6: entry.attached_millis = read_time(in); break;
    }
  });
}

Bytes encode(const BucketEntry& entry) {
  RecordWriter out;
  out.bytes(1, entry.name.get());
  out.u64(2, entry.id.get());
  out.bytes(3, entry.owner.get());
  out.bytes(4, entry.region.get());
  out.u64(5, stored_time(entry.created_millis));
  return std::move(out).take();
}

template <>
Result<BucketEntry> decode_entry(BytesView bytes) {
  return read<BucketEntry>(bytes, [](BucketEntry& entry, const RecordReader& in) {
    switch (in.field()) {
      case 1: entry.name = BucketName(in.owned()); break;
      case 2: entry.id = BucketId(in.u64()); break;
      case 3: entry.owner = AccountUid(in.owned()); break;
      case 4: entry.region = RegionId(in.owned()); break;
      case 5: entry.created_millis = read_time(in); break;
    }
  });
}

Bytes encode(const MintingKeyEntry& entry) {
  RecordWriter out;
  out.bytes(1, entry.region.get());
  out.bytes(2, entry.sealed_key);
  out.u64(3, stored_time(entry.created_millis));
  return std::move(out).take();
}

template <>
Result<MintingKeyEntry> decode_entry(BytesView bytes) {
  return read<MintingKeyEntry>(bytes, [](MintingKeyEntry& entry, const RecordReader& in) {
    switch (in.field()) {
      case 1: entry.region = RegionId(in.owned()); break;
      case 2: entry.sealed_key = in.owned(); break;
      case 3: entry.created_millis = read_time(in); break;
    }
  });
}

Bytes encode_stamped(DirectorySequence version, BytesView entry) {
  RecordWriter out;
  out.u64(1, version.get());
  out.bytes(2, entry);
  return std::move(out).take();
}

Result<StampedValue> decode_stamped(BytesView value) {
  return read<StampedValue>(value, [](StampedValue& stamped, const RecordReader& in) {
    switch (in.field()) {
      case 1: stamped.version = DirectorySequence(in.u64()); break;
      case 2: stamped.entry = in.owned(); break;
    }
  });
}

}  // namespace farshore::identity
