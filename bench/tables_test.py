# SPDX-License-Identifier: Apache-2.0
"""What the tables of the benchmarks claim follows from the figures: goals met and missed, failures, verdicts."""
import json
import pathlib
import sys
import tempfile
import unittest

import growth_report
import harness
import record_table

sys.path.append(str(harness.ROOT / "bench/peers"))

import peers_table  # noqa: E402


def load(rate, cpu, **more):
    """A report as `farshore bench --json` gives it, with what bench/record adds."""
    latency = {"p50": 1.0, "p99": 2.0, "p99_9": 3.0}
    return {"title": "a step", "operations": 1000, "bytes": 4096000, "operations_per_second": rate, "bytes_per_second": rate * 4096, "latency_ms": latency,
            "processes": [{"pid": 1, "cpu_micros_per_operation": cpu}], "noise": {"cores_busy_with_others": 0.0}} | more


def size(objects, put_cpu, others=0.0):
    steps = {name: {"cpu_micros": 10.0, "p99_ms": 1.0} for name, _ in growth_report.COSTS}
    return {"objects": objects, "rss_highest_mib": [100, 90], "restart_seconds": 0.2, "disk_mib": 10, "noise": {"cores_busy_with_others": others}} | steps | {"put": {"cpu_micros": put_cpu, "p99_ms": 1.0}}


class RecordTable(unittest.TestCase):
    def rows(self, **reports):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            harness.write(folder, "machine.json", harness.machine())
            for step, report in reports.items():
                harness.write(folder, f"{step.replace('_', '-')}.json", report)
            return [line.split(" | ") for line in record_table.table(folder).splitlines()[6:]]

    def test_every_goal_of_a_row_has_to_be_met(self):
        for rate, cpu, met in ((12000, 120, "yes"), (11999, 120, "NO"), (12000, 121, "NO")):
            row, = self.rows(put_4k=load(rate, cpu))
            self.assertEqual(row[3], met, row)

    def test_a_figure_without_a_goal_is_not_judged(self):
        row, = self.rows(get_4k_cold=load(10, 1000))
        self.assertEqual(row[2:4], ["", ""], row)

    def test_a_get_is_told_as_a_share_of_http_alone(self):
        rows = self.rows(http=load(100000, 6), get_4k_warm=load(40000, 24))
        self.assertIn("25% of what a core gives of HTTP alone", rows[1][4])
        self.assertEqual(rows[1][3], "yes")

    def test_per_core_counts_the_server_alone(self):
        large = {"bytes": 8 << 26, "operations": 8}
        self.assertEqual(self.rows(get_64m=load(1, (64 << 20) / 1500, **large))[0][3], "yes")
        self.assertEqual(self.rows(get_64m=load(1, (64 << 20) / 1499, **large))[0][3], "NO")

    def test_a_failed_step_is_a_missed_row_and_the_others_stay(self):
        rows = self.rows(http=load(100000, 6), put_4k={"title": "PUT", "failed": "no space left"})
        self.assertEqual(len(rows), 2)
        self.assertEqual(rows[1][1:4], ["failed: no space left", "an end", "NO"])

    def test_another_run_gives_no_ratio_and_is_named(self):
        rows = self.rows(http=load(100000, 6, run="yesterday"), get_4k_warm=load(40000, 24))
        self.assertIn("(yesterday)", rows[0][0])
        self.assertEqual(rows[1][4], "")

    def test_the_memory_of_two_regions_in_one_process_is_that_of_two(self):
        for step, highest, met in (("memory_dev", 512, "yes"), ("memory_dev", 513, "NO"), ("memory_served", 257, "NO")):
            row, = self.rows(**{step: {"title": "memory", "rss_mib": [1], "highest_mib": [highest], "noise": {"cores_busy_with_others": 0}}})
            self.assertEqual(row[3], met, (step, highest))


class GrowthTable(unittest.TestCase):
    def verdict(self, *rows):
        text = growth_report.table({"machine": harness.machine(), "sizes": list(rows), "overwrite": []})
        return next(line for line in text.splitlines() if line.startswith("| PUT")).split(" | ")[-1]

    def test_flat_means_within_a_fifth_of_the_first_size_either_way(self):
        for cpu, words in ((12.0, "flat (+20% at most)"), (12.1, "NOT FLAT (+21%)"), (8.0, "flat (-20% at most)"), (7.9, "NOT FLAT (-21%)")):
            self.assertEqual(self.verdict(size(1000, 10.0), size(10000, cpu)), f"{words} |")

    def test_the_worst_size_counts_not_the_last(self):
        self.assertIn("NOT FLAT (+50%)", self.verdict(size(1000, 10.0), size(10000, 15.0), size(100000, 10.0)))
        self.assertIn("NOT FLAT (-30%)", self.verdict(size(1000, 10.0), size(10000, 7.0), size(100000, 11.0)))

    def test_a_busy_machine_is_told(self):
        self.assertIn("on a busy machine", self.verdict(size(1000, 10.0), size(10000, 10.0, others=0.5)))


class PeersTable(unittest.TestCase):
    def cells(self, *rows):
        document = {"machine": harness.machine(), "peer": "Peer", "versions": ["farshore 1", "peer 2"], "rows": list(rows)}
        return peers_table.table(document).splitlines()[-1].split(" | ")

    def row(self, system, value, more_is_better=True, **others):
        return {"system": system, "profile": "loopback", "case": "one", "title": "one case", "value": value, "unit": "/s", "more_is_better": more_is_better} | others

    def test_a_ratio_above_one_is_in_our_favour_whichever_way_is_better(self):
        self.assertEqual(self.cells(self.row("Farshore", 100), self.row("Peer", 25))[4], "4.0")
        self.assertEqual(self.cells(self.row("Farshore", 100, False), self.row("Peer", 25, False))[4], "0.2")

    def test_the_middle_of_all_rounds_counts_and_each_is_told(self):
        cells = self.cells(self.row("Farshore", 30), self.row("Farshore", 10), self.row("Farshore", 20), self.row("Peer", 10))
        self.assertEqual(cells[2], "20.0/s of 10.0, 20.0, 30.0")
        self.assertEqual(cells[4], "2.0")

    def test_without_an_end_there_is_no_ratio(self):
        self.assertEqual(self.cells(self.row("Farshore", 1.0, False), self.row("Peer", None, False, never="1 of 2 there"))[3:5], ["1 of 2 there", ""])
        self.assertEqual(self.cells(self.row("Farshore", 1.0), {"system": "Peer", "profile": "loopback", "case": "one", "failed": "no disk"})[3:5], ["no disk", ""])


class Harness(unittest.TestCase):
    def test_a_full_disk_is_a_sentence_before_anything_begins(self):
        with self.assertRaisesRegex(harness.Failed, "GiB free and this needs about 1000000000: choose another disk"):
            harness.need_space("/", 1e9)

    def test_a_file_is_replaced_whole(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            harness.write(folder, "a.json", {"one": 1})
            with (folder / "a.json").open() as before:
                harness.write(folder, "a.json", {"two": 2})
                self.assertEqual(json.load(before), {"one": 1})


if __name__ == "__main__":
    unittest.main()
