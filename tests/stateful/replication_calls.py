# SPDX-License-Identifier: Apache-2.0
"""Random replication rules, between buckets whose rights may or may not be there. What a refused rule leaves behind is nothing."""
import json

from farshore_clients.wait import eventually
from identity_calls import DOCUMENT, TRUST
from model import Version, digest
from oss_calls import some_bucket
from session import DESTINATION_REGION, SOURCE_REGION, demand

ROLE = "replicator"


def prepare(s):
    """The role of all rules, with the page's grant; made once, outside the names that other calls use."""
    for action, parameters in (("CreateRole", [("RoleName", ROLE), ("AssumeRolePolicyDocument", TRUST)]),
                               ("CreatePolicy", [("PolicyName", ROLE), ("PolicyDocument", DOCUMENT)]),
                               ("AttachPolicyToRole", [("PolicyType", "Custom"), ("PolicyName", ROLE), ("RoleName", ROLE)])):
        demand(s.rpc(action, parameters).ok, f"{action} is refused")
    s.model.identity.roles.add(ROLE)
    s.model.identity.policies[ROLE] = {"v1"}
    s.model.identity.attached.add(("Role", ROLE, ROLE))


def _grant(s, bucket):
    document = json.dumps({"Version": "1", "Statement": [{
        "Effect": "Allow", "Action": ["oss:ReplicatePut", "oss:ReplicateDelete"], "Principal": [f"arn:ram::{s.source.uid}:role/{ROLE}"],
        "Resource": [f"acs:oss:*:{s.owner(bucket).uid}:{bucket.name}", f"acs:oss:*:{s.owner(bucket).uid}:{bucket.name}/*"]}]}).encode()
    reply = s.oss("PutBucketPolicy", "PUT", bucket.region, bucket.name, query=[("policy", None)], body=document, keys=s.owner(bucket))
    demand(reply.ok, f"PutBucketPolicy: {reply.body[:300]!r}")
    bucket.policy = document


def _rule(destination, **elements):
    text = {"Action": "ALL", "HistoricalObjectReplication": "enabled", "SyncRole": ROLE} | elements
    location = "oss-" + (destination.region if destination else "cn-nowhere")
    name = destination.name if destination else "nobody-made-this"
    return ("<ReplicationConfiguration><Rule>" + "".join(f"<{element}>{value}</{element}>" for element, value in text.items() if value is not None) +
            f"<Destination><Bucket>{name}</Bucket><Location>{location}</Location></Destination></Rule></ReplicationConfiguration>").encode()


def add_rule(s):
    source = some_bucket(s, lambda b: b.region == SOURCE_REGION and b.owner == "source" and not b.receives and not b.rules)
    destination = some_bucket(s, lambda b: b.region == DESTINATION_REGION and b.count == 0 and not b.uploads and not b.rules and not b.receives)
    if not source or not destination:
        return
    if source.versioning == "Suspended" or destination.versioning != source.versioning:
        s.refused(source, lambda: s.oss("PutBucketReplication", "POST", source.region, source.name, query=[("replication", None), ("comp", "add")], body=_rule(destination)))
        return
    _grant(s, destination)
    reply = s.oss("PutBucketReplication", "POST", source.region, source.name, query=[("replication", None), ("comp", "add")], body=_rule(destination))
    demand(reply.ok, f"PutBucketReplication: {reply.body[:500]!r}")
    source.rules[reply.headers["x-oss-replication-rule-id"]] = destination.name
    destination.receives = True


