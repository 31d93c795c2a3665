# SPDX-License-Identifier: Apache-2.0
"""The command itself: help, mistakes, one server for a directory, and where secrets may stand."""
import stat
import subprocess

import pytest

from farshore_clients.identity import assume_role


def run(server, *arguments):
    return subprocess.run([server.binary, *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)


@pytest.mark.parametrize("arguments", [("--help",), ("dev", "--help")])
def test_help_explains_the_dev_realm(server, arguments):
    done = run(server, *arguments)
    assert done.returncode == 0
    assert "dev" in done.stdout


@pytest.mark.parametrize("arguments,named", [
    (("dve",), "dve"),
    (("dev", "--daat", "x"), "--daat"),
    (("dev",), "--data"),
    (("dev", "--data", "/proc/nowhere", "--port", "0"), "/proc/nowhere"),
    (("dev", "--data", "{new}", "--port", "99999999"), "port"),
])
def test_a_mistake_gets_a_sentence_that_names_it(server, tmp_path, arguments, named):
    done = run(server, *(argument.format(new=tmp_path / "new") for argument in arguments))
    assert done.returncode not in (0, -6, -11)
    assert named in done.stderr + done.stdout


def test_a_second_server_on_the_same_directory_is_refused_and_the_first_goes_on(world):
    done = run(world.server, "dev", "--data", str(world.server.data), "--port", "0")
    assert done.returncode not in (0, -6, -11)
    assert str(world.server.data) in done.stderr + done.stdout
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
