"""Answers files: what they say, in which order, and what is wrong with them."""

from datetime import timedelta

import pytest

from mtd.core.process.definition import Element
from mtd.core.process.effect import Call, Effect, Listening, Subscription, UserTask
from mtd.core.process.instance import Wait
from mtd.core.process.outcome import Done, Failed, Refused, Unknown
from mtd.core.process.rehearsing import Question, Reply, Silence
from mtd.core.process.rehearsing.script import BadScript, read_script

PAY = Call("payment.capture", {})


def asked(effect: Effect, times: int = 0, id_: str = "pay", name: str = "Cobrar  pago") -> Question:
    element = Element(id=id_, name=name, kind="task")
    return Question("1", element, Wait(1, id_, 0, 1, effect), times, {})


@pytest.mark.parametrize("key", ["cobrar Pago", "pay", "payment.capture"])
def test_an_answer_is_found_by_label_id_and_connector(key: str) -> None:
    script = read_script(f'[service."{key}"]\noutputs = {{ n = 1 }}'.encode())
    assert script(asked(PAY)) == Reply(Done({"n": 1}))


def test_answers_come_one_after_the_other_and_the_last_one_stays() -> None:
    script = read_script(
        b'[[service.pay]]\nfail = "down"\n[[service.pay]]\nunknown = "half"\n'
        b'[[service.pay]]\nrefuse = "NO"\nafter = "PT5M"\n'
    )
    said = [script(asked(PAY, times)) for times in range(4)]
    last = Reply(Refused("NO", "refused: NO"), timedelta(minutes=5))
    assert said == [Reply(Failed("down")), Reply(Unknown("half")), last, last]


def test_people_messages_and_signals_have_tables_of_their_own() -> None:
    script = read_script(
        b"[user.pay]\nnever = true\n[message.Paid]\noutputs = { a = 1.5 }\n[signal.Stop]\n"
    )
    assert script(asked(UserTask("t", "r"))) is Silence.NEVER
    reply = script(asked(Subscription("Paid", "K")))
    assert isinstance(reply, Reply) and str(reply.what) == "{'a': Decimal('1.5')}"
    assert script(asked(Listening("Stop"))) == Reply({})
    assert script(asked(PAY)) is Silence.MISSING
    assert read_script(b"", services_done=True)(asked(PAY)) == Reply(Done())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[servicio.a]", r"\[servicio\] is none of service, user, message, signal"),
        ('[service."Cobrar"]\noutput = {}', r'\[service."Cobrar"\].*output'),
        ('[user.a]\nrefuse = "X"', "only a service"),
        ('[service.a]\nrefuse = "X"\nnever = true', "more than one"),
        ('[service.a]\nafter = "soon"', "soon"),
        ('[service.a]\nafter = "P1M"', "no fixed length"),
        ("[service", "Expected"),
    ],
)
def test_what_is_wrong_is_named(text: str, words: str) -> None:
    with pytest.raises(BadScript, match=words):
        read_script(text.encode())
