"""What the fuzzer's own process loads: ids in generated requests that name something of the server's."""

import json
import os
from typing import Any

import schemathesis

from tests import fuzz, fuzz_hyphen, fuzz_market, fuzz_tracking

_FOUND = json.loads(os.environ.get(fuzz.KNOWN, '{"kind": "", "known": {}}'))
_KIND, _KNOWN = _FOUND["kind"], _FOUND["known"]


@schemathesis.hook
def map_body(context: Any, body: Any) -> Any:
    if _KIND == "hypertrack":
        return fuzz_tracking.in_fields(body, _KNOWN)
    if _KIND == "hypemarket":
        return fuzz_market.in_fields(body, _KNOWN)
    if _KIND == "hyphen":
        return fuzz_hyphen.in_body(context.operation.path, body, _KNOWN)
    return fuzz.with_known(context.operation.path, body, _KNOWN)


@schemathesis.hook
def map_query(context: Any, query: Any) -> Any:
    if _KIND == "hypertrack":
        return fuzz_tracking.in_fields(query, _KNOWN)
    if _KIND == "hyphen":
        return fuzz_hyphen.in_fields(context.operation.path, query, _KNOWN)
    return query


@schemathesis.hook
def map_path_parameters(context: Any, path_parameters: Any) -> Any:
    of = context.operation
    if _KIND == "hypertrack":
        return fuzz_tracking.in_path(of.path, path_parameters, _KNOWN)
    if _KIND == "hypemarket":
        return fuzz_market.in_path(of.method.upper(), of.path, path_parameters, _KNOWN)
    if _KIND == "hyphen":
        return fuzz_hyphen.in_path(of.path, path_parameters, _KNOWN)
    return path_parameters


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    if _KIND == "hypemarket":
        case.path_parameters = fuzz_market.harmless(case.method.upper(), case.path_parameters, _KNOWN)
    if _KIND == "hyphen":
        case.path_parameters = fuzz_hyphen.harmless(case.method.upper(), case.path_parameters, _KNOWN)
        fuzz_hyphen.without_credentials(case.headers, case.cookies)
