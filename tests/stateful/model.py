# SPDX-License-Identifier: Apache-2.0
"""What should exist: buckets with their versions, uploads and settings, as the replies so far say. Kept by the calls, compared by the session."""
import dataclasses
import hashlib


@dataclasses.dataclass
class Version:
    id: str
    marker: bool = False
    etag: str = ""
    size: int = 0
    md5: str = ""  # of the content; empty where it was put together from parts


@dataclasses.dataclass
class Upload:
    key: str
    id: str
    parts: dict = dataclasses.field(default_factory=dict)  # number to (etag, size)


@dataclasses.dataclass
class Bucket:
    name: str
    region: str
    owner: str
    versioning: str = ""  # "", "Enabled", "Suspended"
    versions: dict = dataclasses.field(default_factory=dict)  # key to [Version], newest first
    uploads: list = dataclasses.field(default_factory=list)
    policy: bytes | None = None
    encryption: str = ""
    rules: dict = dataclasses.field(default_factory=dict)  # rule id to (destination bucket, history too)
    receives: bool = False  # a rule writes here: what it holds is not only what was put

    def put(self, key, version):
        stack = self.versions.setdefault(key, [])
        if version.id == "null":
            stack[:] = [one for one in stack if one.id != "null"]
        stack.insert(0, version)

    def insert_marker(self, key, version_id):
        self.put(key, Version(version_id, marker=True))

    def remove(self, key, version_id):
        stack = [one for one in self.versions.get(key, []) if one.id != version_id]
        if stack:
            self.versions[key] = stack
        else:
            self.versions.pop(key, None)

    def current(self, key):
        stack = self.versions.get(key)
        return stack[0] if stack and not stack[0].marker else None

    @property
    def current_keys(self):
        return sorted(key for key in self.versions if self.current(key))

    @property
    def count(self):
        return sum(len(stack) for stack in self.versions.values())

    def rows(self):
        """As ListObjectVersions shows them: by key, newest first."""
        return [(key, one.id, one.marker, at == 0, one.etag) for key in sorted(self.versions, key=lambda name: name.encode())
                for at, one in enumerate(self.versions[key])]


@dataclasses.dataclass
class Identity:
    """The entities of the source account."""
    users: dict = dataclasses.field(default_factory=dict)    # name to [access key id]
    roles: set = dataclasses.field(default_factory=set)
    policies: dict = dataclasses.field(default_factory=dict)  # name to set of version ids
    attached: set = dataclasses.field(default_factory=set)    # (kind, entity, policy)


class Model:
    def __init__(self):
        self.buckets = {}
        self.identity = Identity()


def digest(body):
    return hashlib.md5(body).hexdigest()
