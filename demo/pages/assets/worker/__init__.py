"""The same lesson with its Python in a worker: plain code that waits for nobody.

| module | one idea |
|---|---|
| `main.py` | boot and wiring |
| `server.py` | blocking HTTP: `urllib.request` by way of `pyodide-http`. **A part to copy** |
| `page.py` | the lesson: its sessions, questions and panels. **A part to copy** |

`boot.js` is what the page does by itself. What is shown, and in which words, is shared with the
lesson on the main thread (`../lesson`): with SharedArrayBuffer a worker reaches the page's
elements.
"""
