# SPDX-License-Identifier: Apache-2.0
"""The life of a rule as its owner sees it: starting, doing, closing, gone; its progress; several rules side by side."""
import json
import re

from oss2.exceptions import ServerError
from oss2.models import BucketVersioningConfig

from farshore_clients import steps
from farshore_clients.buckets import call
from farshore_clients.compare import exists
from farshore_clients.wait import eventually
from world import DESTINATION_REGION, refused

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def test_a_rule_starts_does_closes_and_is_gone(world):
    pair = world.pair()
    rule_id = pair.replicate()
    assert re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", rule_id)
    assert steps.rule_xml(pair.source, rule_id).findtext("Status") == "starting"
    starting = steps.progress_xml(pair.source, rule_id)
    assert (starting.findtext("Status"), starting.find("Progress")) == ("starting", None)
    pair.source.put_object("while-starting", b"x")
    pair.wait_for("while-starting")  # Data flows at once.
    pair.doing()
    assert steps.rule_xml(pair.source, rule_id).findtext("Status") == "doing"

    assert pair.source.delete_bucket_replication(rule_id).status == 200
    assert steps.rule_xml(pair.source, rule_id).findtext("Status") == "closing"
    closing = steps.progress_xml(pair.source, rule_id)
    assert (closing.findtext("Status"), closing.find("Progress")) == ("closing", None)
    assert pair.source.delete_bucket_replication(rule_id).status == 204
    steps.wait_until_gone(pair.source, rule_id)
    refused(pair.source.get_bucket_replication, 404, "NoSuchReplicationConfiguration")
    refused(lambda: pair.source.get_bucket_replication_progress(rule_id), 404, "NoSuchReplicationConfiguration")
    assert exists(pair.destination, "while-starting")  # What was copied stays.


def test_the_rules_of_a_deleted_bucket_end_behind_their_last_deletions(world):
    pair = world.pair()
    keys = [f"key/{number}" for number in range(50)]
    for key in keys:
        pair.source.put_object(key, b"x")
    pair.replicate()
    for key in keys:
        pair.wait_for(key)
    refused(lambda: pair.destination.put_bucket_versioning(BucketVersioningConfig("Enabled")), 409, "InvalidBucketState")  # while a rule leads there
    pair.source.batch_delete_objects(keys)
    pair.source.delete_bucket()
    refused(pair.source.get_bucket_replication, 404, "NoSuchBucket")
    for key in keys:
        pair.wait_until_absent(key)

    def ended():
        try:
            pair.destination.put_bucket_versioning(BucketVersioningConfig("Enabled"))
        except ServerError:
            return False
        return True

    eventually("the destination to forget the rule", ended)

    pair.source.create_bucket()  # The name is free, and its new bucket is nobody's source.
    pair.source.put_bucket_versioning(BucketVersioningConfig("Enabled"))
    pair.source.put_object("key/new", b"x")
    refused(pair.source.get_bucket_replication, 404, "NoSuchReplicationConfiguration")
    pair.replicate()
    pair.wait_for("key/new")


def test_progress_has_exactly_the_elements_that_clients_read(world):
    pair = world.pair()
    pair.source.put_object("old", b"x")
    pair.replicate(prefix_list=["o"])
    rule = pair.doing()
    assert [child.tag for child in rule if child.tag != "SyncRole"] == ["ID", "PrefixSet", "Action", "Destination", "Status", "HistoricalObjectReplication", "Progress"]
    assert [prefix.text for prefix in rule.findall("PrefixSet/Prefix")] == ["o"]
    assert (rule.findtext("ID"), rule.findtext("Action"), rule.findtext("HistoricalObjectReplication")) == (pair.rule_id, "ALL", "enabled")
    assert rule.findtext("Destination/Bucket") == pair.destination.bucket_name
    assert rule.findtext("Destination/Location") == world.location(DESTINATION_REGION)
    assert rule.find("Destination/TransferType") is None
    assert INSTANT.fullmatch(rule.findtext("Progress/NewObject"))
    assert re.fullmatch(r"0(\.\d{1,2})?|1(\.0)?", rule.findtext("Progress/HistoricalObject"))


