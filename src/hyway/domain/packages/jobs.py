"""What becomes of bytes that nobody can fetch: removed ones go after a day, and so do those that no row ever named."""

import logging

from hyway.domain.packages.store import packages as store
from hyway.kernel import clock
from hyway.kernel.blobs import Away
from hyway.kernel.jobs import Means, every

# Longer than anybody fetches, and than a large file takes from its first byte to its row.
_KEPT = clock.DAY
_MOST = 500
log = logging.getLogger(__name__)


@every(3600)
def forget_removed(means: Means) -> None:
    """Bytes first, then the row that names them: what breaks off in between is begun again."""
    if means.packages is None:
        return
    try:
        while keys := means.db.read_now(store.dropped, clock.now() - _KEPT, _MOST):
            for key in keys:
                means.packages.drop(key)
            means.db.write_now(store.forget, keys)
    except Away as error:
        log.warning("packages that were removed could not be dropped: %s", error)


@every(6 * 3600)
def drop_orphans(means: Means) -> None:
    """Bytes that were put for a row which did not come, and those of a copy that broke off."""
    if means.packages is None:
        return
    before = clock.now() - _KEPT
    try:
        count = means.packages.sweep(before)
        for page in means.packages.laid():
            old = [key for key, at in page if at < before]
            known = means.db.read_now(store.known, old) if old else set()
            for key in set(old) - known:
                means.packages.drop(key)
                count += 1
    except Away as error:
        return log.warning("where packages are kept was not looked through: %s", error)
    if count:
        log.info("dropped %d packages that nothing names", count)
