// The kinds of picture that a question may have (demo/server/catalogue.py checks their values).
//
// Each has a size, a drawing within it, and a description. The description says what there is to
// see, part by part, as somebody would who is not asked; never the fraction, which is the answer.
import { at, onCircle, partClass, svg, times } from './svg.js';

const WIDTH = 320;
const R = 80;

const bar = {
  size: () => [WIDTH, 64],
  describe: ({ parts, shaded }) => `A bar in ${parts} equal parts, ${shaded} of them shaded.`,
  draw: ({ parts, shaded }) => times(parts, (index) => svg('rect', {
    class: partClass(index, shaded), x: index * WIDTH / parts, y: 0, width: WIDTH / parts, height: 64,
  })),
};

const cut = {
  size: bar.size,
  describe: ({ widths, shaded }) => `A bar in ${widths.length} parts of different sizes, ${shaded} of them shaded.`,
  draw({ widths, shaded }) {
    const unit = WIDTH / widths.reduce((sum, width) => sum + width);
    let x = 0;
    return widths.map((width, index) => {
      const part = svg('rect', { class: partClass(index, shaded), x, y: 0, width: width * unit, height: 64 });
      x += width * unit;
      return part;
    });
  },
};

/** A circle in equal slices around the origin. */
function slices(radius, parts, shaded) {
  if (parts === 1) return [svg('circle', { class: partClass(0, shaded), r: radius })];
  return times(parts, (index) => {
    const from = onCircle(radius, index / parts);
    const to = onCircle(radius, (index + 1) / parts);
    return svg('path', { class: partClass(index, shaded), d: `M0 0L${from}A${radius} ${radius} 0 0 1 ${to}Z` });
  });
}

const pie = {
  size: () => [2 * R, 2 * R],
  describe: ({ parts, shaded }) => `A pie in ${parts} equal slices, ${shaded} of them shaded.`,
  draw: ({ parts, shaded }) => [at([R, R], ...slices(R, parts, shaded))],
};

const wholes = {
  size: ({ parts, shaded }) => [Math.ceil(shaded / parts) * 152 - 16, 136],
  describe({ parts, shaded }) {
    const each = times(Math.ceil(shaded / parts), (index) => Math.min(parts, shaded - index * parts));
    const circles = each.map((count, index) => `circle ${index + 1} has ${count} of them shaded`);
    return `${each.length} circles in ${parts} equal parts each: ${circles.join(', ')}.`;
  },
  draw: ({ parts, shaded }) => times(Math.ceil(shaded / parts), (index) => (
    at([68 + index * 152, 68], ...slices(68, parts, shaded - index * parts))
  )),
};

const grid = {
  size: ({ rows, columns }) => [columns * 48, rows * 48],
  describe: ({ rows, columns, shaded }) => (
    `A rectangle of ${rows} rows with ${columns} squares each, ${shaded} squares shaded, row by row.`
  ),
  draw: ({ rows, columns, shaded }) => times(rows * columns, (index) => svg('rect', {
    class: partClass(index, shaded), x: index % columns * 48, y: Math.floor(index / columns) * 48, width: 48, height: 48,
  })),
};

const STAR = times(10, (index) => onCircle(index % 2 ? 11 : 26, index / 10)).join(' ');
const STARS_IN_ROW = 4;

const set = {
  size: ({ count }) => [Math.min(count, STARS_IN_ROW) * 64, Math.ceil(count / STARS_IN_ROW) * 60],
  describe: ({ count, shaded }) => `${count} stars, ${shaded} of them filled in.`,
  draw: ({ count, shaded }) => times(count, (index) => at(
    [32 + index % STARS_IN_ROW * 64, 32 + Math.floor(index / STARS_IN_ROW) * 60],
    svg('polygon', { class: partClass(index, shaded), points: STAR }),
  )),
};

const line = {
  size: () => [WIDTH + 32, 88],
  describe: ({ parts, wholes: last, mark }) => (
    `A number line from 0 to ${last}, with ${parts} equal steps from one whole number to the next. A dot stands ${mark} steps from 0.`
  ),
  draw({ parts, wholes: last, mark }) {
    const x = (step) => 16 + step * WIDTH / (parts * last);
    const ticks = times(parts * last + 1, (step) => {
      const half = step % parts ? 8 : 14;
      return svg('line', { class: 'scale', x1: x(step), x2: x(step), y1: 40 - half, y2: 40 + half });
    });
    const numbers = times(last + 1, (whole) => svg('text', { x: x(whole * parts), y: 74 }, String(whole)));
    return [
      svg('line', { class: 'scale', x1: 0, x2: WIDTH + 32, y1: 40, y2: 40 }), ...ticks, ...numbers,
      svg('circle', { class: 'part shaded', cx: x(mark), cy: 40, r: 10 }),
    ];
  },
};

const clock = {
  size: () => [2 * R, 2 * R],
  describe({ hour, minute }) {
    const next = hour % 12 + 1;
    const short = minute === 0 ? `on the ${hour}` : `between the ${hour} and the ${next}`;
    const long = minute % 5 === 0 ? `on the ${minute / 5 || 12}` : `on minute ${minute}`;
    return `The face of a clock. The short hand is ${short}, the long hand ${long}.`;
  },
  draw({ hour, minute }) {
    const hand = (name, length, turn) => {
      const [x2, y2] = onCircle(length, turn);
      return svg('line', { class: name, x1: 0, y1: 0, x2, y2 });
    };
    const numbers = times(12, (index) => {
      const [x, y] = onCircle(64, (index + 1) / 12);
      return svg('text', { x, y }, String(index + 1));
    });
    const ticks = times(60, (index) => {
      const [x1, y1] = onCircle(index % 5 ? 77 : 74, index / 60);
      const [x2, y2] = onCircle(R, index / 60);
      return svg('line', { class: 'tick', x1, y1, x2, y2 });
    });
    return [at(
      [R, R], svg('circle', { class: 'part', r: R }), ...ticks, ...numbers,
      hand('hand short', 34, (hour + minute / 60) / 12), hand('hand long', 52, minute / 60),
      svg('circle', { class: 'hub', r: 4 }),
    )];
  },
};

const NAME_WIDTH = 32;

/** Two pictures, one below the other, so that their lengths can be compared. */
const pair = {
  size({ a, b }) {
    const [[width, height], [otherWidth, otherHeight]] = [a, b].map((picture) => shapes[picture.shape].size(picture));
    return [NAME_WIDTH + Math.max(width, otherWidth), height + 20 + otherHeight];
  },
  describe({ a, b }) {
    const [one, other] = [a, b].map((picture) => shapes[picture.shape].describe(picture));
    return `Two pictures of the same size. A: ${one} B: ${other}`;
  },
  draw({ a, b }) {
    const [, height] = shapes[a.shape].size(a);
    return [['A', a, 0], ['B', b, height + 20]].map(([name, picture, y]) => at(
      [0, y],
      svg('text', { x: 8, y: shapes[picture.shape].size(picture)[1] / 2 }, name),
      at([NAME_WIDTH, 0], ...shapes[picture.shape].draw(picture)),
    ));
  },
};

export const shapes = { bar, cut, pie, wholes, grid, set, line, clock, pair };