def test_progress_without_history_has_only_new_object(world):
    pair = world.pair()
    pair.replicate(is_enable_historical_object_replication=False)
    assert [child.tag for child in pair.doing().find("Progress")] == ["NewObject"]


def test_new_object_advances_on_an_idle_bucket_and_never_goes_back(world):
    pair = world.pair()
    pair.replicate()
    seen = [pair.new_object()]
    pair.settle()
    seen.append(pair.new_object())
    pair.settle()
    seen.append(pair.new_object())
    assert seen == sorted(seen) and seen[0] < seen[-1]


def test_progress_without_a_rule_id_lists_all_rules(world):
    pair = world.pair()
    pair.replicate()
    beacon = pair.beacon()
    text = call(pair.source, "GET", {"replicationProgress": ""}).read().decode()
    assert pair.rule_id in text and beacon.rule_id in text
    refused(lambda: pair.source.get_bucket_replication_progress("no-such-rule"), 404, "NoSuchReplicationRule")


def test_of_several_rules_deleting_one_leaves_the_others_alone(world):
    pair = world.pair()
    pair.replicate()
    beacon = pair.beacon()
    before = [rule.rule_id for rule in pair.source.get_bucket_replication().rule_list]
    assert before == [pair.rule_id, beacon.rule_id]
    pair.source.delete_bucket_replication(pair.rule_id)
    steps.wait_until_gone(pair.source, pair.rule_id)
    assert [rule.rule_id for rule in pair.source.get_bucket_replication().rule_list] == [beacon.rule_id]
    beacon.shines()
    assert not exists(pair.destination, "beacon-1")


def test_deleting_is_checked(world):
    pair = world.pair()
    remove = {"replication": "", "comp": "delete"}

    def delete(inside):
        return call(pair.source, "POST", remove, f"<ReplicationRules>{inside}</ReplicationRules>")

    assert delete("<ID>whatever</ID>").status == 200  # No rule at all.
    pair.replicate()
    refused(lambda: delete("<ID>unknown</ID>"), 404, "NoSuchReplicationRule")
    refused(lambda: delete("<ID></ID>"), 400, "InvalidArgument")
    refused(lambda: delete(""), 400, "InvalidArgument")
    refused(lambda: delete("<ID>a</ID><ID>b</ID>"), 400, "TooManyReplicationRules")
    refused(lambda: call(pair.source, "POST", remove, ""), 400, "MalformedXML")


def test_locations_name_every_region_a_destination_may_lie_in(world):
    pair = world.pair()
    assert world.location(DESTINATION_REGION) in pair.source.get_bucket_replication_location().location_list


def test_bucket_info_says_that_cross_region_replication_is_enabled(world):
    pair = world.pair()
    assert pair.source.get_bucket_info().cross_region_replication == "Disabled"
    pair.replicate()
    assert pair.source.get_bucket_info().cross_region_replication == "Enabled"
    assert pair.destination.get_bucket_info().cross_region_replication == "Enabled"


def test_switching_replication_time_control_is_refused_by_name(world):
    pair = world.pair()
    pair.replicate()
    for value in ("enabled", "disabled"):
        body = f"<ReplicationRule><RTC><Status>{value}</Status></RTC><ID>{pair.rule_id}</ID></ReplicationRule>"
        assert "RTC" in refused(lambda: call(pair.source, "PUT", {"rtc": ""}, body), 400, "NotImplemented").message
    assert steps.rule_xml(pair.source, pair.rule_id).find("RTC") is None


def test_many_sources_may_share_a_destination(world):
    one, two = world.pair(), world.pair()
    policy = steps.destination_policy(one.principal, world.destination_account.uid, one.destination.bucket_name)
    policy["Statement"] += steps.destination_policy(two.principal, world.destination_account.uid, one.destination.bucket_name)["Statement"]
    one.destination.put_bucket_policy(json.dumps(policy))
    two.destination = one.destination
    one.replicate()
    two.replicate()
    one.source.put_object("from-one", b"1")
    two.source.put_object("from-two", b"2")
    one.wait_for("from-one")
    two.wait_for("from-two")
