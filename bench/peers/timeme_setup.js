// TimeMe.js at its best: readers are not idle (`trackWhenUserGoesIdle: false`), and the total so far
// is reported whenever the page is hidden or left, and every now and then. The server keeps the
// latest total of each visit.
function startTimeMe() {
    TimeMe.initialize({currentPageName: "lesson", trackWhenUserGoesIdle: false});
}

function reportTimeMe(url, intervalMs = 15000) {
    const visit = Math.random().toString(36);

    function report() {
        const activeMs = TimeMe.getTimeOnCurrentPageInSeconds() * 1000;
        navigator.sendBeacon(url, JSON.stringify({visit, activeMs}));
    }

    document.addEventListener("visibilitychange", () => {
        if (document.visibilityState === "hidden") {
            report();
        }
    });
    window.addEventListener("pagehide", report);
    setInterval(report, intervalMs);
}
