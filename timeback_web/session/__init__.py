"""The ledger on a page: events in, windows out; which tab counts; what survives a crash."""
