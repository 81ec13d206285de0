"""Short ids: made by chance, or chosen by the owner of a link."""

import re
import secrets

from hyway.kernel.faults import Invalid

LENGTH = 7
LONGEST = 64

ALPHABET = "23456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
"""What generated ids are written in: no 0 and O, no 1, l and I, which readers take for one another."""

_RESERVED = """
    .well-known account accounts admin ads.txt analytics analytics.js api apis app board
    apple-app-site-association apps assets auth billing caddy cdn codes collab collabs connect console
    creators crossdomain.xml css customers dashboard docs domains envs error evaluate events favicon.ico
    geofences health healthz help hoko hooks humans.txt hypemarket hypertrack hyphen hyway img
    index.html index.php ingest intake integrations invite invites ip js jwks.json link links live llms.txt
    login logout mailbox manifest.json maps me media metrics none null oauth oauth2 ofrep openapi openapi.json
    openapi.yaml organizations orgs partners password ping privacy projects qr qrcode rails readyz redoc register
    robots.txt sdk sdk_events security security.txt segments session sessions settings setup sign-up signin
    signout signup sitemap.xml socket static status stream support sw.js swagger tags teams terms toggle
    toggles track tracking undefined user userinfo users v1 v2 v3 webhook webhooks wp-admin wp-login.php ws www
"""

RESERVED = frozenset(_RESERVED.split())
"""First words of paths that the server answers itself, or may one day; compared in small letters."""

_RUDE = """
    ahba anal anus arse ass bdsm bich bitch boner boob butt clit cock cok coon crap cum cun damn dick
    dik dildo dyke fag fap fart fck feck fgt fuc fuk fvc fvk gook hell hitler homo hore idiot jap jerk
    jew jiz khara kike kill kkk klan kock kos kys lesb lmao milf moron muf nazi neg nig nob nud omfg
    orgy paki pedo pee penis pis pms poo porn prick pron puss puta queer rape rapist retard satan sex
    shag sharm shit sht slag slave slut spic stfu suck suk teez terror tit tosser turd twat vag wank wap
    whor wop wtf xxx zebi
"""
# Fragments rather than words: chance makes no whole sentences, and one id too many refused costs nothing.
_OFFENSIVE = re.compile("|".join(_RUDE.split()))
# Digits read as the letters they look like.
_LOOKS = str.maketrans("0134567892", "oieasgtbgz")

# A random byte below this picks a letter by its remainder, each equally likely; a higher one is thrown away.
_FAIR = 256 // len(ALPHABET) * len(ALPHABET)
_LETTERS = bytes(ord(ALPHABET[byte % len(ALPHABET)]) for byte in range(256))
_UNFAIR = bytes(range(_FAIR, 256))

_CUSTOM = re.compile(r"[A-Za-z0-9_-]+")


def generate(length: int = LENGTH) -> str:
    """A new short id of `length` letters from ALPHABET: unguessable, not reserved, not rude.

    It may be taken already: the store's unique constraint tells.
    """
    return generate_many(1, length)[0]


def generate_many(count: int, length: int = LENGTH) -> list[str]:
    """`count` short ids, no two alike."""
    made: dict[str, None] = {}
    while len(made) < count:
        letters = _random_letters((count - len(made)) * length)
        for start in range(0, len(letters) - length + 1, length):
            code = letters[start : start + length]
            if _is_fit(code):
                made[code] = None
    return list(made)[:count]


def check_custom(text: str) -> str:
    """`text` if it may be a short id: 1 to 64 of A-Z a-z 0-9 _ -, and no reserved word; else Invalid."""
    if not 1 <= len(text) <= LONGEST:
        raise Invalid("shortId", "must have 1 to {longest} characters", longest=LONGEST)
    if not _CUSTOM.fullmatch(text):
        raise Invalid("shortId", "may only have letters A to Z, digits, hyphens and underscores")
    if text.lower() in RESERVED:
        raise Invalid("shortId", "is a reserved word")
    return text


def _random_letters(least: int) -> str:
    """At least `least` fair letters, nearly always; a shortfall is made up by the caller's next round."""
    pool = secrets.token_bytes(least + least // 4 + 16)
    return pool.translate(_LETTERS, _UNFAIR).decode("ascii")


def _is_fit(code: str) -> bool:
    small = code.lower()
    return (
        small not in RESERVED
        and _OFFENSIVE.search(small) is None
        and _OFFENSIVE.search(small.translate(_LOOKS)) is None
    )
