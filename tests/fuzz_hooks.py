"""What the fuzzer's own process loads: ids in generated bodies that name something of the server's."""

import json
import os
from typing import Any

import schemathesis

from tests import fuzz

_KNOWN = json.loads(os.environ.get(fuzz.KNOWN, "{}"))


@schemathesis.hook
def map_body(context: Any, body: Any) -> Any:
    return fuzz.with_known(context.operation.path, body, _KNOWN)
