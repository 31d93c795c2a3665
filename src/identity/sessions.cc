// SPDX-License-Identifier: Apache-2.0
// Assuming roles, signing in, and checking what comes back.
#include "identity/sessions.h"

#include <fmt/format.h>

#include <algorithm>

#include "identity/directory_edit.h"
#include "identity/identity_errors.h"
#include "identity/names.h"

namespace farshore::identity {
namespace {

constexpr std::size_t kMintingKeySize = 32;
constexpr std::size_t kAccessKeyRandomSize = 25;
constexpr std::size_t kSecretSize = 44;
constexpr std::int64_t kMillis = 1000;

std::string purpose_of(const RegionId& region) { return "minting " + region.get(); }

Error no_permission(const Decision& decision, const Principal& caller, std::string message) {
  Error error(ErrorCode::kNoPermission, std::move(message));
  const Error details = denied(decision, caller, "sts:AssumeRole");
  for (const auto& [name, value] : details.details()) error = std::move(error).with(name, value);
  return error;
}

bool made_of(std::string_view text, std::string_view others) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || others.contains(c);
  });
}

// Rule: STS, AssumeRole: RoleSessionName 2 to 64 of letters, digits and ".@-_"; ExternalId 2 to 1,224 of letters, digits and "_+=,.@:/-".
Result<void> check_texts(const AssumeRole& request) {
  const std::size_t name_size = request.session_name.size();
  if (name_size < 2 || name_size > 64 || !made_of(request.session_name, ".@-_")) {
    return bad_parameter("RoleSessionName", "", "The parameter RoleSessionName is wrongly formed.");
  }
  const std::size_t id_size = request.external_id.size();
  if (id_size != 0 && (id_size < 2 || id_size > 1224 || !made_of(request.external_id, "_+=,.@:/-"))) {
    return bad_parameter("ExternalId", "", "The parameter ExternalId is wrongly formed.");
  }
  if (!request.policy.empty()) TRY_OK(parse_session_policy(request.policy));
  return {};
}

}  // namespace

Sessions::Sessions(Runtime runtime, DirectoryStore& directory, SecretSealer& sealer, RegionId region, SessionSettings settings)
    : runtime_(runtime), directory_(directory), sealer_(sealer), region_(std::move(region)), settings_(settings) {}

Result<void> Sessions::check_age() const {
  if (directory_.age() <= settings_.directory_age_max) return {};
  return Error(ErrorCode::kDirectoryStale,
               "This region has been cut off from the realm's home for too long to trust its copy of the directory. Sessions work again when "
               "the home is reachable.")
      .with_retry(Retry::kSameRequest);
}

Task<Result<void>> Sessions::ensure_minting_key(OpContext op) {
  const Secret key(runtime_.random.bytes(kMintingKeySize));
  const MintingKeyEntry entry{region_, sealer_.seal(purpose_of(region_), key), runtime_.clock.now().millis()};
  co_return nothing(co_await directory_.change(op, [&](const Directory& view) -> Result<Decided<Done>> {
    DirectoryBatch batch;
    if (view.minting_key(region_) == nullptr) add_row(batch, minting_key_row(region_), entry);
    return Decided<Done>{std::move(batch), {}};
  }));
}

Result<const SessionKeys*> Sessions::keys_of(const RegionId& region) {
  const Directory& view = directory_.view();
  const MintingKeyEntry* entry = view.minting_key(region);
  if (entry == nullptr) {
    return Error(ErrorCode::kInvalidSecurityToken, "The security token was minted by a region that is not of this realm.");
  }
  const auto version = view.version(minting_key_row(region));
  if (const auto cached = keys_.find(region); cached != keys_.end() && cached->second.version == *version) return &cached->second.keys;
  TRY(const Secret key, sealer_.open(purpose_of(region), entry->sealed_key));
  return &keys_.insert_or_assign(region, CachedKey{*version, SessionKeys::derive(key)}).first->second.keys;
}

Result<SessionCredentials> Sessions::mint(SessionRecord record) {
  const AccountEntry* account = directory_.view().account(record.account);
  if (account == nullptr || !account->accepts(region_)) {
    return Error(ErrorCode::kNoPermission,
                 fmt::format("The account does not accept sessions from region {}. Use one of its own regions.", region_.get()));
  }
  if (directory_.view().minting_key(region_) == nullptr) {
    return Error(ErrorCode::kHomeUnavailable, "This region has no minting key yet. It gets one as soon as the home region is reachable.")
        .with_retry(Retry::kSameRequest);
  }
  TRY(const SessionKeys* keys, keys_of(region_));
  record.access_key = AccessKeyId("STS." + new_alphanumeric(runtime_.random, kAccessKeyRandomSize));
  record.secret = Secret(new_alphanumeric(runtime_.random, kSecretSize));
  record.minted_in = region_;
  SessionCredentials out;
  out.access_key = record.access_key;
  out.secret = record.secret;
  out.expires_millis = record.expires_millis;
  out.token = seal_session(*keys, record, runtime_.random);
  return out;
}

