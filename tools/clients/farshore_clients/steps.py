# SPDX-License-Identifier: Apache-2.0
"""The three steps of "Cross-account cross-region replication", with the documents that page shows."""
import json
import xml.etree.ElementTree as ElementTree

import oss2

from .buckets import call
from .identity import Ram
from .wait import eventually


def source_policy(bucket_name, actions=("oss:ReplicateList", "oss:ReplicateGet")):
    """Step 1.2: the custom policy, least privilege to read the source bucket."""
    return {"Version": "1", "Statement": [{
        "Effect": "Allow", "Action": list(actions),
        "Resource": [f"acs:oss:*:*:{bucket_name}", f"acs:oss:*:*:{bucket_name}/*"]}]}


def role_principal(source_uid, role_name):
    """The role as the page writes it into a bucket policy: arn, and the name in lower case."""
    return f"arn:ram::{source_uid}:role/{role_name.lower()}"


def destination_policy(principal, destination_uid, bucket_name, actions=("oss:ReplicatePut", "oss:ReplicateDelete"), effect="Allow"):
    """The page's policy example for the destination bucket."""
    return {"Version": "1", "Statement": [{
        "Effect": effect, "Action": list(actions), "Principal": [principal],
        "Resource": [f"acs:oss:*:{destination_uid}:{bucket_name}", f"acs:oss:*:{destination_uid}:{bucket_name}/*"]}]}


def step_1_create_and_authorize_role(realm, source_account, role_name, policy_name, source_bucket_name):
    """Source account: a role for the service OSS that may read the source bucket. Returns its ARN."""
    ram = Ram(realm, source_account)
    arn = ram.create_role(role_name)
    ram.create_policy(policy_name, source_policy(source_bucket_name))
    ram.attach_to_role(policy_name, role_name)
    return arn


def step_2_authorize_role_at_destination(destination_bucket, destination_uid, principal):
    """Destination account: the bucket policy that lets the source account's role write."""
    destination_bucket.put_bucket_policy(json.dumps(destination_policy(principal, destination_uid, destination_bucket.bucket_name)))


def step_3_create_rule(source_bucket, destination_bucket_name, destination_location, role_name, **options):
    """Source account: the replication rule. Returns its id. options: the other arguments of oss2.models.ReplicationRule."""
    rule = oss2.models.ReplicationRule(target_bucket_name=destination_bucket_name, target_bucket_location=destination_location,
                                       sync_role_name=role_name, **options)
    return source_bucket.put_bucket_replication(rule).headers["x-oss-replication-rule-id"]


def rule_xml(source_bucket, rule_id):
    """The <Rule> of GetBucketReplication, or None."""
    root = ElementTree.fromstring(call(source_bucket, "GET", {"replication": ""}).read())
    return next((rule for rule in root.findall("Rule") if rule.findtext("ID") == rule_id), None)


def progress_xml(source_bucket, rule_id):
    """The <Rule> of GetBucketReplicationProgress."""
    root = ElementTree.fromstring(call(source_bucket, "GET", {"replicationProgress": "", "rule-id": rule_id}).read())
    return root.find("Rule")


def wait_until_doing(source_bucket, rule_id, seconds=60.0):
    """Waits for `starting` to end; returns the progress <Rule>."""

    def doing():
        progress = progress_xml(source_bucket, rule_id)
        assert progress.findtext("Status") == "doing", ElementTree.tostring(progress, "unicode")
        return progress

    return eventually(f"rule {rule_id} of {source_bucket.bucket_name} to be doing", doing, seconds)


def wait_until_gone(source_bucket, rule_id, seconds=60.0):
    """Waits for `closing` to end: the rule is no longer listed."""

    def gone():
        try:
            return rule_xml(source_bucket, rule_id) is None
        except oss2.exceptions.ServerError as error:
            if error.code == "NoSuchReplicationConfiguration":
                return True
            raise

    eventually(f"rule {rule_id} of {source_bucket.bucket_name} to be gone", gone, seconds)
