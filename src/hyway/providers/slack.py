"""Slack: channels and people of a workspace, through slack-sdk; set up by an invitation, or with a bot's token.

The operator's own app is named by the address `https://CLIENT_ID:CLIENT_SECRET@slack.com`; an app that Slack knows as a
public one (with PKCE turned on) needs no secret, and then an invitation needs a code challenge.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from hyway.domain.connections import (
    ConnectionType,
    Declined,
    Entity,
    EntityKind,
    Entry,
    Field,
    Made,
    Offer,
    Reach,
    Resource,
)
from hyway.providers import slack_parts as parts
from hyway.providers.basis import Basis, first, named, setting, slug
from hyway.providers.marks import CHANNEL
from hyway.providers.slack_parts import SCOPES
from hyway.providers.wire import nonsense, words

_CHANNEL = re.compile(r"[CG][A-Z0-9]{6,20}")
_PERSON = re.compile(r"[UW][A-Z0-9]{6,20}")
_LONGEST_NAME = 80
_EVERYBODY: tuple[EntityKind, ...] = ("Team", "Project", "App", "Organization")
_GONE = frozenset({"channel_not_found", "already_archived", "is_archived"})
_THERE_ALREADY = frozenset({"already_in_channel", "cant_invite_self"})
_NOT_THERE = frozenset({"not_in_channel", "user_not_found", "channel_not_found"})


class Slack(Basis):
    entry = Entry(
        type="slack",
        name="Slack",
        description="Channels of your workspace; who is in them comes and goes with your teams.",
        provides=(
            Offer("MessagingChannel", _EVERYBODY, is_importable=True),
            Offer("User", ("Member",), is_importable=True),
        ),
        fields=(
            Field(
                "botToken",
                "Bot token",
                "Begins with xoxb-. You need none if you let us in at Slack's own page.",
                secret=True,
                pattern=r"xoxb-[A-Za-z0-9\-]+",
            ),
            Field(
                "workspaceId",
                "Workspace id",
                "Begins with T. If you give it, a token of another workspace is refused.",
                required=False,
                pattern=r"T[A-Z0-9]{6,20}",
            ),
        ),
        image=CHANNEL,
        color="#611f69",
        guide=(
            "Where your server has an app of its own, choose Add to Slack: you are asked there, and that is all.",
            "Otherwise open api.slack.com/apps and choose Create New App, From scratch, in your workspace.",
            f"Under OAuth & Permissions add the bot token scopes {', '.join(SCOPES)}.",
            "Choose Install to Workspace, allow it, and copy the Bot User OAuth Token, which begins with xoxb-.",
            "Private channels are seen once the app was invited to them: /invite @ and its name.",
        ),
    )

    def check(self, reach: Reach) -> None:
        """Whose token it is, and whether it may do all that is needed."""
        slack = _asking(reach)
        said = slack.ask("auth.test")
        if not words(said.fields, "team_id") or not words(said.fields, "user_id"):
            raise nonsense("Slack")
        wanted = setting(reach, "workspaceId")
        if wanted and words(said.fields, "team_id") != wanted:
            raise Declined(f"The token is of the workspace {words(said.fields, 'team')}, not of {wanted}")
        missing = [each for each in SCOPES if each not in said.scopes]
        if said.scopes and missing:
            raise Declined(f"The token lacks the scope {' and '.join(missing)}")

    def resources(self, reach: Reach, type: ConnectionType, parent: str = "") -> list[Resource]:
        slack = _asking(reach)
        if type == "MessagingChannel":
            return named(Resource(words(each, "id"), words(each, "name")) for each in first(_channels(slack)))
        if type == "User":
            return named(first(_people(slack)))
        raise self.unknown(type)

    def make(self, reach: Reach, type: ConnectionType, entity: Entity, input: str, key: str) -> Made:
        slack = _asking(reach)
        if type == "User":
            return _person(slack, input or entity.email, entity)
        if type == "MessagingChannel":
            return _channel_made(slack, entity, input.strip().removeprefix("#"), key)
        raise self.unknown(type)

    def remove(self, reach: Reach, type: ConnectionType, remote: str) -> None:
        """A channel is archived: an app cannot delete one. People stay."""
        if type == "MessagingChannel":
            slack = _asking(reach)
            slack.ask("conversations.archive", fine=_GONE, channel=_channel_id(remote))

    def members(self, reach: Reach, type: ConnectionType, remote: str) -> frozenset[str]:
        self._channel_alone(type)
        slack = _asking(reach)
        pages = slack.pages("conversations.members", "members", channel=_channel_id(remote))
        return frozenset(each for each in first(pages) if isinstance(each, str))

    def admit(self, reach: Reach, type: ConnectionType, remote: str, who: str) -> None:
        self._channel_alone(type)
        channel = _channel_id(remote)
        slack = _asking(reach)
        said = slack.ask(
            "conversations.invite", fine=_THERE_ALREADY | {"not_in_channel"}, channel=channel, users=who
        )
        if said.error == "not_in_channel":  # the app itself is not, so it may invite nobody
            slack.ask("conversations.join", channel=channel)
            slack.ask("conversations.invite", fine=_THERE_ALREADY, channel=channel, users=who)

    def dismiss(self, reach: Reach, type: ConnectionType, remote: str, who: str) -> None:
        self._channel_alone(type)
        slack = _asking(reach)
        slack.ask("conversations.kick", fine=_NOT_THERE, channel=_channel_id(remote), user=who)

    def whom(self, reach: Reach, email: str, accounts: Mapping[str, str]) -> str:
        """The id of whoever has this address in the workspace."""
        if not email:
            return ""
        slack = _asking(reach)
        said = slack.ask("users.lookupByEmail", fine={"users_not_found"}, email=email)
        return words(said.fields, "user", "id")

    def invite(self, reach: Reach, redirect: str, state: str, challenge: str) -> str:
        app = parts.app(reach)
        if not challenge and not app.secret:
            raise Declined("The server's app at Slack is a public one: an invitation needs a code challenge")
        return parts.page(app, redirect, state, challenge)

    def redeem(self, reach: Reach, redirect: str) -> Mapping[str, Any]:
        """The token and the workspace that a code stands for."""
        app = parts.app(reach)
        told = {"code": setting(reach, "code"), "redirect_uri": redirect}
        if verifier := setting(reach, "codeVerifier"):
            told["code_verifier"] = verifier
        slack = parts.asking("", app.api, replace(reach, endpoint=app.home))
        fields = slack.ask_as(app, "oauth.v2.access", told).fields
        if words(fields, "refresh_token"):
            raise Declined("The server's app at Slack gives tokens that end: turn token rotation off there")
        if not words(fields, "access_token").startswith("xoxb-"):
            raise Declined("Slack let in a person, and not the app: the app needs bot scopes")
        return {"botToken": words(fields, "access_token"), "workspaceId": words(fields, "team", "id")}

    def _channel_alone(self, type: str) -> None:
        if type != "MessagingChannel":
            raise self.unknown(type)


def _asking(reach: Reach) -> parts.Slack:
    token = setting(reach, "botToken")
    if not token:
        raise Declined("Slack needs a bot token")
    return parts.asking(token, parts.api(reach.endpoint), reach)


def _channel_id(text: str) -> str:
    if not _CHANNEL.fullmatch(text):
        raise Declined("This is not the id of a channel at Slack")
    return text


def _channels(slack: parts.Slack) -> Iterator[Any]:
    """Public ones, and private ones that the app is in."""
    yield from slack.pages(
        "conversations.list", "channels", types="public_channel,private_channel", exclude_archived="true"
    )


def _people(slack: parts.Slack) -> Iterator[Resource]:
    """People of the workspace itself: no bots, and nobody who has left."""
    for each in slack.pages("users.list", "members"):
        if not isinstance(each, Mapping) or each.get("deleted") or each.get("is_bot"):
            continue
        id, profile = words(each, "id"), each.get("profile")
        if id == "USLACKBOT" or not _PERSON.fullmatch(id):
            continue
        names = {"email": "email", "firstName": "first_name", "lastName": "last_name"}
        more = {name: words(profile, theirs) for name, theirs in names.items()}
        name = words(profile, "real_name") or words(each, "real_name") or words(each, "name")
        yield Resource(id, name, {name: text for name, text in more.items() if text})


def _person(slack: parts.Slack, wanted: str, entity: Entity) -> Made:
    """Somebody who is in the workspace, by id or address; Slack lets nobody be added by an app."""
    if _PERSON.fullmatch(wanted):
        said = slack.ask("users.info", fine={"user_not_found"}, user=wanted)
    elif "@" in wanted:
        said = slack.ask("users.lookupByEmail", fine={"users_not_found"}, email=wanted)
    else:
        raise Declined(f"{entity.name} has no e-mail address to be found by at Slack")
    id = words(said.fields, "user", "id")
    if not id:
        raise Declined(f"Nobody in the workspace at Slack is known as {wanted}")
    return Made(id, {"identifier": id, "name": words(said.fields, "user", "real_name")})


def _channel_made(slack: parts.Slack, entity: Entity, wanted: str, key: str) -> Made:
    """The one that was named, by id or name; else the one of the key, or a new one."""
    if _CHANNEL.fullmatch(wanted):
        return _told(slack, slack.ask("conversations.info", channel=wanted).fields.get("channel"))
    name = wanted.casefold() or slug(entity.name, _LONGEST_NAME, key)
    said = slack.ask("conversations.create", fine={"name_taken"}, name=name)
    if said.error != "name_taken":
        return _begun(slack, said.fields.get("channel"), entity, key)
    there = next((each for each in _channels(slack) if words(each, "name") == name), None)
    if there is None:
        raise Declined(
            f"Slack has a channel #{name} that is archived, or that our app is not in: invite it there"
        )
    if wanted:
        return _told(slack, there)
    if not _is_ours(slack, there, key):
        raise Declined(f"Slack has a channel #{name} already: connect to it by its name")
    return _begun(slack, there, entity, key)


def _is_ours(slack: parts.Slack, channel: Any, key: str) -> bool:
    """Made by us for this connection; its purpose is set after it is made, so one without is the one."""
    purpose = words(channel, "purpose", "value")
    mine = words(slack.ask("auth.test").fields, "user_id")
    return key in purpose or (not purpose and bool(mine) and words(channel, "creator") == mine)


def _begun(slack: parts.Slack, channel: Any, entity: Entity, key: str) -> Made:
    made = _told(slack, channel)
    purpose = f"{' '.join(entity.name.split())[:200]} ({key})"
    slack.ask("conversations.setPurpose", channel=made.remote, purpose=purpose)
    return made


def _told(slack: parts.Slack, channel: Any) -> Made:
    """The app joins what it is not in: it could let nobody in there otherwise."""
    id, name = words(channel, "id"), words(channel, "name")
    if not _CHANNEL.fullmatch(id) or not name:
        raise nonsense("Slack")
    if channel.get("is_archived"):
        raise Declined(f"The channel #{name} at Slack is archived")
    if not channel.get("is_member"):
        slack.ask("conversations.join", channel=id)
    return Made(id, {"name": name, "url": f"https://slack.com/app_redirect?channel={id}"})


provider = Slack()
