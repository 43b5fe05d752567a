"""Seeds and tokens of the simulated authority."""

from mtd.core.tax.countries.cl.xmldsig import token_request
from mtd.simulators.sii.gate import SEED_S, TOKEN_IDLE_S, Denied, Gate
from tests.core.tax.countries.cl.sealing import SENDER, the_signer


class Hands:
    """Of a clock that a test moves."""

    def __init__(self) -> None:
        self.at_s = 1_000_000.0

    def now_s(self) -> float:
        return self.at_s


def admitted(gate: Gate) -> str:
    token = gate.token(token_request(gate.seed(), the_signer()))
    assert isinstance(token, str), token
    return token


def test_a_signed_seed_is_worth_one_token() -> None:
    gate = Gate(Hands().now_s)
    asked = token_request(gate.seed(), the_signer())
    token = gate.token(asked)
    assert isinstance(token, str)
    assert gate.holder(token) == SENDER
    assert gate.token(asked) == Denied("08", "TIME-OUT DEL SEED")


def test_a_seed_lives_two_minutes() -> None:
    hands = Hands()
    gate = Gate(hands.now_s)
    asked = token_request(gate.seed(), the_signer())
    hands.at_s += SEED_S + 1
    assert gate.token(asked) == Denied("08", "TIME-OUT DEL SEED")


def test_a_token_dies_of_an_idle_hour_and_not_of_use() -> None:
    hands = Hands()
    gate = Gate(hands.now_s)
    token = admitted(gate)
    for _ in range(3):
        hands.at_s += TOKEN_IDLE_S - 1
        assert gate.holder(token) == SENDER
    hands.at_s += TOKEN_IDLE_S + 1
    assert gate.holder(token) is None


def test_another_channels_token_is_worth_nothing() -> None:
    one, other = Gate(Hands().now_s), Gate(Hands().now_s)
    assert other.holder(admitted(one)) is None


def test_a_seed_that_was_changed_after_it_was_signed_is_refused() -> None:
    gate = Gate(Hands().now_s)
    asked = token_request(gate.seed(), the_signer())
    forged = asked.replace(b"<Semilla>", b"<Semilla>9", 1)
    denied = gate.token(forged)
    assert isinstance(denied, Denied)
    assert denied.state == "05"


def test_what_is_no_xml_is_refused() -> None:
    gate = Gate(Hands().now_s)
    for content in (b"", b"<a", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"):
        denied = gate.token(content)
        assert isinstance(denied, Denied)
        assert denied.state == "02"
