# SPDX-License-Identifier: Apache-2.0
"""The second half of ./quickstart: starts a realm, does the three steps with published clients, waits for the replicas, explains what is there."""
import argparse
import hashlib
import pathlib
import signal
import sys

import oss2
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException

from . import steps
from .buckets import bucket
from .identity import Ram
from .server import DevServer, ServerEnded
from .wait import TimedOut, eventually

HOME = pathlib.Path("build/quickstart")
BINARY = pathlib.Path("build/release/farshore")
SOURCE_BUCKET, DESTINATION_BUCKET = "quickstart-source", "quickstart-destination"
ROLE, POLICY = "QuickstartReplication", "QuickstartReadSource"
FILES = {
    "hello.txt": b"Hello from the source account.\n",
    "reports/2026/summary.csv": b"month,total\n1,17\n2,23\n",
    "photos/a b+c%20d.bin": bytes(range(256)) * 4096,
}


def say(text=""):
    print(text, flush=True)


def unless_there(make, code):
    """Runs `make`; a repeated run finds the thing there already, which is fine."""
    try:
        return make()
    except (AlibabaCloudException, oss2.exceptions.ServerError) as error:
        if error.code != code:
            raise
        return None


def existing_rule(source):
    return next(rule.rule_id for rule in source.get_bucket_replication().rule_list if rule.target_bucket_name == DESTINATION_BUCKET)


def set_up(realm, source_account, destination_account, source, destination, destination_region):
    """The page's three steps; returns the rule id."""
    source.create_bucket()
    destination.create_bucket()
    say(f"buckets  {SOURCE_BUCKET} ({source_account.name}) and {DESTINATION_BUCKET} ({destination_account.name})")

    ram = Ram(realm, source_account)
    unless_there(lambda: ram.create_role(ROLE), "EntityAlreadyExists.Role")
    unless_there(lambda: ram.create_policy(POLICY, steps.source_policy(SOURCE_BUCKET)), "EntityAlreadyExists.Policy")
    unless_there(lambda: ram.attach_to_role(POLICY, ROLE), "EntityAlreadyExists.Role.Policy")
    say(f"step 1   source account: role {ram.role_arn(ROLE)} may read {SOURCE_BUCKET}")

    principal = steps.role_principal(source_account.uid, ROLE)
    steps.step_2_authorize_role_at_destination(destination, destination_account.uid, principal)
    say(f"step 2   destination account: bucket policy lets {principal} write {DESTINATION_BUCKET}")

    rule_id = unless_there(lambda: steps.step_3_create_rule(source, DESTINATION_BUCKET, destination_region.location, ROLE), "BucketReplicationAlreadyExist")
    rule_id = rule_id or existing_rule(source)
    say(f"step 3   source account: rule {rule_id}")
    return rule_id


def upload_and_wait(source, destination, rule_id):
    for key, content in FILES.items():
        source.put_object(key, content)
        say(f"upload   {key} ({len(content)} bytes)")

    def equal(key):
        try:
            return hashlib.sha256(destination.get_object(key).read()).digest() == hashlib.sha256(FILES[key]).digest()
        except oss2.exceptions.NoSuchKey:
            return False

    for key in FILES:
        eventually(f"the replica of {key}", lambda: equal(key), 120)
        say(f"replica  {key}: same bytes, ETag {destination.head_object(key).etag}")
    say("the rule is reported as starting for its first seconds; waiting for its progress")
    progress = steps.wait_until_doing(source, rule_id)
    say(f"progress Status={progress.findtext('Status')} HistoricalObject={progress.findtext('Progress/HistoricalObject')}"
        f" NewObject={progress.findtext('Progress/NewObject')}")


def explain(realm, source_account, destination_account, source_region, destination_region):
    say()
    say(f"identity (RAM, STS)  {realm.identity_endpoint}")
    for region in realm.regions:
        say(f"region {region.id:<13} {region.endpoint}   location {region.location}")
    for account in (source_account, destination_account):
        say(f"account {account.name:<12} uid {account.uid}  key {account.access_key_id}  secret {account.access_key_secret}")
    say("(these keys exist only in this local realm; its realm.json holds them, too)")
    say()
    say("Next, in another terminal, start build/venv/bin/python and try:")
    say("  import oss2")
    say(f"  source = oss2.Bucket(oss2.Auth('{source_account.access_key_id}', '{source_account.access_key_secret}'), '{source_region.endpoint}', '{SOURCE_BUCKET}')")
    say(f"  destination = oss2.Bucket(oss2.Auth('{destination_account.access_key_id}', '{destination_account.access_key_secret}'),"
        f" '{destination_region.endpoint}', '{DESTINATION_BUCKET}')")
    say("  source.put_object('again.txt', 'more'); print(destination.get_object('again.txt').read())")
    say("or with ossutil, if you have it:")
    say(f"  ossutil ls oss://{SOURCE_BUCKET} -e {source_region.endpoint} -i {source_account.access_key_id} -k {source_account.access_key_secret}")
    say()


def story(once):
    server = DevServer(BINARY, HOME / "data")
    try:
        say(f"starting {BINARY} dev --data {server.data} --port 0")
        realm = server.start()
        if len(realm.regions) < 2 or len(realm.accounts) < 2:
            raise ServerEnded(f"{server.data}/realm.json names fewer than two regions or accounts")
        source_account, destination_account = realm.accounts[:2]
        source_region, destination_region = realm.regions[:2]
        source = bucket(realm, source_region.id, source_account, SOURCE_BUCKET)
        destination = bucket(realm, destination_region.id, destination_account, DESTINATION_BUCKET)
        rule_id = set_up(realm, source_account, destination_account, source, destination, destination_region)
        upload_and_wait(source, destination, rule_id)
        explain(realm, source_account, destination_account, source_region, destination_region)
        if not once:
            say("serving; Ctrl-C stops")
            server.process.wait()
            server.check_alive()
    finally:
        server.stop()
    say("stopped")


def interrupted(_signal, _frame):
    raise KeyboardInterrupt


def main():
    parser = argparse.ArgumentParser(prog="quickstart")
    parser.add_argument("--once", action="store_true")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, interrupted)
    try:
        story(arguments.once)
    except KeyboardInterrupt:
        say("stopped; ./quickstart goes on with the same data")
        return 0
    except (ServerEnded, TimedOut) as error:
        say(f"quickstart: {error}")
        return 1
    except oss2.exceptions.OssError as error:
        say(f"quickstart: a request failed: {error.status} {error.code} {error.message or error} (request {error.request_id}); the server's log is {HOME}/data.log")
        return 1
    except AlibabaCloudException as error:
        say(f"quickstart: a request failed: {error.code}: {error.message}; the server's log is {HOME}/data.log")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
