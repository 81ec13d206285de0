"""What ends toggles besides their own deletion: a project, or an organization, that is gone."""

from collections.abc import Sequence

from hyway.domain.toggles import public_keys
from hyway.domain.toggles.telling import KEY_TOPIC, TOPIC
from hyway.kernel.db import Fact, Write


def hear(w: Write, facts: Sequence[Fact]) -> None:
    """Hears, inside the transaction, what projects and identity announce."""
    for fact in facts:
        if fact.action == "project.deleted":
            # Its toggles and keys went with it, unnamed: it happens seldom enough to forget all.
            w.changed(TOPIC)
            w.changed(KEY_TOPIC)
        elif fact.action == "organization.closed":
            public_keys.drop_all(w, fact.by.organization)
