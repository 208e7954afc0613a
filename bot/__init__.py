"""Evenkeel: a conversational assistant for people who owe money."""
