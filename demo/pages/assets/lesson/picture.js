// <lesson-picture value='{"shape": "bar", "parts": 4, "shaded": 3}'>: a drawing with a text alternative.
// Shapes: bar and pie in equal parts, and the face of a clock.

const SVG = 'http://www.w3.org/2000/svg';

function svg(name, attributes, ...children) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

/** A point on a circle around the middle; `turn` 0 is twelve o'clock, 1 is once around. */
function onCircle(radius, turn) {
  const angle = 2 * Math.PI * turn;
  return [radius * Math.sin(angle), -radius * Math.cos(angle)].map((value) => value.toFixed(2));
}

const parts = (picture) => Array.from({ length: picture.parts }, (_, index) => ({
  index,
  class: index < picture.shaded ? 'part shaded' : 'part',
}));

const shapes = {
  bar: {
    describe: ({ parts, shaded }) => `A bar in ${parts} equal parts, ${shaded} of them shaded.`,
    viewBox: '-1 -1 322 66',
    draw: (picture) => parts(picture).map(({ index, class: name }) => svg('rect', {
      class: name, x: index * 320 / picture.parts, y: 0, width: 320 / picture.parts, height: 64,
    })),
  },
  pie: {
    describe: ({ parts, shaded }) => `A pie in ${parts} equal slices, ${shaded} of them shaded.`,
    viewBox: '-81 -81 162 162',
    draw: (picture) => picture.parts === 1
      ? [svg('circle', { class: parts(picture)[0].class, r: 80 })]
      : parts(picture).map(({ index, class: name }) => {
        const from = onCircle(80, index / picture.parts);
        const to = onCircle(80, (index + 1) / picture.parts);
        return svg('path', { class: name, d: `M0 0L${from}A80 80 0 0 1 ${to}Z` });
      }),
  },
  clock: {
    describe({ hour, minute }) {
      const next = hour % 12 + 1;
      const short = minute === 0 ? `on the ${hour}` : `between the ${hour} and the ${next}`;
      const long = minute % 5 === 0 ? `on the ${minute / 5 || 12}` : `on minute ${minute}`;
      return `The face of a clock. The short hand is ${short}, the long hand ${long}.`;
    },
    viewBox: '-81 -81 162 162',
    draw({ hour, minute }) {
      const hand = (name, length, turn) => {
        const [x2, y2] = onCircle(length, turn);
        return svg('line', { class: name, x1: 0, y1: 0, x2, y2 });
      };
      const numbers = Array.from({ length: 12 }, (_, index) => {
        const [x, y] = onCircle(64, (index + 1) / 12);
        return svg('text', { x, y }, String(index + 1));
      });
      const ticks = Array.from({ length: 60 }, (_, index) => {
        const [x1, y1] = onCircle(index % 5 ? 77 : 74, index / 60);
        const [x2, y2] = onCircle(80, index / 60);
        return svg('line', { class: 'tick', x1, y1, x2, y2 });
      });
      return [
        svg('circle', { class: 'part', r: 80 }), ...ticks, ...numbers,
        hand('hand short', 34, (hour + minute / 60) / 12), hand('hand long', 52, minute / 60),
        svg('circle', { class: 'hub', r: 4 }),
      ];
    },
  },
};

customElements.define('lesson-picture', class extends HTMLElement {
  connectedCallback() {
    const picture = JSON.parse(this.getAttribute('value'));
    const shape = shapes[picture.shape];
    if (!shape) return;
    this.replaceChildren(svg('svg', {
      role: 'img', 'aria-label': shape.describe(picture), viewBox: shape.viewBox, 'data-shape': picture.shape,
    }, ...shape.draw(picture)));
  }
});
