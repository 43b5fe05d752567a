"""Any bytes: a drawing, or a refusal in words that says where; never a crash, never a flood."""

import re
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtd.core.process.readers import Unreadable, read
from mtd.core.process.readers.words import LABEL_MAX, label, number, plain
from mtd.core.process.readers.xml import DEPTH_MAX
from tests.core.process.readers.drawings import FOLDER, drawn

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BIZAGI = b"http://www.bizagi.com/definitions/_1"
SHARED = Path(__file__).parents[5] / "shared" / "fixtures"
WIDE = " ".join(f'a{i}="1"' for i in range(257))
SEEDS = [path.read_bytes() for path in sorted(FOLDER.iterdir()) if path.is_file()]


def definitions(inside: str = "", *, head: str = "") -> bytes:
    return f'{head}<definitions xmlns="{MODEL}">{inside}</definitions>'.encode()


@pytest.mark.parametrize(
    ("content", "words", "line"),
    [
        (b"", "not XML", None),
        (b"hello", "not XML", 1),
        (b"<a><b></a>", "not XML", 1),
        (b"\n\n<!DOCTYPE definitions><definitions/>", "DOCTYPE", 3),
        (b'<?xml version="1.0"?><!-- x --><!DOCTYPE d SYSTEM "file:///etc/passwd"><d/>', "DOCT", 1),
        ("<!DOCTYPE d><d/>".encode("utf-16"), "DOCTYPE", 1),
        (b"<d>&x;</d>", "not XML", 1),
        (b'<?xml version="1.0" encoding="utf-7"?><d/>', "encoding utf-7", 1),
        (b'<?xml version="1.0" encoding="iso-8859-99"?><d/>', "encoding iso-8859-99", 1),
        (b"<html/>", "begins with html", 1),
        (b'<definitions xmlns="http://www.omg.org/spec/DMN/20180521/MODEL/"/>', "DMN", 1),
        (definitions("<task>" * DEPTH_MAX + "</task>" * DEPTH_MAX), "deeper", None),
        (b"<a>" * 100_000, "not XML", None),
        (b" " * (32 * 1024 * 1024 + 1), "larger", None),
        (b"<a/>" * 2_000_001, "more than 2,000,000 tags", None),
        (definitions('<process id="p" id="q"/>'), "redefined", 1),
        (definitions(f"<task {WIDE}/>"), "task has more than 256 attributes", 1),
        (definitions(f'\n<task id="{"x" * 501}"/>'), "id of a task has 501 characters", 2),
        (b"<a>\x00</a>", "not XML", 1),
    ],
)
def test_what_is_no_drawing_is_refused_in_words(
    content: bytes, words: str, line: int | None
) -> None:
    with pytest.raises(Unreadable, match=re.escape(words)) as refusal:
        read(content)
    if line is not None:
        assert refusal.value.line == line


def test_a_process_with_too_many_lanes_is_refused() -> None:
    lanes = "".join(f'<lane id="l{i}"/>' for i in range(300))
    with pytest.raises(Unreadable, match="256 lanes"):
        read(definitions(f'<process id="p"><laneSet>{lanes}</laneSet></process>'))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_are_told_by_their_bytes(encoding: str) -> None:
    text = definitions('<process id="p" name="Ñandú 漢"/>').decode()
    assert read(text.encode(encoding)).processes[0].name == "Ñandú 漢"


def test_a_declared_encoding_counts_unless_it_cannot_be() -> None:
    inside = '<process id="p" name="Ñ"/>'
    text = definitions(inside, head='<?xml version="1.0" encoding="iso-8859-1"?>').decode()
    assert read(text.encode("iso-8859-1")).processes[0].name == "Ñ"
    dotnet = definitions(inside, head='<?xml version="1.0" encoding="utf-16"?>')
    assert read(dotnet).processes[0].name == "Ñ"
    wrong = definitions(inside).decode().encode("windows-1252")
    drawing = read(wrong)
    assert drawing.processes[0].name == "Ñ"
    assert "Windows-1252" in drawing.notes[0].text


def test_a_namespace_that_is_no_uri_is_noted() -> None:
    body = definitions('<process id="p"/>').replace(b"<definitions", b'<definitions xmlns:x="a b"')
    assert "not a valid URI" in read(body).notes[0].text


def test_the_file_names_a_drawing_without_a_name() -> None:
    assert read(definitions(), "C:\\Users\\yo\\Mi proceso.bpmn").name == "Mi proceso"
    assert read(definitions()).name is None


def test_notes_are_counted_when_they_are_too_many() -> None:
    drawing = read(definitions(f'<process id="p">{"<oddity/>" * 1_500}</process>'))
    assert len(drawing.notes) == 1_001
    assert drawing.notes[-1].text == "and 500 notes more"


