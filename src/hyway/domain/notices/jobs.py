"""What happens to notices later: letters leave by SMTP, browsers are woken, old letters are forgotten."""

import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import formatdate, parseaddr
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from hyway.domain import identity
from hyway.domain.notices import mails, pushing
from hyway.domain.notices.records import Mail
from hyway.domain.notices.telling import PUSH
from hyway.kernel import clock
from hyway.kernel.jobs import Means, every, job
from hyway.kernel.outbox import Errand
from hyway.kernel.outgoing import Unreachable

_SECONDS = 30.0
_SWEEP_SECONDS = 15.0
_PORTS = {"smtp": 587, "smtps": 465}
_FOR_GOOD = 500


@job(mails.TOPIC)
def send(means: Means, errand: Errand) -> None:
    """One try of one letter, if it is still to be made."""
    server = means.services.get(identity.signing_up.MAIL)
    if server is None:
        return
    mail = means.db.write_now(mails.begin, errand.payload["mail"], errand.payload["tries"])
    if mail is None:
        return
    try:
        hand_over(server, mail)
    except (OSError, smtplib.SMTPException, UnicodeError) as error:
        means.db.write_now(mails.unsent, mail, _why(error), _is_final(error))
    else:
        means.db.write_now(mails.sent, mail)


def hand_over(server: str, mail: Mail) -> None:
    """Gives a letter to the server at `smtp(s)://user:password@host:port?from=…`.

    A password goes over an encrypted connection alone, or to this machine.
    """
    way = urlsplit(server)
    sender = parse_qs(way.query)["from"][0]
    with _connected(way) as smtp:
        if way.username:
            smtp.login(unquote(way.username), unquote(way.password or ""))
        smtp.send_message(_message(mail, sender), parseaddr(sender)[1], [mail.address])


def _connected(way: SplitResult) -> smtplib.SMTP:
    host, port, tls = way.hostname or "", way.port or _PORTS[way.scheme], ssl.create_default_context()
    if way.scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=_SECONDS, context=tls)
    smtp = smtplib.SMTP(host, port, timeout=_SECONDS)
    try:
        smtp.ehlo_or_helo_if_needed()
        if smtp.has_extn("starttls"):
            smtp.starttls(context=tls)
        elif way.username and not _is_here(host):
            raise smtplib.SMTPNotSupportedError("the server offers no encryption, so it is told no password")
    except BaseException:
        smtp.close()
        raise
    return smtp


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _message(mail: Mail, sender: str) -> EmailMessage:
    """The id is the letter's own: where one is sent twice, mail programs show it once."""
    made = EmailMessage(policy=SMTP if mail.address.isascii() and sender.isascii() else SMTPUTF8)
    made["From"], made["To"], made["Subject"] = sender, mail.address, mail.subject
    made["Date"] = formatdate(mail.created_at // clock.SECOND, usegmt=True)
    made["Message-ID"] = f"<{mail.id}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(mail.text)
    made.add_alternative(mail.html, subtype="html")
    return made


def _why(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(
            f"{code} {said.decode(errors='replace')}" for code, said in error.recipients.values()
        )
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return f"{error.smtp_code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"
    return str(error) or type(error).__name__


def _is_final(error: Exception) -> bool:
    """What the server says of this letter or its address; what it says of us, the operator can mend."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= _FOR_GOOD for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= _FOR_GOOD


@every(_SWEEP_SECONDS)
def send_due(means: Means) -> None:
    """Letters whose next try has come, and those that got lost. It looks before it writes."""
    if identity.signing_up.MAIL in means.services and means.db.read_now(mails.any_due):
        means.db.write_now(mails.start_due)


@job(PUSH)
def push(means: Means, errand: Errand) -> None:
    """Wakes one browser for one notification; a push service that is busy or away is asked again by the engine."""
    to = errand.payload["subscription"]
    parcel = means.db.read_now(pushing.parcel, errand.payload["notification"], to)
    if parcel is None:
        return
    status, why = None, ""
    try:
        status = means.outgoing.send("POST", parcel.url, parcel.headers, parcel.body).status
    except Unreachable as error:
        why = str(error)
    if means.db.write_now(pushing.finish, to, status):
        raise Unreachable(why or f"the push service answered {status}")


@every(3600)
def purge(means: Means) -> None:
    """In small transactions, so that nobody waits for it."""
    while means.db.write_now(mails.purge):
        pass
