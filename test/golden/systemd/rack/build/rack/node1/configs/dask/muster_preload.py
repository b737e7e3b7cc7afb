# What does the scheduler of Muster answer beside Dask's own pages, and how is a worker retired without losing data?
# For dask scheduler --preload, in a private network only: the port has no sign-in.
#   GET  /muster/demand  {demand: {"GPU=1": {resources, waiting, no-worker, queued, assigned, executing}}, workers: [...]}
#   POST /muster/retire  {names: ["cpu-host-7"]} -> {retired, kept, unknown}; a name stands for all its processes
import asyncio
import json
import re
import time

import dask
from distributed.http.utils import RequestHandler, get_handlers

STATES = ("waiting", "no-worker", "queued", "processing")
LONGEST_BODY = 65536
MOST_NAMES = 1000
# Counting visits every task of the scheduler, so it is done no more often than this.
FRESH_SECONDS = 1.0


def demand(scheduler):
    # As of the last heartbeat of each worker.
    executing = {task.key for worker in scheduler.workers.values() for task in worker.executing}
    rows = {}
    for task in scheduler.tasks.values():
        if task.state not in STATES:
            continue
        resources = task.resource_restrictions or {}
        name = ",".join(f"{key}={amount:g}" for key, amount in sorted(resources.items()))
        row = rows.setdefault(
            name,
            {"resources": resources, "waiting": 0, "no-worker": 0, "queued": 0, "assigned": 0, "executing": 0},
        )
        # Whatever a worker could do is handed to one at once, past its capacity: most of that only waits there.
        state = task.state if task.state != "processing" else "executing" if task.key in executing else "assigned"
        row[state] += 1
    return rows


def seen(worker):
    return {
        "name": str(worker.name),
        "address": worker.address,
        "status": worker.status.name,
        "resources": dict(worker.resources),
        "used": dict(worker.used_resources),
        "threads": worker.nthreads,
        "processing": len(worker.processing),
        "executing": len(worker.executing),
        "last_seen": worker.last_seen,
    }


async def drain(scheduler, addresses, seconds, close):
    """Stops new tasks there, lets running ones end for so long, moves every result away. -> addresses that are free."""
    ends = time.monotonic() + seconds
    free = await scheduler.retire_workers(workers=addresses, close_workers=False, remove=False)
    while time.monotonic() < ends and any(
        scheduler.workers[address].executing for address in free if address in scheduler.workers
    ):
        await asyncio.sleep(0.1)
    # Once more for what has ended since.
    retired = await scheduler.retire_workers(workers=list(free), close_workers=close, remove=True) if free else {}
    return sorted(retired)


class Answer(RequestHandler):
    def write_error(self, status_code, **_):
        self.answer(status_code, {"error": self._reason})

    def answer(self, status, body):
        self.set_status(status)
        self.set_header("Cache-Control", "no-store")
        self.finish(body)


class Demand(Answer):
    def get(self):
        extra = self.extra
        if time.monotonic() - extra.get("at", -FRESH_SECONDS) >= FRESH_SECONDS:
            workers = [seen(worker) for worker in self.server.workers.values()]
            extra.update(at=time.monotonic(), body={"demand": demand(self.server), "workers": workers})
        self.answer(200, extra["body"])


def names_in(body):
    if len(body) > LONGEST_BODY:
        raise ValueError(f"expected at most {LONGEST_BODY} bytes, got {len(body)}")
    asked = json.loads(body)
    names = asked.get("names") if isinstance(asked, dict) else None
    if not isinstance(names, list) or not 1 <= len(names) <= MOST_NAMES:
        raise ValueError(f"expected names, a list of 1 to {MOST_NAMES}")
    if not all(isinstance(name, str) and name for name in names):
        raise ValueError("expected names of text")
    return sorted(set(names))


def processes_of(scheduler, name):
    """A worker of several processes appends -0, -1 … to its name."""
    own = re.compile(re.escape(name) + r"(-\d+)?")
    return [worker.address for worker in scheduler.workers.values() if own.fullmatch(str(worker.name))]


class Retire(Answer):
    async def post(self):
        try:
            names = names_in(self.request.body)
        except ValueError as error:
            self.answer(400, {"error": str(error)})
            return
        found = {name: processes_of(self.server, name) for name in names}
        addresses = sorted({address for each in found.values() for address in each})
        seconds = float(dask.config.get("muster.drain-seconds", 30))
        try:
            free = set(await asyncio.wait_for(drain(self.server, addresses, seconds, True), seconds + 30))
        except asyncio.TimeoutError:
            self.answer(504, {"error": f"the data did not move within {seconds + 30:g} s"})
            return
        retired = [name for name in names if found[name] and free.issuperset(found[name])]
        unknown = [name for name in names if not found[name]]
        kept = [name for name in names if name not in retired and name not in unknown]
        self.answer(200, {"retired": retired, "kept": kept, "unknown": unknown})


def dask_setup(scheduler):
    async def muster_drain(addresses, seconds):
        return await drain(scheduler, addresses, seconds, False)

    # For workers that were told to stop.
    scheduler.handlers["muster_drain"] = muster_drain
    each = [("/muster/demand", Demand), ("/muster/retire", Retire)]
    own = [(path, handler, {"dask_server": scheduler, "extra": {}}) for path, handler in each]
    # The pages stand below a prefix; health and metrics are where every scheduler has them too.
    plain = get_handlers(scheduler, ["distributed.http.health", "distributed.http.scheduler.prometheus"])
    scheduler.http_application.add_handlers(".*", own + plain)
