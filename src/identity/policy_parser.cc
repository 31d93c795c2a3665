// SPDX-License-Identifier: Apache-2.0
// One walk over a policy's JSON, told by a Grammar what this kind of document may hold.
#include "identity/policy_parser.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "codec/date.h"
#include "codec/glob.h"
#include "codec/json.h"
#include "codec/text.h"

namespace farshore::identity {
namespace {

using codec::JsonValue;

/// What tells one kind of document from another.
struct Grammar {
  enum class Whom : std::uint8_t { kForbidden, kList, kObject, kRamObject };
  ErrorCode code;
  std::string_view field = {};  ///< detail "Field" of kInvalidParameter
  std::size_t size_max;
  Whom whom = Whom::kForbidden;
  PrincipalPlace place = PrincipalPlace::kBucketPolicy;
  bool resource = true;
  std::string_view service = {};  ///< every action belongs to it; empty: any
  std::string_view bucket = {};   ///< every resource lies in it; empty: any
  std::string_view owner = {};
};

constexpr Grammar kIdentity{.code = ErrorCode::kMalformedPolicyDocument, .size_max = kPolicyCharactersMax};
constexpr Grammar kSession{.code = ErrorCode::kInvalidParameter, .field = "PolicyGrammar", .size_max = kSessionPolicyBytesMax};
constexpr Grammar kTrust{.code = ErrorCode::kInvalidParameter,
                         .field = "AssumeRolePolicyDocument",
                         .size_max = kPolicyCharactersMax,
                         .whom = Grammar::Whom::kObject,
                         .place = PrincipalPlace::kTrustPolicy,
                         .resource = false,
                         .service = "sts"};
constexpr Grammar kKey{.code = ErrorCode::kInvalidParameter,
                       .field = "Policy",
                       .size_max = kKeyPolicyBytesMax,
                       .whom = Grammar::Whom::kRamObject,
                       .place = PrincipalPlace::kKeyPolicy,
                       .service = "kms"};

constexpr std::size_t kStatementsMax = 1000;

class Parser {
 public:
  explicit Parser(const Grammar& grammar) : grammar_(grammar) {}

  Result<PolicyPointer> parse(std::string_view text) {
    codec::JsonLimits limits;
    limits.max_bytes = grammar_.size_max * 4;  // the exact limit was checked in its own unit
    limits.max_depth = 8;
    auto json = codec::parse_json(text, limits);
    if (!json) {
      return failure("document", "is not JSON: " + json.error().message(),
                     "Pass one JSON object, without trailing commas and repeated names");
    }
    if (!json->is_object()) return failure("document", "is not an object", R"(Pass {"Version":"1","Statement":[…]})");
    const JsonValue* statements = nullptr;
    bool version = false;
    for (const auto& [name, value] : json->object()) {
      if (name == "Version") {
        if (!value.is_string() || value.string() != "1") return failure("Version", "is not \"1\"", R"(Write "Version":"1")");
        version = true;
      } else if (name == "Statement") {
        statements = &value;
      } else {
        return failure(name.empty() ? "\"\"" : name, "is not an element of a policy", "Keep Version and Statement only");
      }
    }
    if (!version) return failure("Version", "is missing", R"(Add "Version":"1")");
    if (statements == nullptr) return failure("Statement", "is missing", "Add a list of statements");
    auto document = std::make_shared<PolicyDocument>();
    if (statements->is_object()) {
      TRY(PolicyStatement one, statement(*statements, "Statement"));
      document->statements.push_back(std::move(one));
    } else if (statements->is_array()) {
      const auto& list = statements->array();
      if (list.size() > kStatementsMax) return failure("Statement", "is too long", fmt::format("Keep it to {} statements", kStatementsMax));
      for (std::size_t i = 0; i < list.size(); ++i) {
        TRY(PolicyStatement one, statement(list[i], fmt::format("Statement[{}]", i)));
        document->statements.push_back(std::move(one));
      }
    }
    if (document->statements.empty()) return failure("Statement", "holds no statement", "Add at least one");
    return PolicyPointer(std::move(document));
  }

