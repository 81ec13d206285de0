"""What organizations and creators are told of campaigns: each of what the other did, and of what happened by itself."""

from hyway.domain import identity, notices
from hyway.domain.creators.campaigns.records import Application, Campaign, Submission
from hyway.domain.identity import Caller
from hyway.domain.notices import Telling
from hyway.kernel import sqid
from hyway.kernel.db import Read, Write

_TYPE = "Campaign::{}Notifier"


def published(w: Write, by: Caller, of: Campaign) -> None:
    _admins(w, of.organization, "Published", {"campaign_name": of.name}, "Campaign", of.seq, _place(of))


def finished(w: Write, by: Caller, of: Campaign, why: str) -> None:
    said = {"campaign_name": of.name, "why": why}
    _admins(w, of.organization, "Finished", said, "Campaign", of.seq, _place(of))


def application(w: Write, of: Application, what: str, *, creator: bool) -> None:
    """Tells the creator, or else those who decide, of an application."""
    said = {"campaign_name": of.campaign_name}
    if creator:
        said["organization_name"] = identity.organization_name(w, of.organization)
        _creator(
            w, of.person, of.organization, what, said, "Campaign::Application", of.seq, "/me/applications"
        )
        return
    said["user_name"] = name_of(w, of.person)
    link = f"/organizations/{sqid.text(of.organization)}/applications"
    _admins(w, of.organization, what, said, "Campaign::Application", of.seq, link)


def submission(w: Write, of: Submission, what: str, *, creator: bool, **more: str) -> None:
    """Tells the creator, or else those who decide, of a post."""
    said = {"campaign_name": of.campaign_name, **more}
    if creator:
        said["organization_name"] = identity.organization_name(w, of.organization)
        link = f"/me/submissions/{sqid.text(of.seq)}"
        _creator(w, of.person, of.organization, what, said, "Campaign::Submission", of.seq, link)
        return
    said["user_name"] = name_of(w, of.person)
    link = f"{_at(of.organization, of.campaign)}/submissions/{sqid.text(of.seq)}"
    _admins(w, of.organization, what, said, "Campaign::Submission", of.seq, link)


def name_of(r: Read, person: int) -> str:
    return identity.named(r, [person])[person].name


def _place(of: Campaign) -> str:
    return _at(of.organization, of.seq)


def _at(organization: int, campaign: int) -> str:
    return f"/organizations/{sqid.text(organization)}/campaigns/{sqid.text(campaign)}"


def _creator(
    w: Write, person: int, organization: int, what: str, said: dict[str, str], kind: str, seq: int, link: str
) -> None:
    told = Telling(person, _TYPE.format(what), said, kind, seq, link, organization=organization)
    notices.tell(w, told)


def _admins(
    w: Write, organization: int, what: str, said: dict[str, str], kind: str, seq: int, link: str
) -> None:
    told = Telling(0, _TYPE.format(what), said, kind, seq, link, organization=organization)
    notices.tell_admins(w, organization, told)
