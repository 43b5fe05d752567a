"""Inspecting: drawings that take much looking at, or call one another in many ways."""

import asyncio
import time

from mtd.core.process.compiler import Surroundings
from mtd.runtime.definitions.inspecting import Inspected, inspected
from mtd.runtime.definitions.packing import File
from mtd.runtime.definitions.shelf import CALLS_DEEP_MAX, Nothing

NAMESPACE = "http://www.omg.org/spec/BPMN/20100524/MODEL"


def flow(source: str, target: str) -> str:
    return f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}"/>'


def calling(name: str, *called: str) -> File:
    """A process that calls others, side by side."""
    calls = "".join(
        f'<callActivity id="c_{one}" calledElement="{one}"/>'
        + flow("s", f"c_{one}")
        + flow(f"c_{one}", "e")
        for one in called
    )
    body = f'<startEvent id="s"/><endEvent id="e"/>{calls or flow("s", "e")}'
    process = f'<process id="{name}" name="{name}">{body}</process>'
    text = f'<definitions xmlns="{NAMESPACE}" targetNamespace="t">{process}</definitions>'
    return File(f"{name}.bpmn", text.encode())


async def found(*files: File) -> Inspected:
    return await inspected(files, (), Nothing(), Surroundings(connectors=frozenset()))


def layers(count: int) -> list[File]:
    """Two processes in each layer; each calls both of the next one."""
    return [
        calling(f"{side}{n}", *(() if n == count - 1 else (f"a{n + 1}", f"b{n + 1}")))
        for n in range(count)
        for side in "ab"
    ]


async def test_what_is_called_in_a_million_ways_is_compiled_once() -> None:
    began = time.process_time()
    assert (await found(*layers(CALLS_DEEP_MAX))).runs
    assert time.process_time() - began < 10


async def test_too_many_calls_in_a_row_are_told_whatever_was_compiled_before() -> None:
    for files in (layers(CALLS_DEEP_MAX + 2), layers(CALLS_DEEP_MAX + 2)[::-1]):
        messages = [fault.message for fault in (await found(*files)).faults]
        assert any("call each other in a row" in message for message in messages)


async def test_who_call_each_other_in_a_circle_are_told() -> None:
    faults = (await found(calling("a", "b"), calling("b", "c"), calling("c", "a"))).faults
    assert "a@1 calls b@1 calls c@1 calls a@1" in [fault.message for fault in faults]


async def test_the_loop_goes_on_while_a_large_drawing_is_looked_at() -> None:
    chain = [f"t{number}" for number in range(4_000)]
    nodes = "".join(f'<manualTask id="{one}"/>' for one in chain)
    ways = "".join(map(flow, ["s", *chain], [*chain, "e"]))
    body = f'<startEvent id="s"/><endEvent id="e"/>{nodes}{ways}'
    text = f'<definitions xmlns="{NAMESPACE}"><process id="p">{body}</process></definitions>'
    looking = asyncio.create_task(found(File("p.bpmn", text.encode())))
    turns = 0
    while not looking.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert looking.result().runs and turns > 10


async def test_a_drawing_of_more_than_can_be_looked_at_is_refused_at_once() -> None:
    flows = "".join(flow("s", f"t{number}") for number in range(11_000))
    tasks = "".join(f'<manualTask id="t{number}"/>' for number in range(11_000))
    body = f'<startEvent id="s"/>{tasks}{flows}'
    text = f'<definitions xmlns="{NAMESPACE}"><process id="p">{body}</process></definitions>'
    (fault,) = (await found(File("p.bpmn", text.encode()))).faults
    assert fault.element == "p" and "22,001 nodes and flows" in fault.message
