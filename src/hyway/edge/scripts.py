"""The two scripts that customers put on their pages. Rules: Hoko's "analytics.js" and "Embedded click tracking".

Neither uses eval, inline styles or anything that a strict content policy forbids, and neither depends on anything.
"""

import json

# A new hoko_id in the page's URL replaces the cookie; nothing is sent anywhere. Where a plain cookie does not stick,
# the page stands in another site's frame (a cloaked link's): there a cookie of that frame's own is kept.
_KEEP = (
    'function k(n,v){var c=n+"="+encodeURIComponent(v)+";path=/;max-age=7776000";'
    'd.cookie=c+";samesite=lax"+(location.protocol=="https:"?";secure":"");'
    'if(g(n)!=v)d.cookie=c+";samesite=none;secure;partitioned"}'
    'function g(n){var m=d.cookie.match("(?:^|; )"+n+"=([^;]*)");return m&&decodeURIComponent(m[1])}'
    'var d=document,u=new URLSearchParams(location.search).get("hoko_id");if(u)k("hoko_id",u);'
)
ANALYTICS = f"(function(){{{_KEEP}}})();\n".encode()

# Without one, the click that this page view is becomes the cookie, unless an older one is there.
_CAPTURE = (
    'var s=g("hoko_session");'
    'if(!s||!/^[\\w-]{8,64}$/.test(s)){s="";var a=crypto.getRandomValues(new Uint8Array(12));'
    "for(var i=0;i<12;i++)s+=(a[i]+256).toString(16).slice(1)}"
    'k("hoko_session",s);'
    'fetch(%s,{method:"POST",mode:"cors",credentials:"omit",keepalive:true,'
    'headers:{"Content-Type":"text/plain"},'
    "body:JSON.stringify({token:%s,url:location.href,session:s,referrer:d.referrer})})"
    ".then(function(r){return r.ok?r.json():null}).then(function(r){"
    'if(r&&!u&&!g("hoko_id"))k("hoko_id",r.id)}).catch(function(){});'
)


def embedded(url: str, token: str) -> bytes:
    """The script for one page view: `url` is where it came from, `token` its signed leave to record a click."""
    return f"(function(){{{_KEEP}{_CAPTURE % (_quoted(url), _quoted(token))}}})();\n".encode()


NOTHING = b"/* This page is not where the short link leads: no click is recorded. */\n"


def _quoted(value: str) -> str:
    """A JavaScript string literal that stays one wherever the script is pasted."""
    return json.dumps(value).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
