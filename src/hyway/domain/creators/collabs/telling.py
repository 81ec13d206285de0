"""What the two sides of a collab are told, each of what the other did, and both of what happened by itself."""

from hyway.domain import identity, notices
from hyway.domain.creators.collabs.records import Collab, Submission
from hyway.domain.identity import Caller
from hyway.domain.notices import Telling
from hyway.kernel import sqid
from hyway.kernel.db import Read, Write

_TYPE = "Collab::{}Notifier"


def published(w: Write, of: Collab) -> None:
    _admins_of(w, of, "Published")


def rejected(w: Write, of: Collab, reason: str) -> None:
    _admins_of(w, of, "Rejected", reason=reason)


def _admins_of(w: Write, of: Collab, what: str, **params: str) -> None:
    told = Telling(
        person=0,
        type=_TYPE.format(what),
        params={"collab_name": of.name, **params},
        record_type="Collab",
        record=of.seq,
        link=f"/organizations/{sqid.text(of.organization)}/collabs/{sqid.text(of.seq)}",
        organization=of.organization,
    )
    notices.tell_admins(w, of.organization, told)


def creator(w: Write, of: Submission, collab: Collab, what: str, **params: str) -> None:
    """Tells the creator that something happened to their submission."""
    named = {
        "collab_name": collab.name,
        "organization_name": identity.organization_name(w, of.organization),
        **params,
    }
    told = Telling(
        person=of.person,
        type=_TYPE.format(what),
        params=named,
        record_type="Collab::Submission",
        record=of.seq,
        link=f"/me/collab_submissions/{sqid.text(of.seq)}",
        organization=of.organization,
    )
    notices.tell(w, told)


def admins(w: Write, of: Submission, collab: Collab, what: str, **params: str) -> None:
    """Tells those who decide for the organization."""
    told = Telling(
        person=0,
        type=_TYPE.format(what),
        params={"collab_name": collab.name, "user_name": name_of(w, of.person), **params},
        record_type="Collab::Submission",
        record=of.seq,
        link=place_of(of),
        organization=of.organization,
    )
    notices.tell_admins(w, of.organization, told)


def both(w: Write, of: Submission, collab: Collab, what: str, **params: str) -> None:
    creator(w, of, collab, what, **params)
    admins(w, of, collab, what, **params)


def place_of(of: Submission) -> str:
    """Where the organization finds the submission."""
    parts = (sqid.text(each) for each in (of.organization, of.collab, of.seq))
    return "/organizations/{}/collabs/{}/submissions/{}".format(*parts)


def name_of(r: Read, person: int) -> str:
    return identity.named(r, {person})[person].name


def announce(w: Write, by: Caller, of: Submission, what: str, **data: object) -> None:
    """In the organization's log, whoever it was."""
    told = {"collab": sqid.text(of.collab), **data}
    w.announce(
        identity.within(by, of.organization),
        f"collab_submission.{what}",
        "collab_submission",
        sqid.text(of.seq),
        told,
    )
