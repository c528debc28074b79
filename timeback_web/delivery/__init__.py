"""From a window to the server's answer: wire format, outbox, retries, and when to send."""
