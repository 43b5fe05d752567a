"""Ten do-nothing steps an order in DBOS (PyPI `dbos`), from a backlog, by two processes.

python dbos_ten_steps.py postgresql://… [--orders 600] [--workers 2] [--concurrency 16]
[--async]

Run by `mtd bench engine --peer dbos`, which installs DBOS in a place of its own. Makes the
database `mtd_peer_dbos` beside the one that the address names, and drops it in the end. Prints
the figures as JSON.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from dbos import DBOS, DBOSClient, DBOSConfig

STEPS = 10
QUEUE = "orders"
DATABASE = "mtd_peer_dbos"
VERSION = "bench"
POLL_S = 0.05
LIMIT_S = 600.0
ORDER = {"order_key": "CL/paris/ecommerce/1", "lines": [{"sku": "PA-1", "text": "x" * 940}]}
"""1 KB as JSON."""


@DBOS.step()
def step(n: int, order: dict[str, Any]) -> dict[str, Any]:
    """Do nothing with the order."""
    return {"step": n, "done": bool(order)}


@DBOS.workflow()
def ten_steps(order: dict[str, Any]) -> str:
    """The order's way."""
    for n in range(STEPS):
        step(n, order)
    return "done"


@DBOS.step()
async def step_async(n: int, order: dict[str, Any]) -> dict[str, Any]:
    """Do nothing with the order."""
    return {"step": n, "done": bool(order)}


@DBOS.workflow()
async def ten_steps_async(order: dict[str, Any]) -> str:
    """The order's way, on an event loop."""
    for n in range(STEPS):
        await step_async(n, order)
    return "done"


def config(url: str, executor: str) -> DBOSConfig:
    """One process's settings; what is left out keeps the default of DBOS."""
    return {
        "name": "ten_steps",
        "system_database_url": url,
        "application_version": VERSION,
        "executor_id": executor,
        "log_level": "ERROR",
    }


def work(url: str, executor: str, concurrency: int) -> None:
    """One worker process, until its standard input ends."""
    DBOS(config=config(url, executor))
    DBOS.launch()
    DBOS.register_queue(QUEUE, worker_concurrency=concurrency, polling_interval_sec=POLL_S)
    print("ready", flush=True)
    sys.stdin.read()
    os._exit(0)


def measure(url: str, options: argparse.Namespace) -> dict[str, Any]:
    """Lay the backlog down while the workers stand still, let them go, and time them."""
    command = [sys.executable, __file__, url, "--concurrency", str(options.concurrency)]
    workers = [
        subprocess.Popen(
            [*command, "--work", f"worker-{n}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for n in range(options.workers)
    ]
    try:
        for worker in workers:
            assert worker.stdout is not None
            worker.stdout.readline()
        client = DBOSClient(system_database_url=url)
        for worker in workers:
            worker.send_signal(signal.SIGSTOP)
        name = "ten_steps_async" if options.asynchronous else "ten_steps"
        for _ in range(options.orders):
            client.enqueue(
                {"queue_name": QUEUE, "workflow_name": name, "app_version": VERSION}, ORDER
            )
        for worker in workers:
            worker.send_signal(signal.SIGCONT)
        took_s = drained(url, options.orders)
        client.destroy()
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    return {
        "orders": options.orders,
        "workers": options.workers,
        "concurrency": options.concurrency,
        "asynchronous": options.asynchronous,
        "took_s": round(took_s, 2),
        "orders_per_s": round(options.orders / took_s, 2),
    }


def drained(url: str, orders: int) -> float:
    """Seconds from now until every order has come to its end."""
    began = time.perf_counter()
    asked = "SELECT count(*) FROM dbos.workflow_status WHERE status = 'SUCCESS'"
    with psycopg.connect(url, autocommit=True) as connection:
        while time.perf_counter() - began < LIMIT_S:
            row = connection.execute(asked).fetchone()
            if row is not None and row[0] >= orders:
                return time.perf_counter() - began
            time.sleep(0.1)
    raise SystemExit(f"not done after {LIMIT_S} s")


def main() -> None:
    """Run as told by the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("url")
    parser.add_argument("--orders", type=int, default=600)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--concurrency", type=int, default=16)
    parser.add_argument("--async", dest="asynchronous", action="store_true")
    parser.add_argument("--work", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        work(options.url, options.work, options.concurrency)
        return
    with psycopg.connect(options.url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {DATABASE}")
        url = urlunsplit(urlsplit(options.url)._replace(path=f"/{DATABASE}"))
        try:
            print(json.dumps(measure(url, options)))
        finally:
            connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")


if __name__ == "__main__":
    main()
