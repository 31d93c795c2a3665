# SPDX-License-Identifier: Apache-2.0
"""A realm as an operator sets it up: `admin realm init`, one `farshore serve` for each region, everything over TLS."""
import os
import stat

import oss2
import pytest
import requests
from alibabacloud_ram20150501 import models as ram_models
from alibabacloud_tea_openapi.models import Config
from alibabacloud_ram20150501.client import Client as RamClient

from farshore_clients.compare import exists
from farshore_clients.identity import Ram
from farshore_clients.served import ServedRealm, free_ports
from farshore_clients.wait import eventually
from world import ARRIVAL_SECONDS, DESTINATION_REGION, SOURCE_REGION, World


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(autouse=True)
def everyone_alive(served):
    served.revive()  # An earlier story may have ended a region; that one has failed, this one gets its own chance.


@pytest.fixture
def world(served, request):
    return World(served, request.node.name.removeprefix("test_").replace("_", "-")[:40])


def test_realm_init_makes_a_folder_for_each_host_and_keeps_the_authority_apart(served):
    authority = served.directory / "authority"
    assert mode(authority / "ca.key") == 0o600
    for region in served.regions.values():
        names = {path.name for path in region.folder.iterdir()}
        assert {"farshore.toml", "realm.key", "ca.pem", "cert.pem", "key.pem"} <= names
        assert "ca.key" not in names
        assert mode(region.folder / "key.pem") == mode(region.folder / "realm.key") == mode(region.operator_key) == 0o600
        assert (region.folder / "ca.pem").read_bytes() == (authority / "ca.pem").read_bytes()


def test_realm_commands_refuse_with_a_sentence(served, tmp_path):
    directory = str(served.directory)
    assert "already holds a realm" in served.command("realm", "init", "--directory", directory, "--region", "cn-x=127.0.0.1", status=1)
    assert "is in the realm already" in served.command("realm", "join", "--directory", directory, "--region", f"{SOURCE_REGION}=127.0.0.1", status=1)
    assert "holds no realm" in served.command("realm", "join", "--directory", str(tmp_path), "--region", "cn-x=127.0.0.1", status=1)
    assert "is not ID=HOST" in served.command("realm", "init", "--directory", str(tmp_path), "--region", "cn-x", status=2)
    assert "--region" in served.command("realm", "init", "--directory", str(tmp_path), status=2)
    assert list(tmp_path.iterdir()) == []


def test_the_admin_command_trusts_only_the_authority_it_is_given(served):
    home, key = served.home, str(served.home.operator_key)
    assert "source" in served.admin(home, "accounts")
    assert "certificate" in served.command("--endpoint", home.endpoint, "--operator-key", key, "accounts", status=1)
    plain = home.endpoint.replace("https", "http")
    assert plain in served.command("--endpoint", plain, "--operator-key", key, "accounts", status=1)


def test_an_account_made_at_home_can_be_used_in_the_other_region_at_once(served):
    account = served.create_account("newcomer")
    bucket = World(served, "").destination_bucket("newcomers-first", account)
    bucket.create_bucket()  # The home answers once the connected regions know the account: no waiting here.
    assert [found.name for found in oss2.Service(bucket.auth, bucket.endpoint, region=DESTINATION_REGION).list_buckets().buckets] == ["newcomers-first"]


def test_the_three_steps_replicate_small_and_large_objects_between_two_processes(world):
    pair = world.pair(versioned=True)
    pair.source.put_object("before.txt", b"history")
    pair.replicate()
    pair.source.put_object("small.txt", b"hello", headers={"x-oss-meta-a": "b"})
    content = os.urandom(24 << 20)
    pair.source.put_object("large.bin", content)
    upload = pair.source.init_multipart_upload("parts.bin").upload_id
    parts = [pair.source.upload_part("parts.bin", upload, number + 1, content[number * (8 << 20):(number + 1) * (8 << 20)]) for number in range(3)]
    pair.source.complete_multipart_upload("parts.bin", upload, [oss2.models.PartInfo(n + 1, part.etag) for n, part in enumerate(parts)])
    pair.wait_until_stacks_equal()
    for key in ("before.txt", "small.txt", "large.bin", "parts.bin"):
        pair.assert_same(key)
    pair.source.delete_object("small.txt")
    pair.wait_until_absent("small.txt")
    pair.settle()
    served = world.server
    assert pair.rule_id in served.admin(served.home, "progress", pair.source.bucket_name)
    assert served.metric(served.home, "farshore_peer_sent_bytes_total") > 2 * len(content)


def test_endpoints_are_told_with_their_scheme(world):
    pair = world.pair(role=False, policy=False)
    host = world.realm.region(SOURCE_REGION).endpoint.removeprefix("https://")
    info = pair.source.get_bucket_info()
    assert (info.extranet_endpoint, info.intranet_endpoint) == (host, "https://" + host)
    listed = {b.name: b for b in oss2.Service(pair.source.auth, pair.source.endpoint, region=SOURCE_REGION).list_buckets().buckets}
    assert (listed[pair.source.bucket_name].extranet_endpoint, listed[pair.source.bucket_name].intranet_endpoint) == (host, "https://" + host)


