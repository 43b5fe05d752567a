"""Rehearsing: instances run in memory under a virtual clock, while a function plays the world.

    rehearsal = Rehearsal(definitions, answer, began)
    rehearsal.start("retail_purchase_order", {"amount": 1000}, key="K1")
    rehearsal.run()

`answer` is asked once for each attempt of a call, each user task and each message or signal that
an instance awaits; it says what comes, and how much later. Instances hear each other: a message
goes to the oldest wait for its name and key, else it begins a process that has a start event of
that name, else it waits to be awaited; a signal reaches all who listen, and begins the processes
that start with it. When nothing more happens now, the clock jumps to what is due next: an answer,
a back-off, a timer. `let` and `publish` do what a person or another system would, at any
moment between two runs; `story` is all that happened, in order. The same rehearsal always comes
out the same: there is no chance in it and no clock but its own.
"""

from mtd.core.process.rehearsing.asking import Answering, Question, Reply, Silence
from mtd.core.process.rehearsing.rehearsal import Ending, Happened, Rehearsal

__all__ = ["Answering", "Ending", "Happened", "Question", "Rehearsal", "Reply", "Silence"]
