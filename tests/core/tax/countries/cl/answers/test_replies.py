"""The SII's services' answers: read for what they say, and hostile ones are no answer."""

import pytest

from mtd.core.tax.countries.cl.answers.envelopes import Counts
from mtd.core.tax.countries.cl.answers.replies import register_of, reply_of, seed_of, token_of

BOMB = b'<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><RESPUESTA>&b;</RESPUESTA>'
FILE = b'<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]><RESPUESTA>&a;</RESPUESTA>'
HOSTILE = {
    "nothing": b"",
    "a page": b"<!DOCTYPE html><html><body>RESPUESTA</body></html>",
    "an entity bomb": BOMB,
    "an external entity": FILE,
    "another encoding": '<?xml version="1.0" encoding="UTF-16"?><RESPUESTA/>'.encode("utf-16"),
    "not what it claims": b'<?xml version="1.0" encoding="UTF-8"?><RESPUESTA>\xff</RESPUESTA>',
    "half an answer": b"<RESPUESTA><RESP_HDR><ESTADO>00</ESTADO>",
    "no state": b"<RESPUESTA><RESP_HDR></RESP_HDR></RESPUESTA>",
    "too much": b"<RESPUESTA>" + b"<a/>" * 300_000 + b"</RESPUESTA>",
}


def answer(header: str, body: str = "") -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<SII:RESPUESTA xmlns:SII="http://www.sii.cl/XMLSchema">'
        f"<SII:RESP_HDR>{header}</SII:RESP_HDR>"
        f"<SII:RESP_BODY>{body}</SII:RESP_BODY></SII:RESPUESTA>"
    ).encode()


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_answer_says_nothing(name: str) -> None:
    content = HOSTILE[name]
    assert reply_of(content) is None
    assert seed_of(content) is None
    assert token_of(content) is None
    assert register_of(content) is None


def test_a_seed_and_a_token_are_read() -> None:
    assert seed_of(answer("<ESTADO>00</ESTADO>", "<SEMILLA>000002360958</SEMILLA>")) == (
        "000002360958"
    )
    assert token_of(answer("<ESTADO>00</ESTADO>", "<TOKEN>gd43dh6sfE34Kd3</TOKEN>")) == (
        "gd43dh6sfE34Kd3"
    )


def test_a_token_that_was_refused_or_is_no_token_is_none() -> None:
    assert token_of(answer("<ESTADO>08</ESTADO>", "<TOKEN>AB1</TOKEN>")) is None
    assert token_of(answer("<ESTADO>00</ESTADO>", "<TOKEN>a; b\r\nc</TOKEN>")) is None
    assert seed_of(answer("<ESTADO>00</ESTADO>", "<SEMILLA>1 or 1</SEMILLA>")) is None


def test_an_envelopes_counts_are_told_by_type() -> None:
    groups = "".join(
        f"<TIPO_DOCTO>{code}</TIPO_DOCTO><INFORMADOS>3</INFORMADOS><ACEPTADOS>2</ACEPTADOS>"
        "<RECHAZADOS>1</RECHAZADOS><REPAROS>0</REPAROS>"
        for code in ("33", "61")
    )
    reply = reply_of(answer("<TRACKID>7</TRACKID><ESTADO>EPR</ESTADO><GLOSA>ok</GLOSA>", groups))
    assert reply is not None
    assert (reply.state, reply.message) == ("EPR", "ok")
    counts = Counts(informed=3, accepted=2, rejected=1, objected=0)
    assert reply.counts == {"33": counts, "61": counts}


def test_the_registers_events_are_read() -> None:
    event = (
        "<listaEventosDoc><codEvento>ERM</codEvento><descEvento>Otorga Recibo</descEvento>"
        "<rutResponsable>12345678</rutResponsable><dvResponsable>5</dvResponsable>"
        "<fechaEvento>29-09-2026 12:05:36</fechaEvento></listaEventosDoc>"
    )
    content = f"<a><return><codResp>15</codResp><descResp>x</descResp>{event * 2}</return></a>"
    register = register_of(content.encode())
    assert register is not None
    assert register.code == 15
    assert [(each.code, each.by) for each in register.events] == [("ERM", "12345678-5")] * 2
