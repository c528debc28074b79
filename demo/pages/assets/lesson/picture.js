// <lesson-picture value='{"shape": "bar", "parts": 4, "shaded": 3}'>: a drawing with a text alternative.
import { shapes } from './shapes.js';
import { svg } from './svg.js';

const EDGE = 1; // half of the widest line, which would be cut off

customElements.define('lesson-picture', class extends HTMLElement {
  connectedCallback() {
    const picture = JSON.parse(this.getAttribute('value'));
    const shape = shapes[picture.shape];
    if (!shape) return; // a lesson of tomorrow: its text is there all the same
    const [width, height] = shape.size(picture).map((length) => length + 2 * EDGE);
    this.replaceChildren(svg('svg', {
      role: 'img',
      'aria-label': shape.describe(picture),
      'data-shape': picture.shape,
      viewBox: `${-EDGE} ${-EDGE} ${width} ${height}`,
      width,
      height,
    }, ...shape.draw(picture)));
  }
});
