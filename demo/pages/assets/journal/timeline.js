// A session as a bar: one piece for each window, as long as it lasted, its active share first.
// It is hidden from screen readers, who get the same from the caption and the table.

const SVG = 'http://www.w3.org/2000/svg';

function svg(name, attributes) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}

export function timeline({ startedAt, windows }, longest) {
  const start = Date.parse(startedAt);
  const percent = (ms) => `${(100 * ms / longest).toFixed(3)}%`;
  const least = longest / 150; // so that even a moment can be seen
  const piece = (name, from, ms) => svg('rect', { class: name, x: percent(from), width: percent(ms), y: 0, height: '100%' });
  const line = svg('svg', { class: 'timeline', 'aria-hidden': 'true' });
  line.append(piece('active', 0, windows.some(({ activeMs }) => activeMs) ? least : 0));
  for (const window of windows) {
    const from = Date.parse(window.startedAt) - start;
    line.append(piece('active', from, window.activeMs), piece('inactive', from + window.activeMs, window.inactiveMs));
    if (from) line.append(svg('line', { class: 'cut', x1: percent(from), x2: percent(from), y1: 0, y2: '100%' }));
  }
  return line;
}
