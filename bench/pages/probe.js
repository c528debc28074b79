// A stopwatch on every way in which the browser calls Python, and on what Python then calls.
// Runs before everything else in the page.
(() => {
    const now = performance.now.bind(performance);
    const log = [];
    const longTasks = [];
    let current = null;

    // One callback: what it was, how long it took, and what took how long inside it.
    function timed(what, callback, self, args) {
        if (current) {
            return Reflect.apply(callback, self, args);
        }
        const call = {...what, at: now(), inside: {}};
        current = call;
        try {
            return Reflect.apply(callback, self, args);
        } finally {
            call.ms = now() - call.at;
            current = null;
            log.push(call);
        }
    }

    function inside(holder, name, label = name) {
        const real = holder?.[name];
        if (!real) {
            return;
        }
        holder[name] = function (...args) {
            const began = now();
            try {
                return Reflect.apply(real, this, args);
            } finally {
                if (current) {
                    current.inside[label] = (current.inside[label] ?? 0) + now() - began;
                }
            }
        };
    }

    const realSetTimeout = window.setTimeout;
    window.setTimeout = (callback, delay = 0, ...args) =>
        realSetTimeout((...given) => timed({kind: "timer", delay}, callback, window, given), delay, ...args);

    const realRequestIdleCallback = window.requestIdleCallback;
    window.requestIdleCallback = (callback, options) =>
        realRequestIdleCallback(idle => timed({kind: "idle"}, callback, window, [idle]), options);

    const wrappers = new WeakMap();
    const {addEventListener, removeEventListener} = EventTarget.prototype;
    EventTarget.prototype.addEventListener = function (name, listener, options) {
        if (typeof listener !== "function") {
            return Reflect.apply(addEventListener, this, [name, listener, options]);
        }
        const wrapper = event => timed({kind: "event", name}, listener, this, [event]);
        wrappers.set(listener, wrapper);
        return Reflect.apply(addEventListener, this, [name, wrapper, options]);
    };
    EventTarget.prototype.removeEventListener = function (name, listener, options) {
        const wrapper = wrappers.get(listener) ?? listener;
        return Reflect.apply(removeEventListener, this, [name, wrapper, options]);
    };

    // Pyodide's event loop: the answer to a heartbeat is read in one of its tasks.
    const onmessage = Object.getOwnPropertyDescriptor(MessagePort.prototype, "onmessage");
    Object.defineProperty(MessagePort.prototype, "onmessage", {
        ...onmessage,
        set(callback) {
            onmessage.set.call(this, event => timed({kind: "task"}, callback, this, [event]));
        },
    });

    const RealObserver = window.PerformanceObserver;
    window.PerformanceObserver = class extends RealObserver {
        constructor(callback) {
            super((...args) => timed({kind: "observer"}, callback, undefined, args));
        }
    };

    inside(window, "fetch");
    inside(window, "fetchLater");
    inside(AbortController.prototype, "abort");
    inside(Navigator.prototype, "sendBeacon");
    inside(Storage.prototype, "setItem");

    new RealObserver(list => {
        for (const {startTime, duration} of list.getEntries()) {
            longTasks.push({at: startTime, ms: duration});
        }
    }).observe({type: "longtask"});

    window.probe = {log, longTasks, clear() { log.length = longTasks.length = 0; }};
})();