  Error failure(std::string_view element, std::string_view what, std::string_view remedy) const {
    Error error = Error(grammar_.code, fmt::format("{} {}. {}.", element, what, remedy)).with("Element", element).with("Remedy", remedy);
    if (!grammar_.field.empty()) return std::move(error).with("Field", grammar_.field).with("Reason", "");
    return error;
  }

 private:
  Result<PolicyStatement> statement(const JsonValue& json, const std::string& at) {
    if (!json.is_object()) return failure(at, "is not an object", R"(Write {"Effect":…,"Action":…})");
    PolicyStatement out;
    bool effect = false;
    bool action = false;
    bool whom = false;
    bool resource = false;
    for (const auto& [name, value] : json.object()) {
      const std::string here = at + "." + name;
      if (name == "Sid") {
        if (!value.is_string()) return failure(here, "is not text", "Write a string or leave it out");
        out.sid = value.string();
      } else if (name == "Effect") {
        if (!value.is_string() || (value.string() != "Allow" && value.string() != "Deny")) {
          return failure(here, "is neither Allow nor Deny", "Write one of them");
        }
        out.effect = value.string() == "Allow" ? PolicyEffect::kAllow : PolicyEffect::kDeny;
        effect = true;
      } else if (name == "Action" || name == "NotAction") {
        if (action) return failure(here, "stands beside its counterpart", "Keep either Action or NotAction");
        action = true;
        out.all_actions_but = name == "NotAction";
        TRY_OK(actions(value, here, out));
      } else if (name == "Resource" && grammar_.resource) {
        resource = true;
        TRY_OK(resources(value, here, out));
      } else if ((name == "Principal" || (name == "NotPrincipal" && grammar_.whom == Grammar::Whom::kList)) &&
                 grammar_.whom != Grammar::Whom::kForbidden) {
        if (whom) return failure(here, "stands beside its counterpart", "Keep either Principal or NotPrincipal");
        whom = true;
        out.whom = name == "Principal" ? PolicyStatement::Whom::kListed : PolicyStatement::Whom::kAllBut;
        TRY_OK(principals(value, here, out));
      } else if (name == "Condition") {
        TRY_OK(conditions(value, here, out));
      } else {
        return failure(here, "is not allowed here", "Remove it");
      }
    }
    if (!effect) return failure(at + ".Effect", "is missing", R"(Add "Effect":"Allow" or "Deny")");
    if (!action) return failure(at + ".Action", "is missing", R"(Add "Action":["service:Operation"])");
    if (grammar_.resource && !resource) return failure(at + ".Resource", "is missing", R"(Add "Resource":["acs:…"] or "*")");
    if (grammar_.whom != Grammar::Whom::kForbidden && !whom) {
      return failure(at + ".Principal", "is missing", "Say whom the statement is about");
    }
    out.text = json.text();
    return out;
  }

  /// A scalar and a one-element list are the same; numbers and booleans count by their spelling.
  Result<std::vector<std::string>> texts(const JsonValue& json, const std::string& at, bool may_be_empty = false) const {
    std::vector<std::string> out;
    const auto add = [&](const JsonValue& value) {
      if (value.is_string()) {
        out.push_back(value.string());
      } else if (value.is_bool() || value.is_number()) {
        out.push_back(value.text());
      } else {
        return false;
      }
      return true;
    };
    bool good = true;
    if (json.is_array()) {
      for (const JsonValue& value : json.array()) good = good && add(value);
    } else {
      good = add(json);
    }
    if (!good) return failure(at, "holds something that is not text", "Use a string or a list of strings");
    if (out.empty() && !may_be_empty) return failure(at, "is empty", "Name at least one");
    return out;
  }

  Result<void> actions(const JsonValue& json, const std::string& at, PolicyStatement& out) const {
    TRY(const auto names, texts(json, at));
    for (const std::string& name : names) {
      const std::size_t colon = name.find(':');
      const bool whole = name == "*";
      if (!whole && (colon == std::string::npos || colon == 0 || colon + 1 == name.size())) {
        return failure(at, fmt::format("names \"{}\", which is not service:Operation", name),
                       "Write for example oss:GetObject, oss:* or *");
      }
      if (!grammar_.service.empty() && !whole && !codec::iequals(name.substr(0, colon), grammar_.service)) {
        return failure(at, fmt::format("names \"{}\"", name), fmt::format("Only actions of {} belong here", grammar_.service));
      }
      out.actions.emplace_back(name, PolicyGlob::Case::kIgnored);
    }
    return {};
  }

