"""Questions to the operator's services while a caller waits: on threads of their own, and never for long."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

SECONDS = 6.0
# Apart from the threads that everything else is done on: a service that hangs holds up nobody else.
_THREADS = ThreadPoolExecutor(8, "hyway-services")


async def asked(question: Callable[P, T], *args: P.args, **more: P.kwargs) -> T:
    """The service's answer; TimeoutError when there is none in time."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(SECONDS):
        return await loop.run_in_executor(_THREADS, lambda: question(*args, **more))
