"""What every refusal must be: the documented envelope, the right words, and nothing changed."""

from typing import Any

from hyway.kernel.db import Database
from tests.apis.hoko.contract import stage
from tests.apis.hoko.contract.contract import refusal_differs


class Guard:
    """Collects what is not as it should be, so that one look shows all of an operation."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._before = stage.dump(self._db)
        self.found: list[str] = []

    def check(
        self,
        what: str,
        answer: Any,
        status: int,
        begins: str,
        *,
        whole: bool = False,
        more: dict[str, Any] | None = None,
    ) -> None:
        if differs := refusal_differs(answer, status):
            self.found.append(f"{what}: {differs}")
        elif not _says(answer, begins, whole):
            self.found.append(f"{what}: {answer.json()['error']['en'][:120]!r} instead of {begins!r}")
        for name, value in (more or {}).items():
            if answer.json().get(name) != value:
                self.found.append(f"{what}: {name} is {answer.json().get(name)}, not {value}")
        after = stage.dump(self._db)
        if tables := stage.changed(self._before, after):
            self.found.append(f"{what}: changed {tables}")
            self._before = after

    def judge(self) -> None:
        assert not self.found, f"{len(self.found)} wrong:\n" + "\n".join(self.found)


def _says(answer: Any, begins: str, whole: bool) -> bool:
    said = answer.json()["error"]["en"]
    return said == begins if whole else said.startswith(begins)
