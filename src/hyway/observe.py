"""What a running server tells about itself: logs without secrets, and numbers for Prometheus."""

import logging
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TextIO

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector
from structlog.typing import EventDict, Processor, WrappedLogger

Numbers = Callable[[], Mapping[str, float]]

HIDDEN = "[hidden]"
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)

_SECRET_NAME = re.compile(
    r"passw|secret|token|authorization|cookie|credential|api_?key|sealed", re.IGNORECASE
)
_SECRET_TEXT = re.compile(
    r"""(?P<lead>\b(?:bearer|basic)\s+|\bpassword"?\s*[=:]\s*"?)[^\s"']+"""
    r"|(?P<user>://[^/\s:@]*:)[^/\s@]+(?=@)"
    r"|\b(?:hoko|hm|key|public|sk|pk|hws)_[A-Za-z0-9_]{24,}",
    re.IGNORECASE,
)
# A database error repeats the values of its statement.
_PARAMETERS = re.compile(r"\[parameters: .*?\](?=\n|$)", re.DOTALL)


def logs(form: str = "", level: int = logging.INFO, stream: TextIO = sys.stderr) -> None:
    """Sends every log line of the process to `stream`: `text` for people, `json` for machines.

    With no form it is `text` on a terminal, else `json`.
    """
    text = form == "text" or (not form and stream.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    # Tracebacks become text before secrets are looked for.
    last: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, _traceback, hide]
    paint: Processor = (
        structlog.dev.ConsoleRenderer(colors=stream.isatty())
        if text
        else structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[*last, paint])
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # Libraries tell of every step at INFO; ours tell of what an operator wants to know.
    for name in ("alembic", "dbos", "httpx", "httpcore", "sqlalchemy"):
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _traceback(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """The text of an exception, by the time that secrets are looked for."""
    what = event.pop("exc_info", None)
    what = sys.exc_info() if what is True else what
    error = what[1] if isinstance(what, tuple) else what
    if isinstance(error, BaseException):
        event["exception"] = "".join(traceback.format_exception(error)).rstrip()
    return event


def hide(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Secrets do not reach a log: values under a telling name, and what looks like one inside a text."""
    return {name: _hidden(name, value) for name, value in event.items()}


def _hidden(name: str, value: Any) -> Any:
    if _SECRET_NAME.search(name):
        return HIDDEN
    if isinstance(value, Mapping):
        return {key: _hidden(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_hidden("", inner) for inner in value]
    return clean(value) if isinstance(value, str) else value


def clean(text: str) -> str:
    """The text without credentials and without the values of failed statements."""
    text = _PARAMETERS.sub(f"[parameters: {HIDDEN}]", text)
    return _SECRET_TEXT.sub(lambda found: (found["lead"] or found["user"] or "") + HIDDEN, text)


class Meters:
    """The numbers of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        names = ("family", "method", "status")
        self._count = Counter("hyway_http_requests", "Answered requests.", names, registry=self.registry)
        self._time = Histogram(
            "hyway_http_request_seconds", "Until the answer was complete.", ("family",),
            buckets=BUCKETS, registry=self.registry,
        )  # fmt: skip
        # `labels()` takes a lock and builds a tuple; there are few combinations, so each is looked up once.
        self._counts: dict[tuple[str, str, int], Counter] = {}
        self._times: dict[str, Histogram] = {}

    def answered(self, family: str, method: str, status: int, seconds: float) -> None:
        """One request was answered; an unknown method is counted as OTHER."""
        key = (family, method if method in METHODS else "OTHER", status // 100)
        count = self._counts.get(key)
        if count is None:
            count = self._counts[key] = self._count.labels(key[0], key[1], f"{key[2]}xx")
        count.inc()
        time = self._times.get(family)
        if time is None:
            time = self._times[family] = self._time.labels(family)
        time.observe(seconds)

    def read(
        self, prefix: str, numbers: Callable[[], Mapping[str, float]], gauges: Iterable[str] = ()
    ) -> None:
        """Shows plain numbers of a part as `prefix_name_total`, those named in `gauges` as `prefix_name`."""
        self.registry.register(_Plain(prefix, numbers, frozenset(gauges)))

    def page(self) -> bytes:
        """All of it, in Prometheus's text format."""
        return generate_latest(self.registry)


class _Plain(Collector):
    def __init__(
        self, prefix: str, numbers: Callable[[], Mapping[str, float]], gauges: frozenset[str]
    ) -> None:
        self._prefix, self._numbers, self._gauges = prefix, numbers, gauges

    def collect(self) -> Iterable[Metric]:
        for name, value in self._numbers().items():
            label, words = f"{self._prefix}_{name}", name.replace("_", " ").capitalize() + "."
            if name in self._gauges:
                yield GaugeMetricFamily(label, words, value=value)
            else:
                yield CounterMetricFamily(label, words, value=value)

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: the numbers exist once the part runs."""
        return ()
