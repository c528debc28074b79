// <with-fractions value="What is 2/7 + 3/7?">: a text whose fractions stand as they do in a book.
// Screen readers get each one as it is typed, 2/7, which they know how to say.

function fraction(top, bottom) {
  const node = document.createElement('span');
  node.className = 'fraction';
  node.setAttribute('role', 'math');
  node.setAttribute('aria-label', `${top}/${bottom}`);
  node.append(...[top, '/', bottom].map((text) => {
    const part = document.createElement('span');
    part.textContent = text; // the slash is for whoever copies the text; style hides it
    return part;
  }));
  return node;
}

function unbroken(piece) {
  const [, top, bottom, after] = piece.match(/(\d+)\/(\d+)(.*)/);
  const node = document.createElement('span');
  node.className = 'unbroken';
  node.append(fraction(top, bottom), after);
  return node;
}

customElements.define('with-fractions', class extends HTMLElement {
  static observedAttributes = ['value'];

  attributeChangedCallback(_name, _before, text) {
    // A point or comma stays on the line of the fraction before it.
    const pieces = text.split(/\b(\d+\/\d+\b[.,:;?!]*)/);
    this.replaceChildren(...pieces.map((piece, index) => (index % 2 ? unbroken(piece) : piece)));
  }
});
