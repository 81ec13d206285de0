"""The words of these pages: what roles are called, and refusals as people say them."""

import re
from collections.abc import Iterable

from hyway.console.form import sentence
from hyway.domain import identity
from hyway.kernel.clock import Instant
from hyway.kernel.faults import Fault, Several

_SAID: tuple[tuple[str, str], ...] = (
    (r"must NOT have fewer than 1 characters", "Is missing."),
    (r"must NOT have fewer than 1 items", "At least one is needed."),
    (r"must NOT have more than (\d+) characters", r"At most \1 characters."),
    (r"must NOT have more than (\d+) items", r"At most \1."),
    (r'must match pattern "\^\[a-z0-9_-\]\+\$"', "Only small letters, digits, - and _."),
    (r'must match pattern "\^#.*', "Is no colour."),
    (r'must match format "email"', "Is no e-mail address."),
    (r'must match format "cidr"', "Is no network, such as 10.10.0.0/16, and no address."),
    (r'must match format "uri"', "Is no address of a page."),
    (r"must be equal to one of the allowed values", "Choose one of these."),
    (r"must NOT be one of the words (.*)", r"Is kept for other things, as are \1."),
    (r"must (NOT|not) (have|contain) control characters", "Has characters that nobody can read."),
)
_LEVEL = re.compile(r"^(Organization|Project|Team)(?=[A-Z])")
_SPOKEN = {
    "ApiKey": "API keys",
    "DotEnv": ".env files",
    "VaultKey": "Vault keys",
    "OAuthClient": "Sign-in clients",
    "Access": "Roles of others",
    "Usage": "Usage",
}


def role(name: str) -> str:
    """`ProjectContributor` is a contributor, where it is plain on what."""
    return _LEVEL.sub("", name)


def subject(name: str) -> str:
    """`BillingAccount` as people say it."""
    spoken = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize() + "s"
    return _SPOKEN.get(name, spoken)


def title(of: identity.Member) -> str:
    """The name of a member: first and last, or what else they go by."""
    return " ".join(part for part in (of.first_name, of.last_name) if part) or of.nickname


def last_used(key: identity.api_keys.ApiKey) -> Instant | None:
    """When any of a key's secrets was last used."""
    return max((each.last_used_at for each in key.secrets if each.last_used_at), default=None)


def told(fault: Fault) -> str:
    """A refusal as a person reads it: what an API says of a field is not how people speak."""
    for pattern, said in _SAID:
        if found := re.fullmatch(pattern, fault.message):
            return found.expand(said)
    return sentence(fault)


def errors(fault: Fault, fields: Iterable[str]) -> dict[str, str]:
    """What is wrong, by the field it is about; under `""` what the form has no field for.

    `criteria/1/value` is a matter of `criteria`, and says which of them.
    """
    known, wrong = tuple(fields), dict[str, str]()
    for each in fault.faults if isinstance(fault, Several) else (fault,):
        first, _, rest = each.field.partition("/")
        name = first if first in known else ""
        at = rest.partition("/")[0]
        text = f"{int(at) + 1}: {told(each)}" if name and at.isdecimal() else told(each)
        wrong[name] = f"{wrong[name]} {text}" if name in wrong else text
    return wrong


FILTERS = {"role": role, "last_used": last_used, "title_of": title}
