# SPDX-License-Identifier: Apache-2.0
"""Two requests that make a rule under one id at the same time."""
import threading

import oss2

from farshore_clients import steps
from farshore_clients.compare import exists
from world import DESTINATION_REGION

ROUNDS = 6


def test_of_two_rules_posted_under_one_id_exactly_one_is_made(world):
    for number in range(ROUNDS):
        one, two = world.pair(), world.pair()
        for pair in (one, two):
            document = steps.destination_policy(one.principal, world.destination_account.uid, pair.destination.bucket_name)
            document["Statement"][0]["Principal"].append(two.principal)
            pair.set_policy(document)
        rule_id = f"both-{number}"
        at_once = threading.Barrier(2)
        answers = {}

        def post(destination):
            source = world.source_bucket(one.source.bucket_name)
            at_once.wait()
            try:
                answers[destination] = steps.step_3_create_rule(source, destination, world.location(DESTINATION_REGION), one.role, rule_id=rule_id)
            except oss2.exceptions.ServerError as error:
                answers[destination] = error

        threads = [threading.Thread(target=post, args=(pair.destination.bucket_name,)) for pair in (one, two)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        won = [name for name, answer in answers.items() if answer == rule_id]
        lost = [answer for answer in answers.values() if isinstance(answer, oss2.exceptions.ServerError)]
        assert len(won) == 1, answers
        assert [(error.status, error.code) for error in lost] == [(400, "InvalidArgument")], lost

        one_won = won[0] == one.destination.bucket_name
        refused_at = (two if one_won else one).destination
        one.source.put_object("written", b"after both answers")
        one.destination = (one if one_won else two).destination
        one.wait_for("written")
        assert not exists(refused_at, "written")
        # The refused request left nothing at its destination: a rule of another source finds the id free there.
        other = steps.step_3_create_rule(two.source, refused_at.bucket_name, world.location(DESTINATION_REGION), two.role, rule_id=rule_id)
        assert other == rule_id
