# SPDX-License-Identifier: Apache-2.0
"""Random calls with temporary keys: what a role session may is what its role, its own policy and time allow, and nothing else."""
import json

from farshore_clients.realm import Account
from oss_calls import some_bucket, some_key
from session import demand

READER = "reader"
SESSIONS_MAX = 4


def _documents(s):
    root = f"acs:ram::{s.source.uid}:root"
    return {
        "trust": {"Version": "1", "Statement": [{"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"RAM": [root]}}]},
        "read": {"Version": "1", "Statement": [{"Effect": "Allow", "Action": ["oss:GetObject", "oss:GetObjectVersion", "oss:ListObjects"], "Resource": ["*"]}]},
        "assume": {"Version": "1", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}]},
    }


def prepare(s):
    """A role that reads everything of the account, and a user who may assume it; made once."""
    text = {name: json.dumps(document) for name, document in _documents(s).items()}
    calls = [("CreateRole", [("RoleName", READER), ("AssumeRolePolicyDocument", text["trust"])]), ("CreateUser", [("UserName", "assumer")])]
    for policy, document in (("read", text["read"]), ("assume", text["assume"])):
        calls.append(("CreatePolicy", [("PolicyName", policy), ("PolicyDocument", document)]))
    calls += [("AttachPolicyToRole", [("PolicyType", "Custom"), ("PolicyName", "read"), ("RoleName", READER)]),
              ("AttachPolicyToUser", [("PolicyType", "Custom"), ("PolicyName", "assume"), ("UserName", "assumer")]),
              ("CreateAccessKey", [("UserName", "assumer")])]
    for action, parameters in calls:
        reply = s.rpc(action, parameters)
        demand(reply.ok, f"{action} is refused: {reply.body[:300]!r}")
    made = json.loads(reply.body)["AccessKey"]
    s.assumer = Account("assumer", s.source.uid, made["AccessKeyId"], made["AccessKeySecret"])
    s.sessions = []
    identity = s.model.identity
    identity.users["assumer"] = [s.assumer]
    identity.roles.add(READER)
    identity.policies |= {"read": {"v1"}, "assume": {"v1"}}
    identity.attached |= {("Role", READER, "read"), ("User", "assumer", "assume")}


def assume(s):
    """A session, with or without a policy of its own that takes rights away."""
    narrow = s.random.random() < 0.4
    parameters = [("RoleArn", f"acs:ram::{s.source.uid}:role/{READER}"), ("RoleSessionName", f"job{s.random.randrange(9)}"), ("DurationSeconds", "900")]
    if narrow:
        parameters.append(("Policy", json.dumps({"Version": "1", "Statement": [{"Effect": "Allow", "Action": "oss:ListObjects", "Resource": "*"}]})))
    reply = s.rpc("AssumeRole", parameters, version="2015-04-01", keys=s.assumer)
    demand(reply.ok, f"AssumeRole is refused: {reply.body[:300]!r}")
    keys = json.loads(reply.body)["Credentials"]
    s.sessions.append((Account(READER, s.source.uid, keys["AccessKeyId"], keys["AccessKeySecret"], keys["SecurityToken"]), narrow))
    del s.sessions[:-SESSIONS_MAX]
    reply = s.rpc("GetCallerIdentity", version="2015-04-01", keys=s.sessions[-1][0])
    demand(reply.ok and f"assumed-role/{READER}/" in reply.body.decode(), f"GetCallerIdentity: {reply.body[:300]!r}")


def use(s):
    if not s.sessions:
        return
    keys, narrow = s.random.choice(s.sessions)
    bucket = some_bucket(s, lambda b: b.owner == "source" and b.current_keys and not b.receives)
    if not bucket:
        return
    key = s.random.choice(bucket.current_keys)
    get = dict(region=bucket.region, bucket=bucket.name, key=key, keys=keys, signing=s.random.choice(["v4", "v1", "url4", "url1"]))
    listing = s.oss("session:list", "GET", bucket.region, bucket.name, keys=keys)
    demand(listing.ok, f"a session may not list: {listing.body[:300]!r}")
    if narrow:
        reply = s.oss("session:get", "GET", **get)
        # An object or a bucket may be open to everybody; then the session's own policy does not close it.
        demand(reply.ok or reply.code == "AccessDenied", f"a narrowed session: {reply.body[:300]!r}")
    else:
        reply = s.oss("session:get", "GET", **get)
        demand(reply.ok and reply.headers["etag"].strip('"') == bucket.current(key).etag, f"a session may not read: {s.last} {reply.body[:300]!r}")
    s.refused(bucket, lambda: s.oss("session:put", "PUT", bucket.region, bucket.name, some_key(s), body=b"x", keys=keys), "AccessDenied")
    s.refused(bucket, lambda: s.oss("session:delete", "DELETE", bucket.region, bucket.name, key, keys=keys), "AccessDenied")


def spoiled_token(s):
    if not s.sessions:
        return
    keys, _ = s.random.choice(s.sessions)
    token = keys.security_token
    at = s.random.randrange(4, len(token))
    bad = s.random.choice([token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1:], token[:at], "CAIS", "", token + "AAAA"])
    wrong = Account(keys.name, keys.uid, keys.access_key_id, keys.access_key_secret, bad or None)
    bucket = some_bucket(s, lambda b: b.owner == "source")
    if not bucket:
        return
    s.refused(None, lambda: s.oss("spoiled_token", "PUT", bucket.region, bucket.name, query=[("acl", None)], headers={"x-oss-acl": "private"}, keys=wrong),
              "InvalidSecurityToken", "InvalidAccessKeyId", "AccessKeyIdAndSecurityTokenNotMatch", "AccessDenied", "SecurityTokenExpired")
    reply = s.rpc("GetCallerIdentity", version="2015-04-01", keys=wrong)
    demand(not reply.ok, "a spoiled token is believed")


CALLS = [(assume, 2), (use, 4), (spoiled_token, 3)]
