// Small help for drawings.

const SVG = 'http://www.w3.org/2000/svg';

/** An SVG element. */
export function svg(name, attributes, ...children) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

/** A point on a circle around the middle; `turn` 0 is twelve o'clock, 1 is once around. */
export function onCircle(radius, turn) {
  const angle = 2 * Math.PI * turn;
  return [radius * Math.sin(angle), -radius * Math.cos(angle)].map((value) => value.toFixed(2));
}

/** Put drawings somewhere else: `[x, y]` becomes their origin. */
export const at = ([x, y], ...children) => svg('g', { transform: `translate(${x} ${y})` }, ...children);

/** The class of part `index`, when the first `shaded` are. */
export const partClass = (index, shaded) => (index < shaded ? 'part shaded' : 'part');

/** 0, 1, … `count` - 1, each made into something. */
export const times = (count, make) => Array.from({ length: count }, (_, index) => make(index));
