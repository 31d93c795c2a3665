// SPDX-License-Identifier: Apache-2.0
// OssRegion: one region behind its OSS entry, and a signing client, for this folder's tests.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/oss/service.h"
#include "api/oss/sign.h"
#include "codec/text.h"
#include "codec/xml.h"
#include "identity/realm_test.h"
#include "keys/key_wrapper.h"

namespace farshore::api::oss {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

/// A finished exchange.
struct Reply {
  int status = 0;
  http::Headers headers;
  std::string body;
  std::string header(std::string_view name) const { return std::string(headers.get(name)); }
  /// The text of a path of elements below the root: "Bucket/Name".
  std::string xml(std::string_view path) const {
    const auto document = codec::parse_xml(body);
    if (!document) return "(no XML)";
    codec::XmlNode node = document->root();
    for (const std::string_view name : codec::split(path, '/')) node = node.child(name);
    return node ? node.text() : "(absent)";
  }
  std::string code() const { return xml("Code"); }
};

/// What a test asks for; bucket and key in the path.
struct Ask {
  std::string method = "GET";
  std::string bucket;
  std::string key;
  std::string query;
  HeaderList headers;
  std::string body;
};

struct OssRegion {
  OssRegion()
      : wrapper(keys::RootKey::from(Secret(std::string(32, 'r'))).value(), realm.loop.random()),
        objects(objects::Stores{realm.store, realm.store, wrapper, realm.node.runtime}),
        ids(realm.loop, *realm.run(realm.store.open({}, kRegionPartition)), RegionNumber(1)),
        endpoints(make_endpoints()),
        service(Services{realm.node.runtime, realm.directory, realm.authentication, realm.buckets, objects, ids, endpoints, nullptr}) {
    alice = account("alice", "1000000000000001");
    bob = account("bob", "2000000000000002");
    realm.good(realm.sessions.ensure_minting_key({}));
  }

  static Endpoints make_endpoints() {
    Endpoints made;
    made.here = RegionId("cn-hangzhou");
    made.regions = {{RegionId("cn-hangzhou"), {"oss-cn-hangzhou.example.net"}, "oss-cn-hangzhou.example.net:9000", "http://oss-cn-hangzhou.example.net:9000"},
                    {RegionId("cn-beijing"), {"oss-cn-beijing.example.net"}, "oss-cn-beijing.example.net:9001", "http://oss-cn-beijing.example.net:9001"}};
    return made;
  }
  SigningCredential account(const std::string& name, const std::string& uid) {
    auto created = realm.good(realm.accounts.create({}, identity::CreateAccount{name, AccountUid(uid), {}, {}}));
    return {created.root_key.id.get(), created.root_key.secret, std::nullopt};
  }
  /// A RAM user with a policy of its own.
  SigningCredential user(const AccountUid& uid, const std::string& name, const std::string& policy) {
    realm.user(uid, name);
    if (!policy.empty()) realm.grant(uid, identity::EntityName{identity::EntityKind::kUser, name}, name + "-policy", policy);
    auto key = realm.good(realm.keys.create({}, identity::KeyOwner{uid, name}));
    return {key.id.get(), key.secret, std::nullopt};
  }

  http::Request request_of(const Ask& ask) {
    http::Request request;
    request.method = ask.method;
    request.raw_path = "/" + (ask.bucket.empty() ? std::string() : ask.bucket + "/" + codec::percent_encode(ask.key));
    request.raw_query = ask.query;
    request.has_query = !ask.query.empty();
    request.host = "127.0.0.1:9000";
    request.remote = {"10.0.0.1", 4711};
    for (const auto& [name, value] : ask.headers) request.headers.add(name, value);
    request.body_declared = ask.method == "PUT" || ask.method == "POST";
    request.body = memory_body(ask.body);
    return request;
  }
  Reply exchange(http::Request request) {
    http::Response response = realm.run(service.handle({}, std::move(request)));
    Reply reply{response.status(), response.headers(), std::string(response.bytes().view())};
    if (response.source()) {
      while (true) {
        const Result<Buffer> piece = realm.run(response.source()->read({}));
        EXPECT_TRUE(piece);
        if (!piece || piece->empty()) break;
        reply.body += piece->view();
      }
    }
    return reply;
  }
  Reply send(const SigningCredential& who, const Ask& ask, SignatureVersion version = SignatureVersion::kV4) {
    http::Request request = request_of(ask);
    Signer signer(who, "cn-hangzhou", version);
    const codec::Query query = codec::Query::parse(ask.query).value_or(codec::Query());
    signer.sign({ask.method, ask.bucket, ask.key}, query, request.headers, realm.node.clock.now().millis());
    return exchange(std::move(request));
  }
  Reply send(const Ask& ask) { return send(alice, ask); }
  Reply anonymous(const Ask& ask) { return exchange(request_of(ask)); }
  /// The status and, on errors, the code: "200", "404 NoSuchKey".
  std::string outcome(const Reply& reply) { return std::to_string(reply.status) + (reply.status >= 400 ? " " + reply.code() : ""); }
  std::string asked(const Ask& ask) { return outcome(send(ask)); }

  void make_bucket(const std::string& name, HeaderList headers = {}) { EXPECT_EQ(asked({"PUT", name, "", "", std::move(headers), ""}), "200"); }
  void version_it(const std::string& name) {
    EXPECT_EQ(asked({"PUT", name, "", "versioning", {}, "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"}), "200");
  }
  Reply put(const std::string& bucket, const std::string& key, const std::string& body, HeaderList headers = {}) {
    return send({"PUT", bucket, key, "", std::move(headers), body});
  }
  Reply get(const std::string& bucket, const std::string& key, const std::string& query = "", HeaderList headers = {}) {
    return send({"GET", bucket, key, query, std::move(headers), ""});
  }

  identity::Realm realm;
  keys::RootKeyWrapper wrapper;
  objects::Objects objects;
  BucketIds ids;
  Endpoints endpoints;
  OssService service;
  SigningCredential alice, bob;
};

}  // namespace farshore::api::oss
