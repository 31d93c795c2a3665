# SPDX-License-Identifier: Apache-2.0
"""Fixtures: one server (or one served realm) for a module, a World for a test. FARSHORE_BINARY names another server than build/release/farshore."""
import os
import pathlib
import re
import zlib

import pytest

from farshore_clients.served import ServedRealm
from farshore_clients.server import DevServer
from world import DESTINATION_REGION, SOURCE_REGION, World

pytest.register_assert_rewrite("stories")
ROOT = pathlib.Path(__file__).resolve().parents[2]
ARGUMENTS = ("--regions", f"{SOURCE_REGION},{DESTINATION_REGION}", "--accounts", "source,destination")


def pytest_collection_modifyitems(items):
    """A story must not depend on another one; that they stand in this order is only for the reader."""
    if not items:
        raise pytest.UsageError("no story was collected")


@pytest.fixture(scope="session")
def binary():
    binary = pathlib.Path(os.environ.get("FARSHORE_BINARY", ROOT / "build/release/farshore"))
    if not binary.exists():
        pytest.fail(f"{binary} does not exist; tools/build release farshore makes it", pytrace=False)
    return binary


@pytest.fixture(scope="module")
def server(binary, tmp_path_factory):
    server = DevServer(binary, tmp_path_factory.mktemp("realm") / "data", ARGUMENTS)
    server.start()
    yield server
    server.check_alive()
    assert server.stop() == 0, f"the server's last words:\n{server.log_tail()}"


@pytest.fixture(scope="module")
def served(binary, tmp_path_factory):
    """Two regions, running as processes of their own over TLS, with the accounts source and destination."""
    served = ServedRealm(binary, tmp_path_factory.mktemp("served") / "realm", [SOURCE_REGION, DESTINATION_REGION])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REQUESTS_CA_BUNDLE", str(served.ca))
        try:
            served.start()
            served.create_account("source")
            served.create_account("destination")
            yield served
            assert served.stop() == [0, 0], served.log_tail()
        finally:
            served.kill()


@pytest.fixture
def world(server, request):
    """A World whose names no other test uses."""
    server.revive()  # If an earlier story of the module ended it: that story has failed, this one gets its own chance.
    words = re.sub("[^a-z0-9]", "", request.node.originalname.removeprefix("test_"))[:16]
    return World(server, f"{words}-{zlib.crc32(request.node.nodeid.encode()):08x}")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Adds the end of the server's log to the report of a failed story."""
    outcome = yield
    report = outcome.get_result()
    if report.when == "call" and report.failed and "server" in item.funcargs:
        report.sections.append(("server log", item.funcargs["server"].log_tail()))
