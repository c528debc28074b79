"""`python -m bench.load`: a school of learners on one server, and what of their time arrived.

With asyncio and httpx, not with a load generator such as Locust: thirty heartbeats a second need
none, and what matters is not how many were answered but whether each window is in the database.
"""
