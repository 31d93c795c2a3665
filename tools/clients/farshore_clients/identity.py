# SPDX-License-Identifier: Apache-2.0
"""RAM and STS through the published Python clients."""
import json
import os

from alibabacloud_ram20150501 import models as ram
from alibabacloud_ram20150501.client import Client as RamClient
from alibabacloud_sts20150401 import models as sts
from alibabacloud_sts20150401.client import Client as StsClient
from alibabacloud_tea_openapi.models import Config

from .realm import Account

OSS_MAY_ASSUME = {"Version": "1", "Statement": [{"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"Service": ["oss.aliyuncs.com"]}}]}


def _config(realm, account):
    return Config(access_key_id=account.access_key_id, access_key_secret=account.access_key_secret, security_token=account.security_token,
                  endpoint=realm.identity_host, protocol=realm.identity_scheme, region_id=realm.regions[0].id,
                  ca=os.environ.get("REQUESTS_CA_BUNDLE"))  # oss2 reads the variable by itself


class Ram:
    """What the stories need of RAM, acting with one account's keys. Documents are dicts; the client's errors pass through (`error.code`)."""

    def __init__(self, realm, account):
        self.realm = realm
        self.account = account
        self.client = RamClient(_config(realm, account))

    def create_role(self, name, trust=None):
        """Returns the role's ARN."""
        document = json.dumps(OSS_MAY_ASSUME if trust is None else trust)
        return self.client.create_role(ram.CreateRoleRequest(role_name=name, assume_role_policy_document=document)).body.role.arn

    def role_arn(self, name):
        return self.client.get_role(ram.GetRoleRequest(role_name=name)).body.role.arn

    def delete_role(self, name):
        self.client.delete_role(ram.DeleteRoleRequest(role_name=name))

    def update_trust(self, name, trust):
        self.client.update_role(ram.UpdateRoleRequest(role_name=name, new_assume_role_policy_document=json.dumps(trust)))

    def create_policy(self, name, document):
        self.client.create_policy(ram.CreatePolicyRequest(policy_name=name, policy_document=json.dumps(document)))

    def attach_to_role(self, policy, role, kind="Custom"):
        self.client.attach_policy_to_role(ram.AttachPolicyToRoleRequest(policy_type=kind, policy_name=policy, role_name=role))

    def detach_from_role(self, policy, role, kind="Custom"):
        self.client.detach_policy_from_role(ram.DetachPolicyFromRoleRequest(policy_type=kind, policy_name=policy, role_name=role))

    def create_user(self, name):
        """Makes a RAM user with one access key; returns it as an Account whose uid is the user's own id."""
        user = self.client.create_user(ram.CreateUserRequest(user_name=name)).body.user
        key = self.client.create_access_key(ram.CreateAccessKeyRequest(user_name=name)).body.access_key
        return Account(name, user.user_id, key.access_key_id, key.access_key_secret)

    def attach_to_user(self, policy, user, kind="Custom"):
        self.client.attach_policy_to_user(ram.AttachPolicyToUserRequest(policy_type=kind, policy_name=policy, user_name=user))

    def disable_key(self, user, access_key_id):
        self.client.update_access_key(ram.UpdateAccessKeyRequest(user_name=user, user_access_key_id=access_key_id, status="Inactive"))


def assume_role(realm, caller, role_arn, session="story", policy=None):
    """A role session's keys as an Account; `caller` must be a RAM user (roots may not assume roles)."""
    client = StsClient(_config(realm, caller))
    request = sts.AssumeRoleRequest(role_arn=role_arn, role_session_name=session, policy=json.dumps(policy) if policy else None)
    keys = client.assume_role(request).body.credentials
    return Account(session, caller.uid, keys.access_key_id, keys.access_key_secret, keys.security_token)


def caller_identity(realm, account):
    """What GetCallerIdentity says about these keys."""
    return StsClient(_config(realm, account)).get_caller_identity().body