  Result<void> resources(const JsonValue& json, const std::string& at, PolicyStatement& out) const {
    TRY(const auto names, texts(json, at));
    for (const std::string& name : names) {
      if (name != "*" && !name.starts_with("acs:")) {
        return failure(at, fmt::format("names \"{}\"", name), R"(Write "*" or acs:<service>:<region>:<uid>:<name>)");
      }
      if (grammar_.whom == Grammar::Whom::kRamObject && name != "*") {
        return failure(at, "is not \"*\"", R"(A key policy is about its own key: write "*")");
      }
      if (!grammar_.bucket.empty() && name != "*") TRY_OK(own_bucket(name, at));
      out.resources.emplace_back(name);
    }
    return {};
  }

  // Rule: OSS, "Bucket policy": the resource is the bucket that carries the policy, the owner its owner or '*'.
  Result<void> own_bucket(const std::string& name, const std::string& at) const {
    const auto parts = codec::split(name, ':');
    const std::string remedy =
        fmt::format("Write acs:oss:*:{}:{} or acs:oss:*:{}:{}/*", grammar_.owner, grammar_.bucket, grammar_.owner, grammar_.bucket);
    if (parts.size() < 5 || parts[1] != "oss") return failure(at, fmt::format("names \"{}\"", name), remedy);
    if (!parts[3].empty() && parts[3] != "*" && parts[3] != grammar_.owner) {
      return failure(at, fmt::format("names the owner {}, who does not own this bucket", parts[3]), remedy);
    }
    std::string_view relative = parts[4];
    const std::string_view bucket = relative.substr(0, relative.find('/'));
    const bool exact = bucket == grammar_.bucket;
    const bool covers = bucket.find_first_of("*?") != std::string_view::npos && codec::glob_match(bucket, grammar_.bucket);
    if (!exact && !covers) return failure(at, fmt::format("names the bucket {}, which is not this one", bucket), remedy);
    return {};
  }

  Result<void> principals(const JsonValue& json, const std::string& at, PolicyStatement& out) const {
    if (grammar_.whom == Grammar::Whom::kList) {
      // Rule: OSS, "Bucket policy": an empty list is everyone. Documents pasted from RAM wrap the list in {"RAM": …}.
      const JsonValue* list = json.is_object() && json.object().size() == 1 ? json.find("RAM") : &json;
      if (list == nullptr) return failure(at, "is an object", R"(Write a list: ["arn:ram::<uid>:role/<name>"])");
      TRY(auto names, texts(*list, at, true));
      if (names.empty()) names.emplace_back("*");
      return add_principals(names, at, out);
    }
    if (!json.is_object() || json.object().empty()) {
      return failure(at, "is not an object that names somebody", R"(Write {"RAM":[…]} or {"Service":[…]})");
    }
    for (const auto& [kind, value] : json.object()) {
      const std::string here = at + "." + kind;
      TRY(const auto names, texts(value, here));
      if (kind == "RAM") {
        TRY_OK(add_principals(names, here, out));
      } else if (kind == "Service" && grammar_.whom == Grammar::Whom::kObject) {
        for (const std::string& name : names) {
          auto service = parse_service_principal(name);
          if (!service) return failure(here, fmt::format("names \"{}\"", name), "Write a service such as oss.aliyuncs.com");
          out.principals.push_back(std::move(*service));
        }
      } else if (kind == "Federated" && grammar_.whom == Grammar::Whom::kObject) {
        for (const std::string& name : names) {
          auto provider = parse_principal(name, grammar_.place);
          if (!provider || provider->kind != PolicyPrincipal::Kind::kNobody) {
            return failure(here, fmt::format("names \"{}\"", name), "Write acs:ram::<uid>:saml-provider/<name>");
          }
          out.principals.push_back(std::move(*provider));
        }
      } else {
        return failure(here, "is not a kind of principal here", "Use RAM (and in trust policies Service or Federated)");
      }
    }
    return {};
  }

