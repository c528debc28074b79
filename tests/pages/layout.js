// What is wrong with the layout of a page, as a list of sentences. Evaluated by layout.py.
() => {
  const problems = [];
  const width = document.documentElement.clientWidth;
  const name = (element) => {
    const id = element.id ? `#${element.id}` : '';
    const classes = typeof element.className === 'string' ? element.className.trim().split(/\s+/).filter(Boolean).map((each) => `.${each}`).join('') : '';
    return `<${element.localName}${id}${classes}> "${element.textContent.trim().slice(0, 40)}"`;
  };

  if (document.documentElement.scrollWidth > width) {
    problems.push(`the page is ${document.documentElement.scrollWidth} px wide in a window of ${width} px`);
  }

  // Text that somebody can see, each line of it as a rectangle: as much as its boxes let out.
  const scrolls = (element) => element?.closest('.scroll, pre, [data-scrolls]');
  // A box of a pixel hides its text on purpose: for screen readers alone, or drawn as a line.
  const isSpeck = (box) => {
    const { display, overflowX } = getComputedStyle(box);
    return display !== 'inline' && overflowX !== 'visible' && (box.clientWidth <= 1 || box.clientHeight <= 1);
  };
  const unseen = (element) => {
    for (let box = element; box; box = box.parentElement) if (isSpeck(box)) return true;
    return element.closest('.skip, noscript, script, style, template, option');
  };
  const shown = (rectangle, element) => {
    const { left, top, right, bottom } = rectangle;
    const seen = { element, left, top, right, bottom };
    for (let box = element; box && box !== document.body; box = box.parentElement) {
      if (getComputedStyle(box).overflowX === 'visible' || !box.clientWidth) continue;
      const frame = box.getBoundingClientRect();
      seen.left = Math.max(seen.left, frame.left);
      seen.right = Math.min(seen.right, frame.right);
      seen.top = Math.max(seen.top, frame.top);
      seen.bottom = Math.min(seen.bottom, frame.bottom);
    }
    return seen;
  };
  const lines = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || unseen(element) || !element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const rectangle of range.getClientRects()) {
      const line = shown(rectangle, element);
      if (line.right - line.left >= 1 && line.bottom - line.top >= 1) lines.push(line);
    }
  }

  for (const { element, left, right } of lines) {
    if (left < -1 || right > width + 1) problems.push(`text leaves the window: ${name(element)}`);
  }

  // Text that its box cuts off. An ellipsis says so itself.
  for (const element of new Set(lines.map((line) => line.element))) {
    for (let box = element; box && box !== document.body; box = box.parentElement) {
      const { overflowX, overflowY, textOverflow } = getComputedStyle(box);
      if (textOverflow === 'ellipsis' || scrolls(box)) break;
      const cutX = ['hidden', 'clip'].includes(overflowX) && box.scrollWidth > box.clientWidth + 1;
      const cutY = ['hidden', 'clip'].includes(overflowY) && box.scrollHeight > box.clientHeight + 1;
      if ((cutX || cutY) && box.clientWidth) problems.push(`${name(box)} cuts its text off`);
    }
  }

  // Text on other text. A line's rectangle is higher than its letters: its middle half counts.
  const cores = lines.map((line) => {
    const slack = (line.bottom - line.top) / 4;
    return { ...line, top: line.top + slack, bottom: line.bottom - slack };
  }).sort((one, other) => one.top - other.top);
  cores.forEach((one, index) => {
    for (let next = index + 1; next < cores.length && cores[next].top < one.bottom; next += 1) {
      const other = cores[next];
      if (one.element === other.element) continue;
      const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      if (across > 2 && down > 1) problems.push(`${name(one.element)} lies on ${name(other.element)}`);
    }
  });

  return [...new Set(problems)];
}
