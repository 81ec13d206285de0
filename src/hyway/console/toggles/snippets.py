"""How a program asks for toggles: a few lines for each client, with the key and the addresses filled in."""

import json
from typing import Final, NamedTuple

CALLS: Final = {
    "boolean": ("get_boolean", "getBooleanValue", "get_boolean_value", "False", "false"),
    "string": ("get_string", "getStringValue", "get_string_value", '""', '""'),
    "number": ("get_number", "getNumberValue", "get_float_value", "0", "0"),
}


class Example(NamedTuple):
    """The toggle of the examples."""

    key: str
    type: str


class Snippet(NamedTuple):
    name: str
    install: str
    code: str


def of(url: str, key: str, app: str, environment: str, example: Example) -> list[Snippet]:
    """For each client; everything that comes from people is written as JSON has it, as both languages read it."""
    facts = {
        "url": json.dumps(url),
        "bare": url,
        "key": json.dumps(key),
        "raw": key,
        "app": json.dumps(app),
        "environment": json.dumps(environment),
        "toggle": json.dumps(example.key),
        **dict(zip(("python", "web", "open", "py_else", "js_else"), CALLS[example.type], strict=True)),
    }
    return [Snippet(name, install, code.format(**facts)) for name, install, code in _CLIENTS]


_CLIENTS: Final = (
    (
        "Python",
        "pip install hyphen",
        """from hyphen import FeatureToggle, ToggleContext

toggles = FeatureToggle(
    application_id={app},
    environment={environment},
    api_key={key},
    base_url={url},
)
who = ToggleContext(targeting_key="user-123")
value = toggles.{python}({toggle}, default={py_else}, context=who)""",
    ),
    (
        "OpenFeature, Python",
        "pip install openfeature-sdk openfeature-provider-ofrep",
        """from openfeature import api
from openfeature.contrib.provider.ofrep import OFREPProvider
from openfeature.evaluation_context import EvaluationContext

api.set_provider(OFREPProvider({url}, headers_factory=lambda: {{"x-api-key": {key}}}))
who = EvaluationContext("user-123", {{"environment": {environment}}})
value = api.get_client().{open}({toggle}, {py_else}, who)""",
    ),
    (
        "OpenFeature, web",
        "npm install @openfeature/web-sdk @openfeature/ofrep-web-provider",
        """import {{ OpenFeature }} from "@openfeature/web-sdk";
import {{ OFREPWebProvider }} from "@openfeature/ofrep-web-provider";

await OpenFeature.setContext({{ targetingKey: "user-123", environment: {environment} }});
await OpenFeature.setProviderAndWait(new OFREPWebProvider({{
  baseUrl: {url},
  headers: [["x-api-key", {key}]],
}}));
const value = OpenFeature.getClient().{web}({toggle}, {js_else});""",
    ),
    (
        "Browser, without a library",
        "",
        """const answer = await fetch({url} + "/toggle/evaluate", {{
  method: "POST",
  headers: {{ "content-type": "application/json", "x-api-key": {key} }},
  body: JSON.stringify({{
    application: {app},
    environment: {environment},
    targetingKey: "user-123",
  }}),
}});
const {{ toggles }} = await answer.json();
const value = toggles[{toggle}]?.value;""",
    ),
    (
        "curl",
        "",
        """curl "{bare}/toggle/evaluate" \\
  -H "content-type: application/json" -H 'x-api-key: {raw}' \\
  -d '{{"application": {app}, "environment": {environment}, "targetingKey": "user-123"}}'""",
    ),
)
