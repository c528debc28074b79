// Tells the bench that this page is where it should be, and how it got there.
window.report = (facts = {}) => {
    const at = performance.now();
    const marks = {};
    for (const {name, startTime} of performance.getEntriesByType("mark")) {
        marks[name] = startTime;
    }
    const files = performance.getEntriesByType("resource").map(entry => ({
        path: new URL(entry.name).pathname,
        from: entry.requestStart,
        until: entry.responseEnd,
    }));
    fetch("/report", {method: "POST", body: JSON.stringify({at, marks, files, ...facts})});
};
