"""Measures of speed that anybody can take again; docs/performance.md has the figures."""
