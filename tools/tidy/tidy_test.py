# SPDX-License-Identifier: Apache-2.0
"""Every rule of tidy can fail, and does not fail on what looks like it."""

import unittest

import layers
import rules
import tidy
from source import Source, folder_of

HEAD = "// SPDX-License-Identifier: Apache-2.0\n// Thing: what this file is for.\n#pragma once\n"


def hits(rule, path, text):
    return list(rule(Source(path, text)))


class Layers(unittest.TestCase):
    def lines(self, path, text):
        return [hit.line for hit in hits(rules.check_layers, path, text)]

    def test_a_lower_folder_must_not_include_a_higher_one(self):
        self.assertEqual(self.lines("src/model/a.h", '#include "base/check.h"\n#include "storage/keys.h"\n'), [2])
        self.assertEqual(self.lines("src/storage/a.h", '#include "model/ids.h"\n'), [])

    def test_domain_folders_must_not_include_http(self):
        for folder in ["model", "storage", "identity", "keys", "objects", "replication", "lifecycle"]:
            self.assertEqual(self.lines(f"src/{folder}/a.cc", '#include "http/message.h"\n'), [1], folder)

    def test_protocols_do_not_include_each_other(self):
        self.assertEqual(self.lines("src/api/oss/a.cc", '#include "api/common/x.h"\n#include "api/ram/x.h"\n'), [2])
        self.assertEqual(self.lines("src/api/common/a.cc", '#include "api/oss/x.h"\n'), [1])

    def test_peer_knows_replication_but_not_objects(self):
        self.assertEqual(self.lines("src/peer/a.cc", '#include "replication/x.h"\n#include "objects/x.h"\n'), [2])

    def test_only_wiring_knows_backends_and_platform(self):
        text = '#include "backend/local/x.h"\n#include "platform/x.h"\n'
        self.assertEqual(self.lines("src/objects/a.cc", text), [1, 2])
        self.assertEqual(self.lines("src/server/a.cc", text), [])

    def test_tests_may_use_the_simulator_and_the_memory_backend_only(self):
        text = '#include "sim/world/sim_loop.h"\n#include "backend/memory/memory_store.h"\n#include "http/x.h"\n'
        self.assertEqual(self.lines("src/objects/a_test.cc", text), [3])
        self.assertEqual(self.lines("src/objects/a.cc", text), [1, 2, 3])

    def test_fixtures_and_samples_count_as_tests(self):
        for name in ["test_region.h", "http_fixture.h", "record_samples.h", "store_test.h"]:
            self.assertEqual(self.lines(f"src/objects/{name}", '#include "sim/world/sim_loop.h"\n'), [], name)

    def test_includes_are_written_from_src(self):
        self.assertEqual(self.lines("src/model/a.cc", '#include "../base/check.h"\n#include "ids.h"\n'), [1, 2])

    def test_a_new_folder_needs_a_row(self):
        self.assertEqual(self.lines("src/misc/a.cc", ""), [1])

    def test_an_include_in_a_comment_does_not_count(self):
        self.assertEqual(self.lines("src/model/a.cc", '// #include "http/x.h"\n/*\n#include "http/x.h"\n*/\n'), [])

    def test_the_table_has_no_cycles(self):
        for folder, allowed in layers.OURS.items():
            for other in allowed or []:
                self.assertNotIn(folder, layers.OURS[other] or [], f"{folder} and {other} include each other")

    def test_folders_with_two_levels(self):
        self.assertEqual(folder_of("api/oss/put.h"), "api/oss")
        self.assertEqual(folder_of("base/check.h"), "base")


class Build(unittest.TestCase):
    def test_a_library_links_only_what_its_folder_may_include(self):
        self.assertEqual(hits(rules.check_cmake, "src/model/CMakeLists.txt", "farshore_library(model DEPS base TEST_DEPS sim_world)\n"), [])
        self.assertEqual(len(hits(rules.check_cmake, "src/model/CMakeLists.txt", "farshore_library(model DEPS base http EXTERNAL X::y)\n")), 1)
        self.assertEqual(hits(rules.check_cmake, "src/api/oss/CMakeLists.txt", "farshore_library(api_oss DEPS base api_common)\n"), [])
        self.assertEqual(len(hits(rules.check_cmake, "src/api/oss/CMakeLists.txt", "farshore_library(api_oss DEPS api_ram)\n")), 1)


