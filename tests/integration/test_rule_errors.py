# SPDX-License-Identifier: Apache-2.0
"""What PutBucketReplication refuses, with which code, and which of two faults it names first."""
import xml.sax.saxutils

import oss2
import pytest

from farshore_clients.buckets import call
from farshore_clients.identity import Ram
from world import DESTINATION_REGION, refused

ADD = {"replication": "", "comp": "add"}


def rule(world, pair, **change):
    """The text of a good <Rule>; `change` replaces elements by name (None drops one), `extra` adds text, `destination` replaces its inside."""
    parts = {
        "ID": None, "RTC": None, "PrefixSet": None, "UserTaggings": None, "Action": "ALL",
        "Destination": f"<Bucket>{pair.destination.bucket_name}</Bucket><Location>{world.location(DESTINATION_REGION)}</Location>",
        "HistoricalObjectReplication": "enabled", "SyncRole": pair.role,
    }
    extra = change.pop("extra", "")
    parts.update(change)
    return "<Rule>" + "".join(f"<{name}>{text}</{name}>" for name, text in parts.items() if text is not None) + extra + "</Rule>"


def add(pair, *rules, root="ReplicationConfiguration"):
    return call(pair.source, "POST", ADD, f"<{root}>{''.join(rules)}</{root}>")


def prefixes(*names):
    return "".join(f"<Prefix>{name}</Prefix>" for name in names)


# name: (changes to a good rule, code, EC or None)
BAD_VALUES = {
    "an id of 256 characters": ({"ID": "i" * 256}, "InvalidArgument", None),
    "eleven prefixes": ({"PrefixSet": prefixes(*(f"p{n:02}/" for n in range(11)))}, "TooManyPrefixes", None),
    "overlapping prefixes": ({"PrefixSet": prefixes("a", "a/b")}, "InvalidArgument", "0031-00000019"),
    "the same prefix twice": ({"PrefixSet": prefixes("a", "a")}, "InvalidArgument", "0031-00000019"),
    "a prefix of 1024 characters": ({"PrefixSet": prefixes("p" * 1024)}, "InvalidArgument", None),
    "an unknown action": ({"Action": "PUT,COPY"}, "InvalidArgument", "0031-00000023"),
    "a capital in HistoricalObjectReplication": ({"HistoricalObjectReplication": "Enabled"}, "InvalidArgument", "0031-00000011"),
    "an unknown RTC status": ({"RTC": "<Status>on</Status>"}, "InvalidArgument", "0031-00000012"),
    "a role that does not exist": ({"SyncRole": "nobody-made-this"}, "InvalidArgument", None),
}


@pytest.mark.parametrize("name", BAD_VALUES)
def test_a_bad_value_is_refused_with_its_own_code(world, name):
    change, code, ec = BAD_VALUES[name]
    pair = world.pair()
    error = refused(lambda: add(pair, rule(world, pair, **change)), 400, code)
    if ec:
        assert error.ec == ec
    refused(pair.source.get_bucket_replication, 404, "NoSuchReplicationConfiguration")


# Each element, what stands in it, and the words of the message that name it.
NOT_BUILT = {
    "tag filters": ({"UserTaggings": "<FilterType>AND</FilterType><UserTagging><Key>a</Key><Value>b</Value></UserTagging>"}, "UserTaggings"),
    "the switch for delete markers": ({"DeleteMarkerReplication": "<Status>Disabled</Status>"}, "DeleteMarkerReplication"),
    "the switch for deletions of versions": ({"VersionDeletionReplication": "<Status>Enabled</Status>"}, "VersionDeletionReplication"),
    "replication time control": ({"RTC": "<Status>enabled</Status>"}, "RTC"),
    "objects under a customer key": ({"SourceSelectionCriteria": "<SseKmsEncryptedObjects><Status>Enabled</Status></SseKmsEncryptedObjects>"},
                                     "SseKmsEncryptedObjects"),
    "a customer key for replicas": ({"EncryptionConfiguration": "<ReplicaKmsKeyID>k</ReplicaKmsKeyID>"}, "ReplicaKmsKeyID"),
}


