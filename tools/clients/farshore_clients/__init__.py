# SPDX-License-Identifier: Apache-2.0
"""Published clients pointed at a Farshore realm: used by ./quickstart and by tests/integration.

Nothing here replaces a client's own code: requests are signed, sent and parsed by the packages of ../requirements.txt.
"""
