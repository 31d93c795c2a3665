# SPDX-License-Identifier: Apache-2.0
"""The command itself: help, mistakes, one server for a directory, and where secrets may stand."""
import stat
import subprocess
import urllib.parse

import pytest

from farshore_clients.identity import assume_role


def run(server, *arguments):
    return subprocess.run([server.binary, *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)


@pytest.mark.parametrize("arguments,words", [
    (("--help",), ("dev", "serve", "admin", "bench", "replication")),
    (("dev", "--help"), ("--data", "--port", "--regions", "--accounts", "loopback")),
    (("serve", "--help"), ("--config",)),
])
def test_help_explains(server, arguments, words):
    done = run(server, *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    for word in words:
        assert word in done.stdout


@pytest.mark.parametrize("arguments,named", [
    ((), ("dev", "serve")),
    (("dve",), ("'dve'", "'dev'")),
    (("dev", "--daat", "x"), ("'--daat'", "'--data'")),
    (("dev",), ("--data",)),
    (("dev", "--data", "{new}", "--port", "99999999"), ("--port", "99999999")),
    (("dev", "--data", "{new}", "--log", "loud"), ("--log", "loud")),
    (("dev", "--data", "{new}", "surplus"), ("surplus",)),
])
def test_a_mistyped_command_line_gets_a_sentence_that_names_the_word_and_the_nearest_valid_one(server, tmp_path, arguments, named):
    done = run(server, *(argument.format(new=tmp_path / "new") for argument in arguments))
    assert (done.returncode, done.stdout) == (2, "")
    for word in named:
        assert word in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "new").exists()


def test_a_directory_that_cannot_be_made_is_named(server):
    done = run(server, "dev", "--data", "/proc/nowhere", "--port", "0")
    assert done.returncode == 1
    assert "/proc/nowhere" in done.stderr


def test_a_port_that_is_taken_is_named(world, tmp_path):
    port = str(urllib.parse.urlsplit(world.realm.regions[0].endpoint).port)
    done = run(world.server, "dev", "--data", str(tmp_path / "other"), "--port", port)
    assert done.returncode == 1
    assert port in done.stderr


def test_a_second_server_on_the_same_directory_is_refused_and_the_first_goes_on(world):
    before = (world.server.data / "realm.json").read_bytes()
    done = run(world.server, "dev", "--data", str(world.server.data), "--port", "0")
    assert done.returncode == 1
    assert str(world.server.data) in done.stderr
    assert (world.server.data / "realm.json").read_bytes() == before
    pair = world.pair()
    pair.replicate()
    pair.source.put_object("k", b"1")
    pair.wait_for("k")


def test_realm_json_is_for_its_owner_only(world):
    assert stat.S_IMODE((world.server.data / "realm.json").stat().st_mode) == 0o600


def test_secrets_stand_in_realm_json_and_nowhere_else(world):
    user = world.ram.create_user("secretive-" + world.name)
    world.ram.attach_to_user("AliyunSTSAssumeRoleAccess", user.name, kind="System")
    trust = {"Version": "1", "Statement": [{"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"RAM": [f"acs:ram::{world.source_account.uid}:root"]}}]}
    session = assume_role(world.realm, user, world.ram.create_role("Secretive", trust))
    secrets = [account.access_key_secret.encode() for account in (*world.realm.accounts, user, session)] + [session.security_token.encode()]
    world.server.kill()  # Whatever was buffered is written or gone.
    for path in [world.server.log, *(path for path in world.server.data.rglob("*") if path.is_file() and path.name != "realm.json")]:
        content = path.read_bytes()
        for secret in secrets:
            assert secret not in content, f"a secret stands in {path}"
    world.server.start()
