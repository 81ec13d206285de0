"""Letters leave by SMTP: a real server takes, refuses and loses them."""

from pathlib import Path

import pytest

from hyway.domain import identity, notices
from hyway.domain.identity import signing_up
from hyway.domain.notices import Telling, jobs
from hyway.kernel import clock, outbox
from hyway.kernel.jobs import Means
from tests.domain.notices.conftest import run
from tests.make.mail import PASSWORD, USER, Postman, receiving_mail
from tests.make.people import alone, somebody
from tests.make.running import free_port

TYPE = "Membership::RequestAcceptedNotifier"


@pytest.fixture
def postman():
    with receiving_mail() as made:
        yield made


@pytest.fixture
def means(opened, postman: Postman) -> Means:
    return opened(postman.url())


def tell(means: Means, by: identity.Caller, name: str = "Acme") -> int:
    told = Telling(
        by.person or 0, TYPE, {"user_name": "x", "organization_name": name}, link="/organizations/x"
    )
    return means.db.write_now(notices.tell, told)


def state(means: Means, by: identity.Caller) -> tuple[str, int, str]:
    (mail, *_), _ = means.db.read_now(notices.mailbox, by)
    return mail.state, mail.tries, mail.error


def test_a_notification_becomes_a_letter(means: Means, postman: Postman):
    ann = somebody(means.db, "Ann")
    tell(means, ann, "Acmé\r\nBcc: evil@example.com <i>")
    assert run(means) == []
    (letter,) = postman.letters
    assert letter.addresses == ("hyway@go.example", "ann@example.com")
    head = letter.message
    assert (head["From"], head["To"]) == ("Hyway <hyway@go.example>", "ann@example.com")
    assert head["Subject"] == "You are a member of Acmé Bcc: evil@example.com <i>"
    assert head["Bcc"] is None
    assert head["Message-ID"].endswith("@go.example>")
    assert "https://go.example/organizations/x" in letter.text
    assert "&lt;i&gt;" in letter.html
    assert '<a href="https://go.example/organizations/x">' in letter.html
    assert "https://go.example/me/notification_settings" in letter.text
    assert state(means, ann) == ("sent", 1, "")
    assert run(means) == []
    assert len(postman.letters) == 1


def test_it_is_tried_again_and_leaves_once(means: Means, postman: Postman, later):
    ann = somebody(means.db, "Ann")
    tell(means, ann)
    postman.answers += ["451 later, please"]
    run(means)
    assert state(means, ann) == ("waiting", 1, "451 later, please")
    jobs.send_due(means)
    assert run(means) == []
    assert state(means, ann)[1] == 1
    later(2 * clock.MINUTE)
    jobs.send_due(means)
    jobs.send_due(means)
    run(means)
    assert state(means, ann) == ("sent", 2, "")
    assert len(postman.letters) == 1


def test_after_seven_tries_it_has_failed(means: Means, postman: Postman, later):
    ann = somebody(means.db, "Ann")
    tell(means, ann)
    postman.answers += ["421 busy"] * 20
    run(means)
    for _ in range(10):
        later(clock.DAY)
        jobs.send_due(means)
        run(means)
    assert state(means, ann) == ("failed", 7, "421 busy")
    assert len(postman.answers) == 13


def test_an_address_that_does_not_exist_is_not_tried_again(means: Means, postman: Postman):
    ann = somebody(means.db, "Ann")
    postman.refuses["ann@example.com"] = "550 no such mailbox"
    tell(means, ann)
    run(means)
    assert state(means, ann) == ("failed", 1, "550 no such mailbox")


def test_a_server_that_is_away_is_tried_again(opened):
    means = opened(f"smtp://127.0.0.1:{free_port()}?from=hyway%40go.example")
    ann = somebody(means.db, "Ann")
    tell(means, ann)
    run(means)
    assert state(means, ann)[:2] == ("waiting", 1)
    assert "refused" in state(means, ann)[2].lower()


def test_a_try_that_a_crash_broke_off_is_made_again(means: Means, postman: Postman, later):
    ann = somebody(means.db, "Ann")
    tell(means, ann)
    (lost,) = means.db.read_now(outbox.waiting)
    means.db.write_now(outbox.taken, [lost.seq])
    jobs.send_due(means)
    assert means.db.read_now(outbox.waiting) == []
    later(4 * clock.MINUTE)
    jobs.send_due(means)
    run(means)
    assert state(means, ann)[0] == "sent"


def test_without_a_server_letters_are_kept_and_never_leave(opened, postman: Postman, later):
    means = opened(None)
    ann = somebody(means.db, "Ann")
    tell(means, ann)
    assert means.db.read_now(outbox.waiting) == []
    assert state(means, ann) == ("kept", 0, "")
    mended = opened(postman.url())
    later(clock.DAY)
    jobs.send_due(mended)
    assert run(mended) == []
    assert postman.letters == []


def test_an_address_that_was_only_said_gets_no_letters(opened, postman: Postman):
    new = signing_up.Newcomer("Eve", "victim@example.com", "x")
    eve = alone(opened(None).db.write_now(signing_up.at_once, new, "1"))
    means = opened(postman.url())
    tell(means, eve)
    run(means)
    assert (state(means, eve)[0], postman.letters) == ("kept", [])


def test_signing_up_by_mail_from_the_letter_alone(means: Means, postman: Postman):
    means.db.write_now(signing_up.begin, "kim@example.com", "1")
    run(means)
    (letter,) = postman.letters
    token = letter.text.split("/sign-up/")[1].split()[0]
    assert means.db.write_now(signing_up.finish, token, signing_up.Newcomer("Kim", "", "x")).is_confirmed


def test_a_password_goes_encrypted(opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from urllib.parse import quote

    with receiving_mail(tmp_path, auth=True) as postman:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
        means = opened(postman.url(f"{USER}:{quote(PASSWORD, safe='')}@"))
        ann = somebody(means.db, "Ann")
        tell(means, ann)
        run(means)
        assert state(means, ann) == ("sent", 1, "")
        assert (postman.logins, postman.encrypted) == ([(USER, PASSWORD)], [True])


def test_a_server_with_a_strange_certificate_is_told_nothing(opened, tmp_path: Path):
    with receiving_mail(tmp_path, auth=True) as postman:
        means = opened(postman.url(f"{USER}:x@"))
        ann = somebody(means.db, "Ann")
        tell(means, ann)
        run(means)
        assert state(means, ann)[0] == "waiting"
        assert "certificate" in state(means, ann)[2].lower()
        assert (postman.logins, postman.letters) == ([], [])


def test_a_wrong_password_is_the_operators_to_mend(opened):
    with receiving_mail(auth=True) as postman:
        means = opened(postman.url(f"{USER}:wrong@"))
        ann = somebody(means.db, "Ann")
        tell(means, ann)
        run(means)
        assert state(means, ann)[:2] == ("waiting", 1)
        assert "wrong" not in state(means, ann)[2]


def test_old_letters_are_forgotten(means: Means, postman: Postman, later):
    ann = somebody(means.db, "Ann")
    tell(means, ann)
    run(means)
    later(91 * clock.DAY)
    tell(means, ann)
    jobs.purge(means)
    assert means.db.read_now(notices.mailbox, ann)[1] == 1
