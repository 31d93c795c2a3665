// SPDX-License-Identifier: Apache-2.0
// Names, versions and documents of the system policies.
#include "identity/system_policies.h"

#include <algorithm>
#include <string_view>

namespace farshore::identity {
namespace {

struct Row {
  std::string_view name;
  std::uint32_t version;
  std::string_view description;
  std::string_view statement;
};

// Rule: RAM, "System policies": names and default versions as published.
constexpr Row kRows[] = {
    {"AdministratorAccess", 1, "Full access to every service.", R"({"Effect":"Allow","Action":"*","Resource":"*"})"},
    {"AliyunKMSCryptoUserAccess", 2, "Use of customer keys: encrypt, decrypt, sign, data keys.",
     R"({"Effect":"Allow","Action":["kms:Encrypt","kms:Decrypt","kms:GenerateDataKey","kms:GenerateDataKeyWithoutPlaintext","kms:AsymmetricEncrypt",)"
     R"("kms:AsymmetricDecrypt","kms:AsymmetricSign","kms:AsymmetricVerify","kms:GetPublicKey","kms:GenerateMac","kms:VerifyMac"],"Resource":"*"})"},
    {"AliyunKMSFullAccess", 3, "Full access to KMS.", R"({"Effect":"Allow","Action":"kms:*","Resource":"*"})"},
    {"AliyunKMSReadOnlyAccess", 3, "Read access to KMS.",
     R"({"Effect":"Allow","Action":["kms:List*","kms:Describe*","kms:GetPublicKey","kms:GetKeyPolicy","kms:GetKeyDefaultPolicy"],"Resource":"*"})"},
    {"AliyunOSSFullAccess", 1, "Full access to OSS.", R"({"Effect":"Allow","Action":"oss:*","Resource":"*"})"},
    {"AliyunOSSReadOnlyAccess", 1, "Read access to OSS.", R"({"Effect":"Allow","Action":["oss:Get*","oss:List*"],"Resource":"*"})"},
    {"AliyunRAMFullAccess", 1, "Full access to RAM: users, roles and policies.", R"({"Effect":"Allow","Action":"ram:*","Resource":"*"})"},
    {"AliyunRAMReadOnlyAccess", 3, "Read access to RAM.", R"({"Effect":"Allow","Action":["ram:Get*","ram:List*"],"Resource":"*"})"},
    {"AliyunSTSAssumeRoleAccess", 1, "Permission to assume roles.", R"({"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"})"},
};

}  // namespace

std::vector<PolicyEntry> system_policies() {
  std::vector<PolicyEntry> policies;
  for (const Row& row : kRows) {
    PolicyEntry policy;
    policy.type = PolicyType::kSystem;
    policy.name = row.name;
    policy.description = row.description;
    policy.default_version = row.version;
    policy.next_version = row.version + 1;
    policy.versions.push_back({row.version, R"({"Version":"1","Statement":[)" + std::string(row.statement) + "]}", 0});
    policies.push_back(std::move(policy));
  }
  return policies;
}

}  // namespace farshore::identity
