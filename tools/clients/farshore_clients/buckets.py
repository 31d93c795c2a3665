# SPDX-License-Identifier: Apache-2.0
"""OSS through the published Python clients: oss2 with V1 and V4 signatures, alibabacloud-oss-v2."""
import alibabacloud_oss_v2 as oss_v2
import oss2


def bucket(realm, region_id, account, name, version="v4"):
    """An oss2.Bucket at its region's endpoint. version: v1, v2 or v4."""
    region = realm.region(region_id)
    if account is None:
        auth = oss2.AnonymousAuth()
    elif account.security_token:
        auth = oss2.StsAuth(account.access_key_id, account.access_key_secret, account.security_token, auth_version=version)
    else:
        auth = oss2.make_auth(account.access_key_id, account.access_key_secret, version)
    return oss2.Bucket(auth, region.endpoint, name, region=region_id, is_verify_object_strict=False)


def client_v2(realm, region_id, account, signature="v4"):
    """A second-generation client (alibabacloud-oss-v2)."""
    region = realm.region(region_id)
    config = oss_v2.config.load_default()
    config.credentials_provider = oss_v2.credentials.StaticCredentialsProvider(account.access_key_id, account.access_key_secret, account.security_token)
    config.region = region_id
    config.endpoint = region.endpoint
    config.signature_version = signature
    return oss_v2.Client(config)


def call(bucket, method, query, body=None, key="", headers=None):
    """One request with own text, signed and sent by oss2: for what its typed calls cannot say. Returns the oss2 response.

    query: {"replication": "", "comp": "add"}; errors are oss2.exceptions.ServerError with .status, .code and .details.
    """
    if isinstance(body, str):
        body = body.encode()
    return bucket._do(method, bucket.bucket_name, key, params=query, data=body, headers=oss2.CaseInsensitiveDict(headers or {}))