class Outside(unittest.TestCase):
    def lines(self, path, text):
        return [hit.line for hit in hits(rules.check_outside, path, text)]

    def test_domain_folders_use_the_standard_library_and_fmt(self):
        text = "#include <map>\n#include <fmt/format.h>\n#include <openssl/evp.h>\n#include <boost/asio.hpp>\n#include <unistd.h>\n"
        self.assertEqual(self.lines("src/objects/a.cc", text), [3, 4, 5])

    def test_a_dependency_belongs_to_its_folder(self):
        for folder, header in [("codec", "pugixml.hpp"), ("crypto", "openssl/evp.h"), ("http", "boost/beast/http/parser.hpp"),
                               ("backend/local", "rocksdb/db.h"), ("platform", "boost/asio/post.hpp"), ("server", "prometheus/registry.h")]:
            self.assertEqual(self.lines(f"src/{folder}/a.cc", f"#include <{header}>\n"), [], folder)
            self.assertEqual(self.lines("src/model/a.cc", f"#include <{header}>\n"), [1], header)

    def test_guarded_standard_headers_name_their_port(self):
        for header in layers.GUARDED:
            found = hits(rules.check_outside, "src/objects/a.cc", f"#include <{header}>\n")
            self.assertEqual(len(found), 1, header)
            self.assertEqual(found[0].instead, layers.GUARDED[header][1])
            self.assertEqual(self.lines("src/platform/a.cc", f"#include <{header}>\n"), [])

    def test_heavy_headers_stay_in_sources(self):
        self.assertEqual(self.lines("src/http/a.h", "#include <boost/beast/http/parser.hpp>\n"), [1])
        self.assertEqual(self.lines("src/platform/a.h", "#include <boost/asio/post.hpp>\n"), [1])

    def test_test_frameworks_are_for_tests(self):
        self.assertEqual(self.lines("src/model/a_test.cc", "#include <gtest/gtest.h>\n#include <rapidcheck.h>\n"), [])
        self.assertEqual(self.lines("src/model/a.cc", "#include <gtest/gtest.h>\n"), [1])


class Banned(unittest.TestCase):
    def rules_of(self, text, path="src/objects/a.cc"):
        return sorted({hit.rule for hit in hits(rules.check_banned, path, text)})

    def test_each_banned_call_is_found(self):
        for rule, text in [
            ("clock", "auto t = std::chrono::steady_clock::now();"), ("clock", "using std::chrono::system_clock;"),
            ("clock", "auto t = time(nullptr);"), ("clock", "std::time(&t);"), ("clock", "std::clock();"), ("clock", "::clock_gettime(CLOCK_REALTIME, &t);"),
            ("sleep", "std::this_thread::sleep_for(1s);"), ("sleep", "usleep(3);"), ("sleep", "sleep(1);"),
            ("thread", "std::thread worker(run);"), ("thread", "std::jthread w;"), ("thread", "std::async(f);"), ("thread", "pthread_create(&t, 0, f, 0);"),
            ("random", "int x = rand();"), ("random", "std::rand();"), ("random", "::random();"), ("random", "std::random_device device;"), ("random", "std::mt19937 engine;"),
            ("environment", 'getenv("HOME");'), ("environment", 'std::getenv("HOME");'), ("environment", 'setenv("A", "b", 1);'),
            ("file", 'fopen("x", "r");'), ("file", "std::ifstream in;"), ("file", "std::filesystem::path p;"), ("file", "::open(path, 0);"),
            ("file", "return ::fdatasync(fd);"),
            ("socket", "socket(AF_INET, SOCK_STREAM, 0);"), ("socket", "::connect(fd, a, n);"), ("socket", "::epoll_wait(a, b, c, d);"),
        ]:
            self.assertEqual(self.rules_of(text), [rule], text)

    def test_what_only_looks_like_it_is_not(self):
        for text in ["co_await store.open(op, id);", "void Partition::open(int x) {}", "co_await sleep_for(executor, op, 1s);", "fields.time(2, order.time);",
                     "// std::thread is banned", 'log("getenv(x)");', "std::chrono::milliseconds(3);", "random.below(3);", "operand(3);", "runtime.random.u64();",
                     "Random& random() { return random_; }", "Clock& clock() { return clock_; }", "Link<T>::read(x);", "co_await stream->read(op);", "lifetime(0);"]:
            self.assertEqual(self.rules_of(text), [], text)

    def test_tests_may_do_much_but_never_sleep_or_read_the_clock(self):
        self.assertEqual(self.rules_of('getenv("X"); std::this_thread::yield(); std::chrono::system_clock::now();', "tests/integration/a.cc"), ["clock", "sleep"])

    def test_every_ban_names_a_replacement(self):
        for _, _, reason, instead in rules.BANNED:
            self.assertTrue(reason and instead)


