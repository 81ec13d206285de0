"""A project to keep toggles in, and short ways of saying what is made there."""

import json
from typing import Any

from hyway.domain import identity, projects, toggles
from hyway.domain.identity import Caller
from hyway.domain.projects import NewProject, Project
from hyway.domain.toggles import NewSegment, NewToggle, Segment, Toggle
from hyway.kernel.db import Database

VIP = '{"==": [{"var": "user.id"}, "vip"]}'


class Stage:
    """An organization's project, `shop`, and who administers it."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.home = db.write_now(identity.found_organization, "Acme")
        self.by: Caller = identity.command_line(self.home)
        self.project: Project = db.write_now(projects.create, self.by, NewProject("shop", "Shop"))

    def toggle(self, key: str, *logics: str, **more: Any) -> Toggle:
        """A boolean toggle, true for whom one of the logics holds."""
        targets = tuple((logic, True) for logic in logics)
        new = NewToggle(**{"key": key, "type": "boolean", "targets": targets, "default_value": False, **more})
        return self.db.write_now(toggles.create, self.by, "shop", new)

    def segment(self, name: str, logic: str = VIP) -> Segment:
        return self.db.write_now(toggles.segments.create, self.by, "shop", NewSegment(name, name, logic))

    def find(self, key: str) -> Toggle:
        return self.db.read_now(toggles.find, self.by, "shop", key)


def names(*segments: str) -> str:
    """A logic that holds for who is in all of them."""
    return json.dumps({"and": [{"segment": each} for each in segments]})