@pytest.mark.parametrize("name", NOT_BUILT)
def test_an_element_that_is_not_built_is_refused_by_name_and_no_rule_is_made(world, name):
    change, named = NOT_BUILT[name]
    pair = world.pair()
    assert named in refused(lambda: add(pair, rule(world, pair, **change)), 400, "NotImplemented").message
    refused(pair.source.get_bucket_replication, 404, "NoSuchReplicationConfiguration")


def test_transfer_acceleration_is_refused_by_name(world):
    pair = world.pair()
    inside = destination(world, pair.destination.bucket_name) + "<TransferType>oss_acc</TransferType>"
    assert "oss_acc" in refused(lambda: add(pair, rule(world, pair, Destination=inside)), 400, "NotImplemented").message


def test_the_message_about_a_missing_role_names_sync_role(world):
    pair = world.pair()
    error = refused(lambda: add(pair, rule(world, pair, SyncRole="nobody-made-this")), 400, "InvalidArgument")
    assert "SyncRole" in error.message


def test_the_number_of_rules_and_the_root_are_checked_first(world):
    pair = world.pair()
    good = rule(world, pair)
    refused(lambda: add(pair), 400, "NoReplicationRule")
    refused(lambda: add(pair, good, good), 400, "TooManyReplicationRules")
    assert refused(lambda: add(pair, good, root="Foo"), 400, "MalformedXML").ec == "0031-00000001"
    for body in ("", "not xml", "<ReplicationConfiguration><Rule>", '<!DOCTYPE x [<!ENTITY e "e">]><ReplicationConfiguration>&e;</ReplicationConfiguration>'):
        refused(lambda: call(pair.source, "POST", ADD, body), 400, "MalformedXML")


def destination(world, bucket_name, location=None):
    return f"<Bucket>{bucket_name}</Bucket><Location>{location or world.location(DESTINATION_REGION)}</Location>"


def test_a_wrong_destination_is_refused_with_its_own_code(world):
    pair = world.pair()
    name = pair.destination.bucket_name
    cases = [
        (destination(world, "UPPER_CASE"), "InvalidArgument", "0031-00000101"),
        (destination(world, pair.source.bucket_name), "InvalidTargetBucket", None),
        (destination(world, name + "-absent"), "InvalidTargetBucket", None),
        (destination(world, name + "-absent", "oss-nowhere-1"), "BadReplicationLocation", None),
        (destination(world, name, "oss-nowhere-1"), "InvalidTargetLocation", None),
        (destination(world, name, "oss-cn-hangzhou"), "InvalidTargetLocation", None),
    ]
    for inside, code, ec in cases:
        error = refused(lambda: add(pair, rule(world, pair, Destination=inside)), 400, code)
        if ec:
            assert error.ec == ec


def test_an_id_in_use_and_a_pair_in_use_are_refused(world):
    pair = world.pair()
    other = world.destination_bucket(pair.destination.bucket_name + "-2")
    other.create_bucket()
    add(pair, rule(world, pair, ID="one"))
    error = refused(lambda: add(pair, rule(world, pair, ID="one", Destination=destination(world, other.bucket_name))), 400, "InvalidArgument")
    assert "not unique" in error.message
    error = refused(lambda: add(pair, rule(world, pair, ID="two", PrefixSet=prefixes("elsewhere/"))), 400, "BucketReplicationAlreadyExist")
    assert error.ec == "0031-00000044"


