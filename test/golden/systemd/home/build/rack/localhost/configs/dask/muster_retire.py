# What does a worker of Muster do before it ends? It hands its results to the others. For dask worker --preload-nanny.
# Dask itself forgets them on SIGTERM: computed ones are computed again, scattered ones are lost.
import asyncio
import logging

import dask
from distributed.core import Status

logger = logging.getLogger("distributed.muster")
# The nannies of this program, one for each process; the module is loaded once for all of them.
nannies = []
leaving = {}


def dask_setup(nanny):
    nannies.append(nanny)


async def retire(nanny, addresses):
    seconds = float(dask.config.get("muster.drain-seconds", 30))
    try:
        free = await asyncio.wait_for(nanny.scheduler.muster_drain(addresses=addresses, seconds=seconds / 2), seconds)
        logger.info("Retired %s of %s; their results are on other workers", len(free), len(addresses))
    except Exception as error:  # No scheduler, or not in time: nothing that waiting would mend.
        logger.warning("Could not retire %s: %s", addresses, str(error) or type(error).__name__)


async def dask_teardown(nanny):
    # A signal closes all of them at once. They leave together, or they would hand their results to each other. One whose
    # worker has ended, because the scheduler went or has retired it, has nothing left to hand over.
    await asyncio.sleep(0)
    closing = [each for each in nannies if each.status == Status.closing and each.is_alive() and each not in leaving]
    if closing:
        task = asyncio.ensure_future(retire(nanny, [each.worker_address for each in closing]))
        leaving.update((each, task) for each in closing)
    if nanny in leaving:
        await leaving[nanny]