@settings(max_examples=300)
@given(st.data())
def test_a_mutilated_file_is_read_or_refused_and_never_crashes(data: st.DataObject) -> None:
    body = data.draw(st.sampled_from(SEEDS))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(body)))
        end = data.draw(st.integers(start, min(len(body), start + 200)))
        new = data.draw(st.one_of(st.binary(max_size=8), st.just(body[end : end + 300])))
        body = body[:start] + new + body[end:]
    with suppress(Unreadable):
        assert read(body).source_format in ("bpmn", "bizagi", "xpdl")


words = st.sampled_from(
    ["p", "Order", "start", "pick", "tns:paid", "", " ", "true", "NaN", "1e999", "-1", "Id_pool"]
)


@settings(max_examples=300)
@given(st.data())
def test_any_attribute_may_say_anything(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(SEEDS)).decode()
    spots = [match.span(1) for match in re.finditer(r'="([^"]*)"', text)]
    start, end = data.draw(st.sampled_from(spots))
    body = (text[:start] + data.draw(words) + text[end:]).encode()
    with suppress(Unreadable):
        assert read(body).notes is not None


@given(st.text())
def test_a_label_has_no_blanks_to_spare(raw: str) -> None:
    found = label(raw)
    assert found is None or (found == " ".join(found.split()) and found)
    assert label(found) == found


@given(st.text(alphabet="<>/&;pbr \n=\"'áx", max_size=200))
def test_plain_text_has_no_blank_lines(raw: str) -> None:
    assert all(line.strip() for line in (plain(raw) or "x").split("\n"))


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (None, None),
        ("", None),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("<p>a</p><p> b&nbsp;c </p>", "a\nb c"),
        ("<ul><li>a</li><li>b<br/>c</li></ul>", "a\nb\nc"),
        ("<style>p {color: red}</style><p>&aacute;</p>", "á"),
        ("AT&amp;T", "AT&amp;T"),
    ],
)
def test_documentation_is_read_as_a_person_would(raw: str | None, text: str | None) -> None:
    assert plain(raw) == text


def test_a_label_ends() -> None:
    assert label("x" * 9_000) == "x" * LABEL_MAX


def test_numbers_are_whole_and_short() -> None:
    assert [number(raw) for raw in ("7", " +7 ", "-1", "1.5", "", "9" * 5000, "٣")] == [
        7,
        7,
        -1,
        None,
        None,
        None,
        None,
    ]


def test_a_large_drawing_is_read_in_time() -> None:
    """8,000 nodes in 200 lanes, placed by geometry: seconds would mean a square of something."""
    lanes = "".join(f'<lane id="l{i}"/>' for i in range(200))
    nodes = "".join(f'<task id="n{i}" name="N"/>' for i in range(8_000))
    shapes = "".join(
        f'<BPMNShape bpmnElement="{own}"><Bounds x="0" y="{y}" width="9" height="9"/></BPMNShape>'
        for own, y in [(f"l{i}", i * 9) for i in range(200)]
        + [(f"n{i}", i % 200 * 9) for i in range(8_000)]
    )
    body = definitions(
        f'<process id="p"><laneSet>{lanes}</laneSet>{nodes}</process>'
        f"<BPMNPlane>{shapes}</BPMNPlane>"
    )
    start = time.perf_counter()
    drawing = read(body)
    assert time.perf_counter() - start < 5
    assert drawing.processes[0].nodes[201].lane == "l1"


@pytest.mark.parametrize(
    "inside",
    [
        "<sequenceFlow/>" * 50_000,
        '<subProcess id="s"/>' * 50_000,
        '<task id="t"><documentation>&lt;p&lt;p&lt;p</documentation></task>' * 20_000,
        "<laneSet>" + "<lane><childLaneSet>" * 40 + "</childLaneSet></lane>" * 40 + "</laneSet>",
    ],
    ids=["flows without ids", "empty sub-processes", "broken HTML", "nested lanes"],
)
def test_hostile_repetition_costs_no_square(inside: str) -> None:
    body = definitions(f'<process id="p">{inside}</process>')
    body = body.replace(b"<definitions", b'<definitions targetNamespace="%s"' % BIZAGI)
    start = time.process_time()
    read(body)
    assert time.process_time() - start < 10


@pytest.mark.parametrize("folder", ["bizagi", "miwg"])
def test_public_models_are_all_read(folder: str) -> None:
    files = [
        path
        for path in sorted((SHARED / folder).rglob("*"))
        if path.suffix.lower() in (".bpmn", ".bpm", ".xpdl")
    ]
    if not files:
        pytest.skip(f"the public models ../shared/fixtures/{folder} are not here")
    for path in files:
        drawing = read(path.read_bytes(), path.name)
        assert drawing.processes or drawing.pools, path.name


def test_our_own_drawings_have_nothing_to_hide() -> None:
    assert drawn("whole_standard.bpmn").notes
    assert len(SEEDS) == 4
