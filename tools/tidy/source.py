# SPDX-License-Identifier: Apache-2.0
"""Source: one file as the rules see it: its text, and its code without comments and literals."""

import re

SPDX = "SPDX-License-Identifier: Apache-2.0"
CPP = (".h", ".cc")
TEST_ENDINGS = ("_test.cc", "_test.h", "_fixture.h", "_samples.h")
OUR_TWO_LEVEL = ("api", "backend")

_TOKENS = re.compile(
    r'R"(?P<mark>[^()\\\s]{0,16})\((?:.|\n)*?\)(?P=mark)"'  # raw strings
    r'|//[^\n]*'
    r'|/\*(?:.|\n)*?\*/'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'"  # not the digit separator
)
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)


def _blank(match):
    return re.sub(r"[^\n]", " ", match.group(0))


class Source:
    def __init__(self, path, text):
        self.path = path
        self.text = text
        self.lines = text.split("\n")
        if self.lines and self.lines[-1] == "":
            self.lines.pop()

    @property
    def is_cpp(self):
        return self.path.endswith(CPP)

    @property
    def is_header(self):
        return self.path.endswith(".h")

    @property
    def is_test(self):
        name = self.path.rsplit("/", 1)[-1]
        return name.endswith(TEST_ENDINGS) or name.startswith("test_")

    @property
    def folder(self):
        """The layer a file of src/ belongs to, or None: src/api/oss/put.cc is of api/oss."""
        return folder_of(self.path[4:]) if self.path.startswith("src/") else None

    @property
    def code(self):
        """The text with comments and literals blanked, line for line."""
        if not hasattr(self, "_code"):
            self._code = _TOKENS.sub(_blank, self.text)
        return self._code

    def includes(self):
        """(line, '<' or '"', path) of each include; those in comments do not count."""
        commentless = _TOKENS.sub(lambda m: _blank(m) if m.group(0).startswith(("//", "/*")) else m.group(0), self.text)
        for match in _INCLUDE.finditer(commentless):
            yield commentless.count("\n", 0, match.start()) + 1, match.group(1), match.group(2)


def folder_of(path):
    """The layer of a path below src/: 'api/oss/put.h' gives 'api/oss', 'base/check.h' gives 'base'."""
    parts = path.split("/")
    if len(parts) > 2 and parts[0] in OUR_TWO_LEVEL:
        return "/".join(parts[:2])
    return parts[0] if len(parts) > 1 else ""