def wrong_rule(s):
    source = some_bucket(s, lambda b: b.region == SOURCE_REGION and b.owner == "source" and not b.receives)
    if not source:
        return
    destination = some_bucket(s, lambda b: b.region == DESTINATION_REGION and not b.receives)
    cases = [_rule(None), b"<ReplicationConfiguration/>", b"<ReplicationConfiguration><Rule/><Rule/></ReplicationConfiguration>", b"x", b"",
             _rule(destination, SyncRole="nobody"), _rule(destination, SyncRole=None), _rule(destination, Action="EVERYTHING"),
             _rule(destination, HistoricalObjectReplication="perhaps"), _rule(destination, PrefixSet="<Prefix>a</Prefix><Prefix>ab</Prefix>"),
             _rule(destination, PrefixSet="<Prefix>p</Prefix>" * 11), _rule(destination, RTC="<Status>enabled</Status>"), _rule(destination, UserTaggings=""),
             _rule(destination, ID="x" * 300), _rule(source)]
    # The policy of a destination that no rule uses never names the role, but for rules that were there before.
    if destination and destination.policy and ROLE.encode() in destination.policy:
        return
    body = s.random.choice(cases)
    s.refused(source, lambda: s.oss("WrongRule", "POST", source.region, source.name, query=[("replication", None), ("comp", "add")], body=body))
    if destination:
        demand(s.oss("GetBucketInfo", "GET", destination.region, destination.name, query=[("bucketInfo", None)], keys=s.owner(destination)).ok, "the destination is gone")


def remove_rule(s):
    source = some_bucket(s, lambda b: b.rules)
    if not source:
        return
    rule = s.random.choice(sorted(source.rules))
    body = f"<ReplicationRules><ID>{rule}</ID></ReplicationRules>".encode()
    where = dict(region=source.region, bucket=source.name, query=[("replication", None), ("comp", "delete")])
    demand(s.oss("DeleteBucketReplication", "POST", body=body, **where).ok, "DeleteBucketReplication is refused")

    def gone():
        reply = s.oss("GetBucketReplication", "GET", source.region, source.name, query=[("replication", None)])
        return reply.code == "NoSuchReplicationConfiguration"

    eventually(f"rule {rule} to be gone", gone, 60)
    destination = s.model.buckets[source.rules.pop(rule)]
    _adopt(s, destination)


def _adopt(s, bucket):
    """No rule writes there any more: what it holds now is what it should hold from here on."""
    bucket.receives = False
    bucket.versions.clear()
    for key, version_id, marker, _, etag in s.versions(bucket):
        size, body = 0, b""
        if not marker:
            reply = s.oss("GetObject", "GET", bucket.region, bucket.name, key, query=[("versionId", version_id)], keys=s.owner(bucket))
            demand(reply.ok, f"a listed replica is not read: {s.last}")
            size, body = len(reply.body), reply.body
        bucket.versions.setdefault(key, []).append(Version(version_id, marker, etag, size, "" if marker else digest(body)))


def watch_rule(s):
    source = some_bucket(s, lambda b: b.rules)
    if not source:
        return
    for query in ([("replication", None)], [("replicationLocation", None)], [("replicationProgress", None), ("rule-id", sorted(source.rules)[0])],
                  [("x-farshore-explain", s.random.choice(sorted(source.versions) or ["a"]))]):
        reply = s.oss("watch", "GET", source.region, source.name, query=query)
        demand(reply.ok, f"{query[0][0]}: {reply.body[:300]!r}")
    s.refused(source, lambda: s.oss("watch", "GET", source.region, source.name, query=[("replicationProgress", None), ("rule-id", "nobody")]), "NoSuchReplicationRule")


def settle(s):
    """Every current object of a source is at its destination in the end, the same; nothing deleted is."""
    for _, source in sorted(s.model.buckets.items()):
        for destination in source.rules.values():
            there = s.model.buckets[destination]

            def equal():
                found = {row[0]: row[4] for row in s.versions(there) if row[3] and not row[2]}
                wanted = {key: source.current(key).etag for key in source.current_keys}
                assert found == wanted, f"missing {sorted(set(wanted) - set(found))}, too many {sorted(set(found) - set(wanted))}"
                return True

            eventually(f"{destination} to hold what {source.name} holds", equal, 90)


CALLS = [(add_rule, 3), (wrong_rule, 4), (remove_rule, 1), (watch_rule, 3)]
