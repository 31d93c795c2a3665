# SPDX-License-Identifier: Apache-2.0
"""The realm.json that `farshore dev` writes: endpoints, regions and root credentials."""
import dataclasses
import json
import pathlib
import urllib.parse


@dataclasses.dataclass(frozen=True)
class Region:
    id: str
    location: str
    endpoint: str
    kms_endpoint: str | None = None


@dataclasses.dataclass(frozen=True)
class Account:
    """An account's root keys, or any other long-term or temporary keys that act for it."""
    name: str
    uid: str
    access_key_id: str
    access_key_secret: str = dataclasses.field(repr=False)
    security_token: str | None = dataclasses.field(default=None, repr=False)


@dataclasses.dataclass(frozen=True)
class Realm:
    identity_endpoint: str
    console: str | None
    regions: tuple[Region, ...]
    accounts: tuple[Account, ...]

    @property
    def identity_host(self):
        """host:port, as the RAM and STS clients want it."""
        return urllib.parse.urlsplit(self.identity_endpoint).netloc

    @property
    def identity_scheme(self):
        return urllib.parse.urlsplit(self.identity_endpoint).scheme

    def region(self, region_id):
        return next(region for region in self.regions if region.id == region_id)

    def account(self, name):
        return next(account for account in self.accounts if account.name == name)


def read_realm(path):
    document = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    regions = tuple(Region(r["id"], r["location"], r["endpoint"], r.get("kms_endpoint")) for r in document["regions"])
    accounts = tuple(Account(a["name"], a["uid"], a["access_key_id"], a["access_key_secret"]) for a in document["accounts"])
    return Realm(document["identity_endpoint"], document.get("console"), regions, accounts)