  Result<void> add_principals(const std::vector<std::string>& names, const std::string& at, PolicyStatement& out) const {
    for (const std::string& name : names) {
      auto principal = parse_principal(name, grammar_.place);
      using Kind = PolicyPrincipal::Kind;
      // Outside bucket policies a principal is an ARN: "*" would open a role or a key to every account.
      const bool too_wide =
          principal && grammar_.whom != Grammar::Whom::kList && (principal->kind == Kind::kEveryone || principal->kind == Kind::kId);
      if (!principal || too_wide || principal->kind == Kind::kNobody) {
        return failure(
            at, fmt::format("names \"{}\", which is no principal", name),
            "Write *, a uid, arn:ram::<uid>:role/<name>, arn:ram::<uid>:user/<name> or arn:sts::<uid>:assumed-role/<name>/<session>");
      }
      out.principals.push_back(std::move(*principal));
    }
    return {};
  }

  Result<void> conditions(const JsonValue& json, const std::string& at, PolicyStatement& out) const {
    if (!json.is_object()) return failure(at, "is not an object", R"(Write {"StringEquals":{"key":["value"]}})");
    for (const auto& [name, keys] : json.object()) {
      const std::string here = at + "." + name;
      const auto op = parse_condition_operator(name);
      if (!op) return failure(here, "is not a condition operator", "Use a String, Numeric, Date, Bool or IpAddress operator");
      if (!keys.is_object()) return failure(here, "is not an object", R"(Write {"key":["value"]})");
      for (const auto& [key, values] : keys.object()) {
        PolicyCondition condition{*op, condition_key(key), {}};
        TRY(auto operands, texts(values, here + "." + key));
        for (std::string& value : operands) {
          const auto millis = is_date_operator(*op) ? codec::parse_iso8601(value) : std::nullopt;
          auto operand = compile_operand(*op, std::move(value), millis);
          if (!operand) {
            return failure(here + "." + key, fmt::format("holds a value that {} cannot compare", name),
                           "Write numbers, ISO 8601 dates with a zone, true or false, or addresses as the operator needs them");
          }
          condition.values.push_back(std::move(*operand));
        }
        out.conditions.push_back(std::move(condition));
      }
    }
    return {};
  }

  const Grammar& grammar_;
};

/// Characters, as the limit of RAM counts them; bytes that continue a character do not count.
std::size_t characters(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

Result<PolicyPointer> parse(const Grammar& grammar, std::string_view text, std::size_t size, std::string_view unit) {
  Parser parser(grammar);
  if (size > grammar.size_max) {
    return parser.failure("document", fmt::format("has {} {}", size, unit), fmt::format("Keep it to {}", grammar.size_max));
  }
  return parser.parse(text);
}

}  // namespace

Result<PolicyPointer> parse_identity_policy(std::string_view text) { return parse(kIdentity, text, characters(text), "characters"); }

Result<PolicyPointer> parse_session_policy(std::string_view text) {
  if (text.size() > kSessionPolicyBytesMax) {
    return Error(ErrorCode::kInvalidParameter,
                 fmt::format("The session policy has {} bytes. Keep it to {}.", text.size(), kSessionPolicyBytesMax))
        .with("Field", "PolicySize")
        .with("Reason", "");
  }
  return parse(kSession, text, text.size(), "bytes");
}

Result<PolicyPointer> parse_bucket_policy(std::string_view text, const BucketName& bucket, const AccountUid& owner) {
  const Grammar grammar{.code = ErrorCode::kInvalidPolicyDocument,
                        .size_max = kBucketPolicyBytesMax,
                        .whom = Grammar::Whom::kList,
                        .service = "oss",
                        .bucket = bucket.get(),
                        .owner = owner.get()};
  return parse(grammar, text, text.size(), "bytes");
}

Result<PolicyPointer> parse_trust_policy(std::string_view text) { return parse(kTrust, text, characters(text), "characters"); }
Result<PolicyPointer> parse_key_policy(std::string_view text) { return parse(kKey, text, text.size(), "bytes"); }

}  // namespace farshore::identity
