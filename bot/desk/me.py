"""An agent's own page: their password, and a second factor."""

from __future__ import annotations

from starlette.responses import Response

from bot.desk import agents, pages
from bot.desk.agents import CannotAdd
from bot.desk.visits import Done, Problem, Visit, act, page


@page("/me")
def me(visit: Visit) -> Response:
    """What they may change about themselves."""
    secret = None if visit.agent.has_totp else agents.new_totp_secret()
    address = agents.totp_address(visit.agent, secret) if secret else None
    return pages.show(visit, "me.html", {"secret": secret, "address": address})


@act("/me/password")
def password(visit: Visit) -> Done:
    """A new password. It signs them out everywhere, here too."""
    _knows(visit)
    try:
        agents.set_password(visit.connection, visit.agent, visit.form.get("new_password", ""))
    except CannotAdd as error:
        raise Problem(422, "weak_password", f"{error}.".capitalize()) from error
    return Done("Your password is changed. Please sign in again.", go="/sign-in")


@act("/me/second-factor")
def second_factor(visit: Visit) -> Done:
    """Codes of an app from now on, or no longer; the first proves that the app has the secret."""
    _knows(visit)
    secret = visit.form.get("secret", "")
    if not secret:
        agents.set_totp(visit.connection, visit.agent, None)
        return Done("You sign in without a code now.", go="/me")
    try:
        fits = agents.totp_fits(secret, visit.form.get("code", ""))
    except ValueError as error:
        raise Problem(422, "bad_secret", "Reload the page and try again.") from error
    if not fits:
        raise Problem(422, "wrong_code", "That code is not right. Take the newest from your app.")
    agents.set_totp(visit.connection, visit.agent, secret)
    return Done("From now on you sign in with a code.", go="/me")


def _knows(visit: Visit) -> None:
    """Whoever changes how to sign in shows once more that it is them."""
    given = visit.form.get("password", "")[:1024]
    if not agents.knows_password(visit.connection, visit.agent, given):
        raise Problem(403, "wrong_password", "That is not your password.")
