"""Letters and settings of mail, through the real command and the real server."""

import time
from pathlib import Path

import pytest

from hyway.domain import identity
from hyway.kernel.db import Database
from hyway.kernel.faults import Invalid
from hyway.main import open_database, prepare
from hyway.settings import Settings
from tests.make.mail import receiving_mail
from tests.make.people import somebody
from tests.make.running import hyway, serving

FROM = "Hyway <hyway@go.example>"


def invite(db: Database, email: str) -> None:
    ann = somebody(db, "Ann")
    acme = db.write_now(identity.organizations.establish, ann, {"name": "Acme"})
    owner = db.read_now(identity.at_organization, ann, acme.seq)
    db.write_now(identity.joining.invite, owner, email)


def test_without_a_mail_server_the_operator_reads_what_was_written(tmp_path: Path):
    settings = Settings.read({}, tmp_path / "data")
    prepare(settings)
    assert "there are no letters" in hyway("mails", data=settings.data).stderr
    db = open_database(settings)
    invite(db, "new@example.com")
    db.close()
    shown = hyway("mails", "new@example.com", data=settings.data).stdout
    assert "To: new@example.com" in shown
    assert "State: kept here" in shown
    assert "http://localhost:8000/sign-up/" in shown
    assert hyway("mails", "other@example.com", data=settings.data).stdout == ""


def test_a_running_server_sends_what_any_process_wrote(tmp_path: Path):
    data = tmp_path / "data"
    with receiving_mail() as postman:
        mail = {"HYWAY_SMTP": f"smtp://127.0.0.1:{postman.port}", "HYWAY_MAIL_FROM": FROM}
        with serving(data, **mail):
            db = open_database(Settings.read(mail, data))
            invite(db, "new@example.com")
            db.close()
            deadline = time.monotonic() + 30
            while not postman.letters and time.monotonic() < deadline:
                time.sleep(0.1)
        (letter,) = postman.letters
    assert letter.addresses == ("hyway@go.example", "new@example.com")
    assert "/sign-up/" in letter.text
    assert "State: sent" in hyway("mails", data=data).stdout


@pytest.mark.parametrize(
    ("environ", "field"),
    [
        ({"HYWAY_SMTP": "mail.example.com"}, "HYWAY_SMTP"),
        ({"HYWAY_SMTP": "https://mail.example.com"}, "HYWAY_SMTP"),
        ({"HYWAY_SMTP": "smtp://"}, "HYWAY_SMTP"),
        ({"HYWAY_SMTP": "smtp://mail.example.com:99999"}, "HYWAY_SMTP"),
        ({"HYWAY_SMTP": "smtp://mail.example.com/path"}, "HYWAY_SMTP"),
        ({"HYWAY_SMTP": "smtp://mail.example.com"}, "HYWAY_MAIL_FROM"),
        ({"HYWAY_SMTP": "smtp://mail.example.com", "HYWAY_MAIL_FROM": "Hyway"}, "HYWAY_MAIL_FROM"),
        ({"HYWAY_SIGN_UP": "maybe"}, "HYWAY_SIGN_UP"),
    ],
)
def test_settings_that_cannot_be(tmp_path: Path, environ: dict[str, str], field: str):
    with pytest.raises(Invalid) as wrong:
        Settings.read(environ, tmp_path)
    assert wrong.value.field == field


def test_what_settings_say_to_the_parts(tmp_path: Path):
    environ = {
        "HYWAY_SMTP": "smtps://a:b%40c@mail.example.com",
        "HYWAY_MAIL_FROM": FROM,
        "HYWAY_SIGN_UP": "closed",
    }
    made = Settings.read(environ, tmp_path)
    assert made.services["smtp"] == ("smtps://a:b%40c@mail.example.com?from=Hyway%20%3Chyway%40go.example%3E")
    assert made.terms["sign_up"] == 0
    assert "b%40c" not in repr(made)
    bare = Settings.read({}, tmp_path)
    assert "smtp" not in bare.services
    assert bare.terms["sign_up"] == 1