class Unordered(unittest.TestCase):
    def lines(self, text, header=None):
        return [hit.line for hit in rules.check_unordered(Source("src/objects/a.cc", text), header and Source("src/objects/a.h", header))]

    def test_a_loop_over_an_unordered_member_is_found(self):
        self.assertEqual(self.lines("std::unordered_map<int, std::vector<int>> rows_;\nfor (auto& [k, v] : rows_) {}\n"), [2])
        self.assertEqual(self.lines("void f(const std::unordered_set<int>& seen) {\n  for (int x : seen) use(x);\n}\n"), [2])
        self.assertEqual(self.lines("std::unordered_map<std::string, Bytes> users_, roles_;\nfor (const auto& r : this->roles_) {}\n"), [2])

    def test_members_are_known_from_the_files_own_header(self):
        self.assertEqual(self.lines("for (auto& row : rows_) {}\n", "std::unordered_map<int, int> rows_;\n"), [1])

    def test_other_loops_and_lookups_are_not(self):
        text = "std::unordered_map<int, int> rows_;\nstd::map<int, int> sorted_;\nfor (auto& r : sorted_) rows_.find(r);\nfor (int i = 0; i < 3; ++i) {}\n"
        self.assertEqual(self.lines(text), [])

    def test_a_reason_in_a_comment_excuses(self):
        self.assertEqual(self.lines("std::unordered_set<int> a_;\n// A sum: order does not matter.\nfor (int x : a_) n += x;\n"), [])


class Shape(unittest.TestCase):
    def test_the_licence_comes_first(self):
        self.assertEqual(len(hits(rules.check_opening, "src/model/a.cc", '#include "model/a.h"\n')), 1)
        self.assertEqual(hits(rules.check_opening, "src/model/a.cc", '// SPDX-License-Identifier: Apache-2.0\n#include "model/a.h"\n'), [])

    def test_a_header_opens_with_a_sentence_and_pragma_once(self):
        self.assertEqual(hits(rules.check_opening, "src/model/a.h", HEAD), [])
        self.assertEqual([hit.line for hit in hits(rules.check_opening, "src/model/a.h", HEAD.replace("// Thing: what this file is for.\n", ""))], [2])
        self.assertEqual([hit.rule for hit in hits(rules.check_opening, "src/model/a.h", HEAD.replace("#pragma once\n", "// #pragma once\n"))], ["pragma-once"])

    def test_long_files_warn_and_very_long_ones_fail(self):
        self.assertEqual(hits(rules.check_size, "src/model/a.cc", "x\n" * 600), [])
        self.assertTrue(hits(rules.check_size, "src/model/a.cc", "x\n" * 601)[0].warning)
        self.assertFalse(hits(rules.check_size, "src/model/a.cc", "x\n" * 2001)[0].warning)

    def test_a_todo_needs_a_number(self):
        self.assertEqual(hits(rules.check_words, "docs/a.md", "TODO(#12) later\n"), [])
        self.assertEqual([hit.line for hit in hits(rules.check_words, "docs/a.md", "fine\nTODO later\nFIXME\nTODO(me)\n")], [2, 3, 4])


class Tree(unittest.TestCase):
    BAD = {"src/model/a.cc": Source("src/model/a.cc", '// SPDX-License-Identifier: Apache-2.0\nint x = rand();\n')}

    def test_an_exception_excuses_only_its_own_rule_and_path(self):
        self.assertEqual(len(tidy.check_tree(self.BAD, [])), 1)
        self.assertEqual(tidy.check_tree(self.BAD, [("src/model/a.cc", "random", "why")]), [])
        self.assertEqual(tidy.check_tree(self.BAD, [("src/model/", "banned-call", "why")]), [])
        self.assertEqual(len(tidy.check_tree(self.BAD, [("src/model/", "clock", "why")])), 1)

    def test_an_exception_that_excuses_nothing_is_reported(self):
        found = tidy.check_tree(self.BAD, [("src/model/a.cc", "random", "why"), ("src/model/b.cc", "random", "why")])
        self.assertEqual([hit.rule for hit in found], ["exception"])

    def test_a_hit_says_where_why_and_what_instead(self):
        text = str(tidy.check_tree(self.BAD, [])[0])
        self.assertTrue(text.startswith("src/model/a.cc:2: error: [random]"), text)
        self.assertIn("Instead: Random (runtime/random.h)", text)


if __name__ == "__main__":
    unittest.main()
