const SVG = 'http://www.w3.org/2000/svg';

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** An element of HTML; children may be text. */
export const make = (name, attributes = {}, ...children) => fill(document.createElement(name), attributes, children);

/** An element of SVG. */
export const draw = (name, attributes = {}, ...children) => fill(document.createElementNS(SVG, name), attributes, children);

/** Put these children in, unless they are in already: what does not move keeps its focus. */
export function setChildren(parent, children) {
  const there = parent.childNodes;
  if (there.length === children.length && children.every((child, index) => child === there[index])) return;
  parent.replaceChildren(...children);
}
