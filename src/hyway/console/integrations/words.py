"""The words of these pages: what can be connected is called, and where it is seen."""

from collections.abc import Mapping, Sequence
from typing import Any

from hyway.console.form import sentence
from hyway.console.projects import words
from hyway.domain.connections import Connection, Entity, Entry, Integration
from hyway.kernel.faults import Fault, Several

HERE = "/console/integrations"
CONNECTIONS = "/console/connections"
ZONES = "/console/zones"
ACCOUNTS = "/console/accounts"
PACKAGES = "/console/packages"

_TYPES: Mapping[str, tuple[str, str]] = {
    "User": ("Person", "People"),
    "DistributionList": ("Distribution list", "Distribution lists"),
    "MessagingChannel": ("Channel", "Channels"),
    "GitRepository": ("Repository", "Repositories"),
    "GitTeam": ("Git team", "Git teams"),
    "DNSZone": ("DNS zone", "DNS zones"),
    "ContainerRegistry": ("Container registry", "Container registries"),
    "CloudSubscription": ("Subscription", "Subscriptions"),
    "Account": ("Account", "Accounts"),
}
_BECOMES: Mapping[str, str] = {
    "User": "Who has an e-mail address becomes a member, where they are none yet.",
    "DistributionList": "Each becomes a team of its name; who is in it and is a member is in the team.",
    "MessagingChannel": "Each becomes a team of its name; who is in it and is a member is in the team.",
    "GitTeam": "Each becomes a team of its name; who is in it and is a member is in the team.",
    "GitRepository": "Each becomes a project of its name.",
    "DNSZone": "Records of short domains in them are written by themselves from then on.",
    "ContainerRegistry": "They are connected to the whole organization.",
    "CloudSubscription": "They are connected to the whole organization.",
}
KINDS: Mapping[str, str] = {
    "Organization": "The organization",
    "Project": "Projects",
    "App": "Apps",
    "Team": "Teams",
    "Member": "Members",
}
_PAGES = {
    "Organization": "/console/organization",
    "Project": "/console/projects/",
    "App": "/console/apps/",
    "Team": "/console/teams/",
    "Member": "/console/people/",
}
_STATUS = {
    "Pending": "Under way",
    "AwaitingVerification": "Waits for a code",
    "Decommissioning": "Is taken away",
}
_ACCOUNTS = {
    "github": "GitHub",
    "npm": "npm",
    "newrelic": "New Relic",
    "incidentio": "incident.io",
    "slack": "Slack",
}
_TOKENS = {
    "azure": "az account get-access-token --resource https://management.azure.com"
    " --query accessToken --output tsv",
}


def kind(type: str) -> str:
    """What one of a type is called."""
    return _TYPES.get(type, (type, type))[0]


def kinds(type: str) -> str:
    return _TYPES.get(type, (type, type))[1]


def becomes(type: str) -> str:
    """What is made of those that are imported."""
    return _BECOMES.get(type, "")


def phase(status: str) -> str:
    """How far a connection is."""
    return _STATUS.get(status, status)


def account(type: str) -> str:
    """With whom somebody has an account."""
    plain = "".join(c for c in type.casefold() if c.isalnum())
    return _ACCOUNTS.get(plain, type)


def token_command(type: str) -> str:
    """What a person's own access token is made with, on a terminal; empty where that is not known."""
    return _TOKENS.get(type, "")


def at(of: Integration) -> str:
    return f"{HERE}/{of.id}"


def connection_at(of: Connection) -> str:
    return f"{HERE}/{of.integration_id}/connections/{of.id}"


def entity_at(of: Entity) -> str:
    """The page of what is connected."""
    return _PAGES[of.kind] + ("" if of.kind == "Organization" else of.id)


def is_moving(of: Connection) -> bool:
    """Whether it goes on without anybody."""
    return of.status in ("Pending", "Decommissioning") or keeps_code(of)


def keeps_code(of: Connection) -> bool:
    """Whether a code was given of which nobody knows yet if it is right."""
    return of.status == "AwaitingVerification" and of.next_at is not None


def errors(fault: Fault, fields: Sequence[str], place: str = "") -> dict[str, str]:
    """What is wrong by field; `place` goes before the names of fields as the verbs have them, as in `config/token`."""
    wrong = dict[str, str]()
    for each in fault.faults if isinstance(fault, Several) else (fault,):
        name = each.field.removeprefix(place)
        name, text = (name, words.told(each)) if name in fields else _missing(each, fields)
        wrong[name] = f"{wrong[name]} {text}" if name in wrong else text
    return wrong


def _missing(fault: Fault, fields: Sequence[str]) -> tuple[str, str]:
    lacks = next(
        (name for name in fields if fault.message.endswith(f"must have required property '{name}'")), ""
    )
    if lacks:
        return lacks, "Is missing."
    # A name, such as npm, keeps its small letter: only refusals of our own begin with a verb.
    return "", words.told(fault) if fault.message[:5] == "must " else _spoken(fault)


def _spoken(fault: Fault) -> str:
    text = fault.message.strip()
    if text[:4] in ("npm ", "npm:"):
        return text if text.endswith((".", "!", "?")) else text + "."
    return sentence(fault)


def shape(field: Any) -> str:
    """Why a setting is refused whose form is given: the pattern says nothing to people."""
    return f"Is no {field.title.lower() if not field.title.isupper() else field.title}, as it is made there."


def settings(of: Integration, entry: Entry | None) -> list[tuple[str, str]]:
    """What may be shown of a configuration, by title."""
    titles = {each.name: each.title for each in entry.fields} if entry else {}
    return [(titles.get(name, name), str(value)) for name, value in of.config.items()]


FILTERS = {
    "kind": kind,
    "kinds": kinds,
    "becomes": becomes,
    "phase": phase,
    "account_kind": account,
    "token_command": token_command,
    "integration_at": at,
    "connection_at": connection_at,
    "entity_at": entity_at,
    "is_moving": is_moving,
    "keeps_code": keeps_code,
}
