// An independent witness of the learner's time: sums the spans in which this page was begun, in
// sight, not frozen and not left. It knows nothing of what it checks, and runs before it.
(() => {
    const now = performance.now.bind(performance);
    const name = `faults/witness/${performance.timeOrigin}/${Math.random()}`;
    let storage = null;
    try {
        storage = window.localStorage;
    } catch {
        // A page of no origin (about:blank) has none.
    }

    let activeMs = 0;
    let since = null;
    let running = false;
    let frozen = false;
    let left = false;

    // Not every way to be hidden fires an event (a page that opens a tab by `window.open` gets
    // none), but the browser lists them all.
    function endOfSpan(at) {
        const hidden = performance.getEntriesByType("visibility-state")
            .find(({name: state, startTime}) => state === "hidden" && startTime >= since);
        return hidden ? hidden.startTime : at;
    }

    function settle() {
        const at = now();
        if (since !== null) {
            activeMs += endOfSpan(at) - since;
        }
        const counts = running && !frozen && !left && document.visibilityState === "visible";
        since = counts ? at : null;
        return at;
    }

    function read() {
        const at = settle();
        return {name, activeMs, counting: since !== null, epochMs: performance.timeOrigin + at};
    }

    function listen(target, event, change) {
        target.addEventListener(event, () => {
            change();
            settle();
        }, {capture: true});
    }

    listen(document, "visibilitychange", () => {});
    listen(document, "freeze", () => { frozen = true; });
    listen(document, "resume", () => { frozen = false; });
    listen(window, "pageshow", () => { left = false; });
    listen(window, "pagehide", () => {
        left = true;
        if (running) {
            storage?.setItem(name, JSON.stringify(read()));
        }
    });

    window.witness = {
        begin() { running = true; settle(); },
        end() { running = false; settle(); },
        read,
    };
})();