def test_a_region_that_was_away_gets_what_was_written_meanwhile(world):
    pair = world.pair(versioned=True)
    pair.replicate()
    pair.source.put_object("k", b"1")
    pair.wait_until_stacks_equal()
    away = world.server.regions[DESTINATION_REGION]
    assert away.stop() == 0, away.log_tail()
    pair.source.put_object("k", b"2")
    pair.source.put_object("large", os.urandom(9 << 20))
    pair.source.delete_object("k")
    away.start()
    pair.wait_until_stacks_equal()
    pair.assert_same("large")


def test_while_home_is_away_data_calls_go_on_and_directory_writes_answer_503(world):
    pair = world.pair()
    served, here = world.server, world.server.regions[DESTINATION_REGION]
    ram = RamClient(Config(access_key_id=world.source_account.access_key_id, access_key_secret=world.source_account.access_key_secret,
                           endpoint=f"127.0.0.1:{here.port}", protocol="https", region_id=DESTINATION_REGION, ca=str(served.ca)))
    pair.destination.put_object("before", b"1")
    served.home.kill()
    pair.destination.put_object("during", b"2")
    assert pair.destination.get_object("before").read() == b"1"
    assert exists(pair.destination, "during")
    assert ram.get_role(ram_models.GetRoleRequest(role_name=pair.role)).body.role.role_name == pair.role
    with pytest.raises(Exception, match="home region cn-hangzhou cannot be reached") as refused:
        ram.create_user(ram_models.CreateUserRequest(user_name="nobody"))
    assert getattr(refused.value, "status_code", None) in (None, 503)
    with pytest.raises(oss2.exceptions.ServerError) as bucket_refused:
        world.destination_bucket(pair.destination.bucket_name + "-new").create_bucket()
    assert (bucket_refused.value.status, "home region" in bucket_refused.value.message) == (503, True), bucket_refused.value
    served.home.start()

    def written():
        try:
            ram.create_user(ram_models.CreateUserRequest(user_name="somebody"))
            return True
        except Exception as error:  # noqa: BLE001 the link to home is being dialled again
            assert "EntityAlreadyExists" in str(error), error  # a refused try may have been applied
            return True

    eventually("directory writes to go on", written, ARRIVAL_SECONDS)
    assert "somebody" in str(Ram(world.realm, world.source_account).client.list_users(ram_models.ListUsersRequest()).body.users.to_map())


def test_a_region_can_join_a_realm_that_runs(binary, tmp_path, monkeypatch):
    served = ServedRealm(binary, tmp_path / "realm", [SOURCE_REGION])
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(served.ca))
    try:
        served.start()
        served.create_account("source")
        certificate = (served.home.folder / "cert.pem").read_bytes()
        new = served.join(DESTINATION_REGION)
        assert (served.home.folder / "cert.pem").read_bytes() == certificate
        assert served.home.stop() == 0
        served.home.start()
        new.start()
        eventually("the account in the new region", lambda: "source" in served.admin(new, "accounts"), ARRIVAL_SECONDS)
        served.create_account("destination")
        pair = World(served, "joined").pair()
        pair.replicate()
        pair.source.put_object("k", b"1")
        pair.wait_until_equal()
        assert served.stop() == [0, 0]
    finally:
        served.kill()


def test_serve_says_what_it_cannot_do_in_one_sentence(served, tmp_path):
    region = served.home
    config = (region.folder / "farshore.toml").read_text()
    apart = free_ports(2)

    def refused(text, *wanted):
        file = region.folder / "other.toml"
        file.write_text(text)
        status, output = served.serve(file)
        last = output.splitlines()[-1]
        assert status == 1 and last.startswith("farshore serve: "), output
        for words in wanted:
            assert words in last, output

    refused(config, str(region.port), "in use")
    moved = config.replace(f"0.0.0.0:{region.port}", f"0.0.0.0:{apart[0]}").replace(f"0.0.0.0:{region.peer_port}", f"0.0.0.0:{apart[1]}")
    refused(moved, "data/store is in use by another process")  # the same directory twice
    refused(moved.replace('certificate = "cert.pem"', 'certificate = "none.pem"'), "none.pem")
    refused(moved.replace("[listen]", "[listen]\ncolour = 1"), "listen.colour", "not known")
    refused(moved + "\n[store]\nsegment_bytes = 1\n", "store.segment_bytes", "65536")
    refused(moved + "\n[store]\ncolour = 1\n", "store.colour", "not known")
    refused(moved.replace('data = "data"', 'data = "cert.pem/data"'), "cert.pem/data")
    status, output = served.serve(tmp_path / "absent.toml")
    assert (status, "absent.toml" in output) == (1, True)


def test_health_and_readiness_are_served_over_tls(served):
    for region in served.regions.values():
        assert requests.get(region.endpoint + "/-/healthy", timeout=10).status_code == 200
        assert requests.get(region.endpoint + "/-/ready", timeout=10).text == "ready\n"
