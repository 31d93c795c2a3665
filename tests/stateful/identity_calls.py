# SPDX-License-Identifier: Apache-2.0
"""Random calls to RAM and STS by the source account, right ones and wrong ones."""
import json

from farshore_clients.realm import Account
from session import demand

NAMES_MAX = 6
TRUST = json.dumps({"Version": "1", "Statement": [{"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"Service": ["oss.aliyuncs.com"]}}]})
DOCUMENT = json.dumps({"Version": "1", "Statement": [{"Effect": "Allow", "Action": ["oss:ReplicateList", "oss:ReplicateGet"], "Resource": ["acs:oss:*:*:*"]}]})


def _body(reply):
    return json.loads(reply.body)


def _name(s, kind):
    return f"{kind}{s.random.randrange(NAMES_MAX)}"


def _expect(s, reply, holds, *codes):
    """A call that succeeds exactly if `holds`; else it is refused with one of the codes."""
    if holds:
        demand(reply.ok, f"refused: {s.last} {reply.body[:300]!r}")
    else:
        demand(not reply.ok and reply.code in codes, f"not refused as {codes}: {s.last} {reply.body[:300]!r}")
    return reply.ok


def user(s):
    identity, name = s.model.identity, _name(s, "user")
    if s.random.random() < 0.6:
        if _expect(s, s.rpc("CreateUser", [("UserName", name)]), name not in identity.users, "EntityAlreadyExists.User"):
            identity.users[name] = []
    elif name in identity.users and (identity.users[name] or any(kind == "User" and entity == name for kind, entity, _ in identity.attached)):
        _expect(s, s.rpc("DeleteUser", [("UserName", name)]), False, "DeleteConflict.User.AccessKey", "DeleteConflict.User.Policy")
    elif _expect(s, s.rpc("DeleteUser", [("UserName", name)]), name in identity.users, "EntityNotExist.User"):
        del identity.users[name]


def access_key(s):
    identity, name = s.model.identity, _name(s, "user")
    keys = identity.users.get(name)
    if keys and s.random.random() < 0.5:
        gone = s.random.choice(keys)
        demand(s.rpc("DeleteAccessKey", [("UserName", name), ("UserAccessKeyId", gone.access_key_id)]).ok, "DeleteAccessKey is refused")
        keys.remove(gone)
        reply = s.rpc("GetCallerIdentity", version="2015-04-01", keys=gone)
        demand(not reply.ok, "a deleted access key still works")
        return
    reply = s.rpc("CreateAccessKey", [("UserName", name)])
    if _expect(s, reply, keys is not None and len(keys) < 2, "EntityNotExist.User", "LimitExceeded.User.AccessKey"):
        made = _body(reply)["AccessKey"]
        keys.append(Account(name, s.source.uid, made["AccessKeyId"], made["AccessKeySecret"]))


def caller(s):
    """A user is who he is, and may nothing that nobody granted him."""
    users = [keys[0] for _, keys in sorted(s.model.identity.users.items()) if keys]
    if not users:
        return
    keys = s.random.choice(users)
    reply = s.rpc("GetCallerIdentity", version="2015-04-01", keys=keys)
    demand(reply.ok and _body(reply)["Arn"].endswith("user/" + keys.name), f"GetCallerIdentity: {reply.body[:300]!r}")
    reply = s.rpc("CreateUser", [("UserName", "user-of-nobody")], keys=keys)
    demand(not reply.ok and reply.code == "NoPermission", f"a user without rights made a user: {reply.body[:300]!r}")


def role(s):
    identity, name = s.model.identity, _name(s, "role")
    if s.random.random() < 0.6:
        reply = s.rpc("CreateRole", [("RoleName", name), ("AssumeRolePolicyDocument", TRUST)])
        if _expect(s, reply, name not in identity.roles, "EntityAlreadyExists.Role"):
            identity.roles.add(name)
    elif any(kind == "Role" and entity == name for kind, entity, _ in identity.attached):
        _expect(s, s.rpc("DeleteRole", [("RoleName", name)]), False, "DeleteConflict.Role.Policy")
    elif _expect(s, s.rpc("DeleteRole", [("RoleName", name)]), name in identity.roles, "EntityNotExist.Role"):
        identity.roles.discard(name)


def policy(s):
    identity, name = s.model.identity, _name(s, "policy")
    choice = s.random.randrange(4)
    versions = identity.policies.get(name)
    if choice < 2:
        reply = s.rpc("CreatePolicy", [("PolicyName", name), ("PolicyDocument", DOCUMENT)])
        if _expect(s, reply, versions is None, "EntityAlreadyExists.Policy"):
            identity.policies[name] = {"v1"}
    elif choice == 2:
        reply = s.rpc("CreatePolicyVersion", [("PolicyName", name), ("PolicyDocument", DOCUMENT)])
        if _expect(s, reply, versions is not None and len(versions) < 5, "EntityNotExist.Policy", "LimitExceeded.Policy.Version"):
            versions.add(_body(reply)["PolicyVersion"]["VersionId"])
    elif versions and (len(versions) > 1 or any(policy == name for _, _, policy in identity.attached)):
        _expect(s, s.rpc("DeletePolicy", [("PolicyName", name)]), False, "DeleteConflict.Policy.Version", "DeleteConflict.Policy.User", "DeleteConflict.Policy.Role")
        for version in sorted(versions - {"v1"}):
            demand(s.rpc("DeletePolicyVersion", [("PolicyName", name), ("VersionId", version)]).ok, "DeletePolicyVersion is refused")
            versions.discard(version)
    elif _expect(s, s.rpc("DeletePolicy", [("PolicyName", name)]), versions is not None, "EntityNotExist.Policy"):
        del identity.policies[name]


def attachment(s):
    identity = s.model.identity
    kind = s.random.choice(["User", "Role"])
    entity, name = _name(s, kind.lower()), _name(s, "policy")
    known = (entity in (identity.users if kind == "User" else identity.roles), name in identity.policies)
    row = (kind, entity, name)
    codes = (f"EntityNotExist.{kind}", "EntityNotExist.Policy")
    parameters = [("PolicyType", "Custom"), ("PolicyName", name), (kind + "Name", entity)]
    if s.random.random() < 0.5:
        reply = s.rpc(f"AttachPolicyTo{kind}", parameters)
        if _expect(s, reply, all(known) and row not in identity.attached, *codes, f"EntityAlreadyExists.{kind}.Policy"):
            identity.attached.add(row)
    else:
        reply = s.rpc(f"DetachPolicyFrom{kind}", parameters)
        if _expect(s, reply, row in identity.attached, *codes, f"EntityNotExist.{kind}.Policy"):
            identity.attached.discard(row)


def wrong(s):
    """Unknown actions, missing and senseless parameters, broken documents and signatures."""
    choice = s.random.randrange(8)
    if choice == 0:
        reply = s.rpc(s.random.choice(["CreateGroup", "GetLoginProfile", "CreateVirtualMFADevice", "SetAccountAlias"]))
        demand(reply.code == "NotImplemented", f"what is not built is not named: {reply.body[:300]!r}")
    elif choice == 1:
        reply = s.rpc(s.random.choice(["DoSomething", "createuser", "x" * 300, "Ü"]) if s.random.random() < 0.9 else "None")
        demand(reply.code == "InvalidApi.NotFound", f"an unknown action: {reply.body[:300]!r}")
    elif choice == 2:
        reply = s.rpc("CreateUser", s.random.choice([[], [("UserName", "")], [("UserName", "a/b")], [("UserName", "x" * 65)], [("UserName", "ü")]]))
        demand(reply.status == 400, f"CreateUser without a name: {reply.body[:300]!r}")
    elif choice == 3:
        document = s.random.choice(["", "{", "{}", DOCUMENT, TRUST.replace("Allow", "allow"), "x" * 7000])
        reply = s.rpc("CreateRole", [("RoleName", "badrole"), ("AssumeRolePolicyDocument", document)])
        demand(reply.status == 400, f"a role with a broken trust policy: {reply.body[:300]!r}")
    elif choice == 4:
        reply = s.rpc("CreatePolicy", [("PolicyName", "badpolicy"), ("PolicyDocument", s.random.choice(["{", TRUST, "[]", "x" * 7000, DOCUMENT.replace("Resource", "NotResource")]))])
        demand(reply.status == 400, f"a broken policy: {reply.body[:300]!r}")
    elif choice == 5:
        def spoil(query, headers):
            headers["x-acs-action"] = "DeleteUser"
            return query
        reply = s.rpc("GetUser", [("UserName", "user0")], change=spoil)
        demand(reply.status == 400 and reply.code == "SignatureDoesNotMatch", f"a changed action: {reply.body[:300]!r}")
    elif choice == 6:
        reply = s.rpc("GetUser", [("UserName", "user0")], change=lambda query, headers: query + "&UserName=user1")
        demand(reply.status == 400, f"a repeated parameter: {reply.body[:300]!r}")
    else:
        reply = s.rpc("AssumeRole", [("RoleArn", s.random.choice(["", "x", f"acs:ram::{s.source.uid}:role/role0"])), ("RoleSessionName", s.random.choice(["", "s", "ä"]))], version="2015-04-01")
        demand(not reply.ok, "an account's root assumed a role")
    s.compare_identity()


CALLS = [(user, 5), (access_key, 5), (caller, 3), (role, 5), (policy, 6), (attachment, 8), (wrong, 8)]
