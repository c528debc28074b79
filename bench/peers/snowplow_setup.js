// Snowplow at its best: page pings by the second (the finest there is), each sent at once, and a
// page in sight is an active one, for who reads moves nothing. Its tracker leaves that to the app.
function startSnowplow(path, namespace) {
    const {newTracker, enableActivityTracking, trackPageView, updatePageActivity} =
        window.snowplowBrowserTracking;
    newTracker(namespace, location.origin, {
        appId: "lesson",
        eventMethod: "post",
        postPath: path,
        bufferSize: 1,
        keepalive: true,
        contexts: {webPage: true},
    });
    enableActivityTracking({minimumVisitLength: 1, heartbeatDelay: 1});
    trackPageView();
    setInterval(() => {
        if (document.visibilityState === "visible") {
            updatePageActivity();
        }
    }, 100);
}
