"""User agents of people's browsers, in many versions."""

_SYSTEMS = (
    "Windows NT 10.0; Win64; x64",
    "Macintosh; Intel Mac OS X 10_15_7",
    "X11; Linux x86_64",
    "X11; Ubuntu; Linux x86_64",
)
_VERSIONS = range(109, 134)
_PHONES = ("Pixel 8", "SM-S918B", "SM-A546B", "Redmi Note 12", "CPH2557", "M2101K6G")
_KIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


def _all() -> tuple[str, ...]:
    desktop = [
        f"Mozilla/5.0 ({s}) {_KIT} Chrome/{v}.0.0.0 Safari/537.36" for s in _SYSTEMS for v in _VERSIONS
    ]
    edge = [f"{each} Edg/{v}.0.0.0" for each, v in zip(desktop[:50], [*_VERSIONS, *_VERSIONS], strict=True)]
    firefox = [
        f"Mozilla/5.0 ({s}; rv:{v}.0) Gecko/20100101 Firefox/{v}.0" for s in _SYSTEMS for v in _VERSIONS
    ]
    android = [
        f"Mozilla/5.0 (Linux; Android {10 + v % 5}; {phone}) {_KIT} Chrome/{v}.0.0.0 Mobile Safari/537.36"
        for phone in _PHONES
        for v in _VERSIONS
    ]
    apple = [
        f"Mozilla/5.0 (iPhone; CPU iPhone OS {major}_{minor} like Mac OS X) AppleWebKit/605.1.15"
        f" (KHTML, like Gecko) Version/{major}.{minor} Mobile/15E148 Safari/604.1"
        for major in range(14, 19)
        for minor in range(0, 7)
    ]
    return (*desktop, *edge, *firefox, *android, *apple)


USER_AGENTS = _all()
