"""later"""

from cyclopts import App


def register(app: App) -> None: ...
