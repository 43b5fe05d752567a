"""Text that fits into ISO-8859-1: nearest neighbours, no emoji, no controls, one line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtd.core.tax.countries.cl.latin import clipped, latin


@pytest.mark.parametrize(
    ("text", "fitting"),
    [
        ("Ñandú", "Ñandú"),
        ("Nandu\u0301", "Nandú"),
        ("“Café” – 5 €", '"Café" - 5 EUR'),
        ("Zapato 👟 rojo", "Zapato ? rojo"),
        ("👨\u200d👩\u200d👧", "???"),
        ("a\tb\nc\x00d\u00a0 e\u2028f", "a b c d e f"),
        ("ﬁn ²", "fin ²"),
        ("Žižek ő", "Zizek o"),
        ("日本", "??"),
        ("  uno   dos ", "uno dos"),
        ("a\u00adb", "ab"),
        ("", ""),
    ],
)
def test_known_texts(text: str, fitting: str) -> None:
    assert latin(text) == fitting


@given(st.text())
def test_whatever_comes_fits(text: str) -> None:
    fitting = latin(text)
    assert latin(fitting) == fitting
    assert fitting.encode("iso-8859-1").decode("iso-8859-1") == fitting
    assert fitting == " ".join(fitting.split())
    assert all(c >= " " and not "\u007f" <= c <= "\u00a0" for c in fitting)


@given(st.text(), st.integers(1, 80))
def test_a_clipped_text_is_within_its_length(text: str, length: int) -> None:
    assert len(clipped(text, length)) <= length
    assert latin(text).startswith(clipped(text, length))