@pytest.mark.parametrize("source_state,destination_state", [(None, "Enabled"), ("Enabled", None), ("Suspended", "Suspended"), ("Enabled", "Suspended")])
def test_versioning_states_that_do_not_fit_are_refused(world, source_state, destination_state):
    pair = world.pair()
    for bucket, state in ((pair.source, source_state), (pair.destination, destination_state)):
        if state:
            bucket.put_bucket_versioning(oss2.models.BucketVersioningConfig(state))
    error = refused(lambda: add(pair, rule(world, pair)), 400, "InvalidBucketStatus")
    assert error.ec == "0031-00000053"


def test_an_unknown_comp_or_none_is_refused(world):
    pair = world.pair()
    for query in ({"replication": "", "comp": "replace"}, {"replication": ""}):
        refused(lambda: call(pair.source, "POST", query, "<ReplicationConfiguration/>"), 400, "InvalidArgument")


def test_of_two_faults_the_earlier_one_in_the_order_of_checks_is_named(world):
    pair = world.pair()
    stranger = Ram(world.realm, world.source_account).create_user(pair.role + "User")
    by_stranger = world.source_bucket(pair.source.bucket_name, stranger)
    no_bucket = world.source_bucket(pair.source.bucket_name + "-absent")
    bad_action, absent, no_role = {"Action": "COPY"}, {"Destination": destination(world, "absent-bucket-" + pair.source.bucket_name)}, {"SyncRole": "nobody"}

    refused(lambda: call(no_bucket, "POST", ADD, "not xml"), 404, "NoSuchBucket")
    refused(lambda: call(by_stranger, "POST", ADD, "not xml"), 403, "AccessDenied")
    refused(lambda: add(pair, rule(world, pair, ID="i" * 256), rule(world, pair)), 400, "TooManyReplicationRules")
    refused(lambda: add(pair, rule(world, pair, PrefixSet=prefixes(*(f"p{n:02}" for n in range(11))), **bad_action)), 400, "TooManyPrefixes")
    assert refused(lambda: add(pair, rule(world, pair, **bad_action, **absent)), 400, "InvalidArgument").ec == "0031-00000023"
    refused(lambda: add(pair, rule(world, pair, **absent, **no_role)), 400, "InvalidTargetBucket")
    add(pair, rule(world, pair))
    refused(lambda: add(pair, rule(world, pair, **no_role)), 400, "BucketReplicationAlreadyExist")


def test_an_id_with_markup_in_it_round_trips(world):
    pair = world.pair()
    name = """<"&'>-1"""
    answer = add(pair, rule(world, pair, ID=xml.sax.saxutils.escape(name)))
    assert answer.headers["x-oss-replication-rule-id"] == name
    assert pair.source.get_bucket_replication().rule_list[0].rule_id == name


def test_what_was_given_reads_back_and_what_was_not_is_absent(world):
    pair = world.pair()
    inside = destination(world, pair.destination.bucket_name) + "<TransferType>internal</TransferType>"
    add(pair, rule(world, pair, ID="r", Action="PUT, DELETE", Destination=inside, PrefixSet=prefixes("a/", "b/"), extra="<Status>doing</Status><Unknown/>"))
    read = pair.source.get_bucket_replication().rule_list[0]
    assert (read.rule_id, read.action_list, read.prefix_list, read.sync_role_name) == ("r", ["PUT", "DELETE"], ["a/", "b/"], pair.role)
    assert read.target_transfer_type is None  # Only oss_acc is returned.
    assert read.is_enable_historical_object_replication is True
    assert read.status == "starting"


def test_every_order_of_the_elements_is_understood(world):
    pair = world.pair()
    role, location, bucket = pair.role, world.location(DESTINATION_REGION), pair.destination.bucket_name
    add(pair, f"<Rule><SyncRole>{role}</SyncRole><Action>ALL</Action><HistoricalObjectReplication>disabled</HistoricalObjectReplication>"
              f"<Destination><Location>{location}</Location><Bucket>{bucket}</Bucket></Destination><ID></ID></Rule>")
    assert len(pair.source.get_bucket_replication().rule_list[0].rule_id) == 36
