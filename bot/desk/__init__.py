"""The agents' desk: a web console in a process of its own, on the same database."""
