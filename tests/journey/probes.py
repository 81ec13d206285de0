"""What a browser is asked about the page that it shows, in its own language."""

LOOK = """() => {
  const at = document.activeElement;
  const shown = at.matches('#menu') ? document.querySelector('.menu-button') : at;
  const style = getComputedStyle(shown.matches('.sr') && shown.nextElementSibling || shown);
  const box = shown.getBoundingClientRect();
  return { words: (at.innerText || at.ariaLabel || at.value || at.name || '').trim(), tag: at.tagName,
           isSeen: style.outlineStyle !== 'none' || style.boxShadow !== 'none', width: box.width, id: at.id,
           isOnScreen: box.bottom > 0 && box.top < innerHeight };
}"""
"""What has the focus, and whether anybody sees that it has."""

SENSE = """() => {
  const wrong = [], all = (what) => [...document.querySelectorAll(what)];
  const named = (each) => (each.ariaLabel || each.innerText || each.title || '').trim()
    || each.getAttribute('aria-labelledby') || each.labels?.length || each.querySelector?.('img[alt]');
  const ids = all('[id]').map((each) => each.id);
  ids.filter((id, i) => ids.indexOf(id) !== i).forEach((id) => wrong.push('twice: #' + id));
  if (!document.documentElement.lang) wrong.push('no language');
  if (all('main').length !== 1) wrong.push('not one main');
  if (all('h1').length !== 1) wrong.push('not one h1');
  if (!document.querySelector('meta[name=viewport]')) wrong.push('no viewport');
  const levels = all('h1, h2, h3, h4').filter((each) => each.offsetParent).map((each) => +each.tagName[1]);
  levels.forEach((level, i) => { if (i && level > levels[i - 1] + 1) wrong.push('skips to h' + level); });
  all('input:not([type=hidden]), select, textarea').filter((each) => !named(each))
    .forEach((each) => wrong.push('no label: ' + each.outerHTML.slice(0, 90)));
  all('a, button, summary').filter((each) => each.offsetParent && !named(each))
    .forEach((each) => wrong.push('no name: ' + each.outerHTML.slice(0, 90)));
  all('img:not([alt])').forEach((each) => wrong.push('no alt: ' + each.src));
  all('svg:not([aria-hidden]):not([role=img])').filter((each) => !each.closest('svg[role=img], svg[aria-hidden]'))
    .forEach((each) => wrong.push('svg neither hidden nor named: ' + each.outerHTML.slice(0, 60)));
  all('[aria-describedby], [aria-labelledby]').forEach((each) => {
    const ids = [each.getAttribute('aria-describedby'), each.getAttribute('aria-labelledby')].filter(Boolean);
    ids.filter((id) => !document.getElementById(id)).forEach((id) => wrong.push('nowhere: #' + id));
  });
  if (document.querySelector('nav') && !all('nav').every((each) => each.ariaLabel)) wrong.push('a nav has no name');
  return wrong;
}"""
"""What is wrong for who does not see the page: landmarks, headings, labels, names."""

CONTRAST = """() => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 });
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  const paint = (colours) => {
    pen.clearRect(0, 0, 1, 1);
    colours.forEach((colour) => { pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1); });
    return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (rgb) => rgb.map((c) => c / 255).map((c) => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
  const under = (each) => {
    const knowsDark = getComputedStyle(document.documentElement).colorScheme.includes('dark');
    const found = [knowsDark && matchMedia('(prefers-color-scheme: dark)').matches ? '#121212' : '#fff'];
    for (let at = each; at; at = at.parentElement) found.splice(1, 0, getComputedStyle(at).backgroundColor);
    return found;
  };
  const wrong = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const each = node.parentElement;
    if (!node.data.trim() || !each.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    if (each.closest('svg, .sr, .skip, .faint, [disabled], option')) continue;
    const style = getComputedStyle(each), grounds = under(each);
    const [a, b] = [light(paint([...grounds, style.color])), light(paint(grounds))].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05), size = parseFloat(style.fontSize);
    const least = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
    const words = node.data.trim().slice(0, 40);
    if (ratio < least) wrong.add(`${ratio.toFixed(2)}: ${each.className || each.tagName} "${words}"`);
  }
  return [...wrong];
}"""
"""Texts with less contrast than WCAG 2 asks for (AA)."""