Result<SessionCredentials> Sessions::assume_role(const Principal& caller, const AssumeRole& request) {
  TRY_OK(check_age());
  TRY_OK(check_texts(request));
  const auto reference = parse_role_arn(request.role_arn);
  if (!reference) return bad_parameter("RoleArn", "", "The parameter RoleArn is wrongly formed.");
  if (caller.root() != nullptr) return no_permission(Decision(), caller, "Roles may not be assumed by root accounts.");

  const RoleEntry* role = directory_.view().role_by_arn(request.role_arn);
  const bool own_account = caller.account().get() == reference->account;
  if (role == nullptr && own_account) return no_such("Role", reference->name);
  constexpr std::string_view kRefusal = "You are not authorized to do this action. You should be authorized by RAM.";
  if (role == nullptr) {  // a stranger learns nothing: the answer is that of an untrusting role
    Decision decision;
    decision.stage = Stage::kTrustPolicy;
    return no_permission(decision, caller, std::string(kRefusal));
  }
  RequestConditions conditions = request.conditions;
  if (!request.external_id.empty()) conditions.set("sts:ExternalId", request.external_id);
  const Decision decision = authorize_assume(directory_.view(), caller, *role, conditions);
  if (!decision.allowed) return no_permission(decision, caller, std::string(kRefusal));

  const std::uint32_t duration =
      request.duration_seconds != 0 ? request.duration_seconds : std::min(kSessionSecondsDefault, role->session_max_seconds);
  if (duration < kSessionSecondsMin || duration > role->session_max_seconds) {
    return bad_parameter("DurationSeconds", "",
                         fmt::format("The Min/Max value of DurationSeconds is {}s/{}s.", kSessionSecondsMin, role->session_max_seconds));
  }
  SessionRecord record;
  record.kind = SessionKind::kRole;
  record.account = role->account;
  record.id = role->id.get();
  record.session_name = request.session_name;
  record.session_policy = request.policy;
  record.issued_millis = runtime_.clock.now().millis();
  record.expires_millis = record.issued_millis + duration * kMillis;
  const std::string arn = role_arn(role->account, role->name) + "/" + request.session_name;
  const std::string principal_id = role->id.get() + ":" + request.session_name;
  TRY(SessionCredentials out, mint(std::move(record)));
  out.arn = arn;
  out.principal_id = principal_id;
  return out;
}

Result<SessionCredentials> Sessions::sign_in(const Principal& who, std::uint32_t duration_seconds) {
  TRY_OK(check_age());
  if (who.user() == nullptr && who.root() == nullptr) return Error(ErrorCode::kNoPermission, "Only users and roots sign in.");
  SessionRecord record;
  record.kind = who.user() != nullptr ? SessionKind::kUser : SessionKind::kRoot;
  record.account = who.account();
  record.id = who.principal_id();
  record.issued_millis = runtime_.clock.now().millis();
  record.expires_millis = record.issued_millis + duration_seconds * kMillis;
  TRY(SessionCredentials out, mint(std::move(record)));
  out.arn = who.arn();
  out.principal_id = who.principal_id();
  return out;
}

Result<Principal> Sessions::assume_role_as_service(std::string_view service, const RoleId& role_id, std::string_view session_name) {
  TRY_OK(check_age());
  const RoleEntry* role = directory_.view().role(role_id);
  if (role == nullptr) return no_such("Role", role_id.get());
  const Principal caller(Service{std::string(service)});
  const Decision decision = authorize_assume(directory_.view(), caller, *role, RequestConditions());
  if (!decision.allowed) {
    return no_permission(decision, caller,
                         fmt::format("The role {} does not trust {}. Add \"Principal\":{{\"Service\":[\"{}\"]}} to its trust policy.",
                                     role_arn(role->account, role->name), service, service));
  }
  return Principal(RoleSession{role->account, role->id, role->name, std::string(session_name), nullptr, std::string(service)});
}

Result<OpenedSession> Sessions::open(std::string_view token) {
  const auto gone = [](std::string_view what) {
    return Error(ErrorCode::kInvalidSecurityToken, fmt::format("The security token is no longer valid: {}.", what));
  };
  TRY_OK(check_age());
  TRY(const RegionId region, minting_region(token));
  TRY(const SessionKeys* keys, keys_of(region));
  TRY(SessionRecord session, open_session(*keys, token));
  if (session.minted_in != region) return gone("it names two minting regions");
  if (runtime_.clock.now().millis() >= session.expires_millis) {
    return Error(ErrorCode::kSecurityTokenExpired, "The security token has expired.");
  }
  const Directory& view = directory_.view();
  const AccountEntry* account = view.account(session.account);
  if (account == nullptr) return gone("its account does not exist");
  if (!account->accepts(region)) return gone("its account does not accept sessions from the region that minted it");

  OpenedSession out;
  std::int64_t valid_from = 0;
  if (session.kind == SessionKind::kRole) {
    const RoleEntry* role = view.role(RoleId(session.id));
    if (role == nullptr || role->account != session.account) return gone("its role has been deleted");
    valid_from = role->sessions_valid_from_millis;
    RoleSession who{session.account, role->id, role->name, session.session_name, nullptr, {}};
    if (!session.session_policy.empty()) {
      auto policy = parse_session_policy(session.session_policy);
      if (!policy) return gone("its policy cannot be read");
      who.session_policy = std::move(*policy);
    }
    out.principal = Principal(std::move(who));
  } else if (session.kind == SessionKind::kUser) {
    const UserEntry* user = view.user(UserId(session.id));
    if (user == nullptr || user->account != session.account) return gone("its user has been deleted");
    valid_from = user->sessions_valid_from_millis;
    out.principal = Principal(User{user->account, user->id, user->name});
  } else if (session.kind == SessionKind::kRoot) {
    valid_from = account->sessions_valid_from_millis;
    out.principal = Principal(Root{session.account});
  } else {
    return gone("it is of a kind that this region does not know");
  }
  if (session.issued_millis < valid_from) return gone("sessions of its time have been revoked");
  out.access_key = std::move(session.access_key);
  out.secret = std::move(session.secret);
  out.expires_millis = session.expires_millis;
  return out;
}

}  // namespace farshore::identity
