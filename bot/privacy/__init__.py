"""Records about a person: all of them on request, none of them once their time is over."""
