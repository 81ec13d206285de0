"""What the fuzzer's own process loads: ids in generated requests that name something of the server's."""

import json
import os
from typing import Any

import schemathesis

from tests import fuzz, fuzz_tracking

_FOUND = json.loads(os.environ.get(fuzz.KNOWN, '{"kind": "", "known": {}}'))
_KNOWN, _TRACKING = _FOUND["known"], _FOUND["kind"] == "hypertrack"


@schemathesis.hook
def map_body(context: Any, body: Any) -> Any:
    if _TRACKING:
        return fuzz_tracking.in_fields(body, _KNOWN)
    return fuzz.with_known(context.operation.path, body, _KNOWN)


@schemathesis.hook
def map_query(context: Any, query: Any) -> Any:
    return fuzz_tracking.in_fields(query, _KNOWN) if _TRACKING else query


@schemathesis.hook
def map_path_parameters(context: Any, path_parameters: Any) -> Any:
    if not _TRACKING:
        return path_parameters
    return fuzz_tracking.in_path(context.operation.path, path_parameters, _KNOWN)
