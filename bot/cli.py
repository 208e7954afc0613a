"""The commands: `python -m bot …`. Each opens what it needs and nothing more, and says in one line
what is wrong and what to do when something is."""

from __future__ import annotations

import argparse
import csv
import getpass
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from bot import audit, clock, creditors, schema, settings
from bot.compliance import packs
from bot.conversations import handoffs, replay, transcripts
from bot.creditors import Creditors, CreditorsError
from bot.db import Database
from bot.ledger import exports, imports, tables
from bot.ledger.imports import ImportRefused, Report
from bot.nlu import evaluation, pipeline
from bot.nlu.pipeline import Pipeline
from bot.privacy import access, forgetting, reach, retention
from bot.settings import Settings, SettingsError

Command = Callable[[argparse.Namespace, Settings], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status, 1 when something was wrong."""
    parser = _parser()
    options = parser.parse_args(arguments)
    command: Command = options.command
    try:
        loaded = settings.load()
        clock.start_from_environment()
        return command(options, loaded)
    except ImportRefused as refused:
        for problem in refused.problems:
            print(problem, file=sys.stderr)
        return _complain(f"nothing was loaded; rows to mend: {len(refused.problems)}, see above")
    except (SettingsError, CreditorsError, LookupError, ValueError) as error:
        return _complain(str(error.args[0] if error.args else error))
    except BrokenPipeError:
        # Whoever read our output has seen enough; Python must not complain of it at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return _complain(f"{error.filename or 'network'}: {error.strerror or error}")
    except SQLAlchemyError as error:
        kind = type(error).__name__
        return _complain(f"the database does not answer as it should ({kind}); see DATABASE_URL")
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Command, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(command=command)
        return sub

    add("up", _up, "set everything up and start the assistant")
    add("migrate", _migrate, "bring the database's schema up to date")
    add("demo", _demo, "load the demo accounts")
    train = add("train", _train, "train the model if the training data changed")
    train.add_argument("--force", action="store_true", help="train even if nothing changed")
    accounts = add("import-accounts", _import_accounts, "open a ledger from CSV, all or nothing")
    accounts.add_argument("file", type=Path)
    accounts.add_argument("--entries", type=Path, help="CSV with the accounts' history")
    entries = add("import-entries", _import_entries, "post entries from CSV, all or nothing")
    entries.add_argument("file", type=Path)
    export = add("export", _export, "print everything about one account as JSON")
    export.add_argument("reference")
    export.add_argument("--creditor", help="slug, where several creditors have the reference")
    add("desk", _desk, "start the agents' desk alone")
    agent = add("agent", _agent, "let somebody sign in at the agents' desk")
    agent.add_argument("what", choices=["add"])
    agent.add_argument("email")
    agent.add_argument("first_name", help="as people read it in the chat")
    agent.add_argument("--role", choices=["agent", "supervisor", "admin"], default="agent")
    agent.add_argument(
        "--creditor", action="append", help="slug of whom they work for; default everybody's"
    )
    forget = add("forget", _forget, "blank everything about the person of an account, for good")
    forget.add_argument("reference")
    forget.add_argument("--creditor", help="slug, where several creditors have the reference")
    forget.add_argument("--dry-run", action="store_true", help="say what would be done")
    forget.add_argument(
        "--despite-retention",
        metavar="WHY",
        default="",
        help="forget before the time for keeping is over; the reason goes to the audit log",
    )
    retain = add("retain", _retain, "forget everybody whose records need not be kept any more")
    retain.add_argument("--dry-run", action="store_true", help="say what would be done")
    add("handoffs", _handoffs, "list the conversations that wait for a person")
    chat = add("chat", _chat, "talk to a running assistant in the terminal")
    chat.add_argument("--creditor", help="slug of the creditor")
    chat.add_argument("--url", help="address of the assistant; default PUBLIC_URL")
    parse = add("parse", _parse, "read lines on standard input, print how each is understood")
    parse.add_argument("--today", help="ISO date, default today")
    parse.add_argument("--time-zone", default="UTC", help="IANA name")
    parse.add_argument("--currency", default="USD", help="ISO 4217 code")
    parse.add_argument("--pending", help="what the bot asked last")
    evaluate = add("evaluate", _evaluate, "how well people are understood")
    evaluate.add_argument("--data", type=Path, default=settings.ROOT / "tests" / "nlu" / "data")
    evaluate.add_argument("--json", type=Path, help="write the figures to this file")
    evaluate.add_argument("--picture", type=Path, help="write the confusions to this SVG file")
    log = add("audit", _audit, "check the audit log, anchor it, or replay its decisions")
    log.add_argument("what", choices=["verify", "anchor", "replay"])
    log.add_argument("--anchors", type=Path, help="file with the lines of earlier anchors")
    return parser


# --- Commands ---------------------------------------------------------------------------------


def _up(options: argparse.Namespace, loaded: Settings) -> int:
    from bot.desk import demo
    from bot.desk.process import DeskProcess
    from bot.server import app, logs

    logs.configure(loaded.log_level)
    known = _known(loaded)
    with _database(loaded) as database:
        _say("Bringing the database up to date")
        schema.upgrade(database)
        if not loaded.production and _is_empty(database):
            _say("Loading the demo accounts")
            imports.demo(database, known, clock.today("UTC"))
        model = _trained(loaded)
        _say("Starting the assistant")
        assistant = app.build(loaded, database, known, model)
        agent = None if loaded.production else demo.agent(database, loaded.data_dir)
        _welcome(loaded, agent)
        with DeskProcess():
            app.serve(assistant)
    return 0


def _desk(options: argparse.Namespace, loaded: Settings) -> int:
    from bot.desk import app, process
    from bot.server import logs

    logs.configure(loaded.log_level)
    process.end_with_parent()
    with _database(loaded) as database:
        app.serve(loaded, database, creditors.load(loaded.creditors_file))
    return 0


def _agent(options: argparse.Namespace, loaded: Settings) -> int:
    from bot.desk import agents

    known = creditors.load(loaded.creditors_file)
    for slug in options.creditor or ():
        if slug not in known:
            return _complain(f"{slug} is no creditor; known are {', '.join(known)}")
    password = (
        getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    )
    with _database(loaded) as database:
        schema.upgrade(database)
        with database.write() as connection:
            added = agents.add(
                connection,
                email=options.email,
                first_name=options.first_name,
                password=password,
                role=options.role,
                creditors=options.creditor,
            )
    _say(f"{added.first_name} may sign in at {loaded.desk_url} as {added.email} ({added.role})")
    return 0


def _migrate(options: argparse.Namespace, loaded: Settings) -> int:
    with _database(loaded) as database:
        schema.upgrade(database)
    _say("The database is up to date")
    return 0


def _demo(options: argparse.Namespace, loaded: Settings) -> int:
    if loaded.production:
        return _complain("the demo accounts are not loaded in production")
    known = _known(loaded)
    with _database(loaded) as database:
        schema.upgrade(database)
        _report(imports.demo(database, known, clock.today("UTC")))
    return 0


def _train(options: argparse.Namespace, loaded: Settings) -> int:
    _trained(loaded, force=options.force)
    return 0


def _import_accounts(options: argparse.Namespace, loaded: Settings) -> int:
    known = _known(loaded)
    with _database(loaded) as database:
        schema.upgrade(database)
        _report(
            imports.import_accounts(
                database, options.file, creditors=known, entries_path=options.entries
            )
        )
    return 0


def _import_entries(options: argparse.Namespace, loaded: Settings) -> int:
    with _database(loaded) as database:
        schema.upgrade(database)
        _report(imports.import_entries(database, options.file))
    return 0


def _export(options: argparse.Namespace, loaded: Settings) -> int:
    with _database(loaded) as database, database.read() as connection:
        account = exports.account_as_json(connection, options.reference, options.creditor)
        account["conversations"] = transcripts.of_account(
            connection, options.reference, options.creditor
        )
        person = reach.find(connection, options.reference, options.creditor)
        account["records"] = access.everything(connection, person)
    print(json.dumps(account, indent=2, ensure_ascii=False))
    return 0


def _forget(options: argparse.Namespace, loaded: Settings) -> int:
    known = _known(loaded)
    with _database(loaded) as database:
        with database.write() as connection:
            person = reach.with_claims(
                connection, reach.find(connection, options.reference, options.creditor)
            )
            until = forgetting.kept(connection, person, retention.years(known, person.creditor))
            rows = forgetting.preview(connection, person)
            if not options.dry_run:
                forgetting.forget(connection, person, until, despite=options.despite_retention)
        if not options.dry_run:
            database.compact()
    _say(f"The person of {options.reference}, with {len(person.accounts)} accounts:")
    _say(f"  kept until {until.until.isoformat()}, for activity on {until.last.isoformat()}")
    for table, count in rows.items():
        _say(f"  {'would blank' if options.dry_run else 'blanked'} {count} in {table}")
    return 0


def _retain(options: argparse.Namespace, loaded: Settings) -> int:
    known = _known(loaded)
    with _database(loaded) as database:
        with database.write() as connection:
            swept = retention.sweep(connection, known, dry_run=options.dry_run)
        if swept.rows and not options.dry_run:
            database.compact()
    would = "Would forget" if options.dry_run else "Forgot"
    _say(f"{would} {swept.people} people and {swept.visitors} visitors")
    for table, count in swept.rows.items():
        _say(f"  {count} in {table}")
    return 0


def _handoffs(options: argparse.Namespace, loaded: Settings) -> int:
    with _database(loaded) as database, database.read() as connection:
        waiting = handoffs.waiting(connection)
    for line in waiting:
        print(line)
    _say(f"{len(waiting)} waiting")
    return 0


def _chat(options: argparse.Namespace, loaded: Settings) -> int:
    from bot.channels import terminal

    return terminal.talk(options.url or loaded.public_url, options.creditor)


def _parse(options: argparse.Namespace, loaded: Settings) -> int:
    today = options.today or clock.today(options.time_zone).isoformat()
    date.fromisoformat(today)
    for line in pipeline.parse_lines(
        _understanding(loaded),
        sys.stdin,
        today=today,
        time_zone=options.time_zone,
        currency=options.currency,
        pending=options.pending,
    ):
        print(line, flush=True)
    return 0


def _evaluate(options: argparse.Namespace, loaded: Settings) -> int:
    figures = evaluation.evaluate(_understanding(loaded), options.data)
    print(figures.as_text())
    if options.json:
        options.json.write_text(json.dumps(figures.as_json(), indent=2) + "\n", encoding="utf-8")
    if options.picture:
        options.picture.write_text(figures.as_svg(), encoding="utf-8")
    return 0


def _audit(options: argparse.Namespace, loaded: Settings) -> int:
    if options.what == "replay":
        return _replay(loaded)
    lines = options.anchors.read_text(encoding="utf-8").splitlines() if options.anchors else []
    kept = [audit.Anchor.from_json(line) for line in lines if line.strip()]
    with _database(loaded) as database, database.read() as connection:
        if options.what == "anchor":
            print(audit.anchor(connection).as_json())
            return 0
        broken = audit.verify(connection)
        lost = [anchor for anchor in kept if not audit.holds_to(connection, anchor)]
    for place in broken:
        print(f"{place.subject} row {place.position}: {place.reason}")
    for anchor in lost:
        print(f"the log is not what it was before {anchor.before.isoformat()}")
    if broken or lost:
        return _complain(
            f"the audit log is not whole: {len(broken) + len(lost)} findings, see above"
        )
    _say("The audit log is whole")
    return 0


def _replay(loaded: Settings) -> int:
    with _database(loaded) as database, database.read() as connection:
        replayed = replay.replay(connection)
    for objection in replayed.objections:
        print(objection)
    _say(
        f"{replayed.decisions} decisions made again; {len(replayed.objections)} messages that were "
        f"sent would be refused today; of those refused then, {replayed.still_refused} still are "
        f"and {replayed.now_allowed} would be sent; {replayed.unread} had words that are not kept"
    )
    return 1 if replayed.objections else 0


# --- What they share --------------------------------------------------------------------------


def _known(loaded: Settings) -> Creditors:
    """The creditors of the settings, each checked against its policy pack."""
    known = creditors.load(loaded.creditors_file)
    for creditor in known.values():
        packs.of(creditor)
    return known


@contextmanager
def _database(loaded: Settings) -> Iterator[Database]:
    """The database of the settings, closed in the end."""
    database = Database(loaded.database_url)
    try:
        yield database
    finally:
        database.close()


def _understanding(loaded: Settings) -> Pipeline:
    from bot.server import logs
    from bot.server.runner import InOrder

    logs.quieten()
    return pipeline.load_pipeline(_trained(loaded, quiet=True), InOrder)


def _trained(loaded: Settings, *, force: bool = False, quiet: bool = False) -> Path:
    from bot.server import training

    if force or not training.is_current(loaded.model_dir):
        say = partial(print, file=sys.stderr, flush=True)
        say("Training the model (about a minute, once)")
        training.train(loaded.model_dir, say=say)
    elif not quiet:
        _say("The model is up to date")
    return training.model_path(loaded.model_dir)


def _is_empty(database: Database) -> bool:
    with database.read() as connection:
        count = connection.execute(select(func.count()).select_from(tables.account)).scalar_one()
    return int(count) == 0


def _report(report: Report) -> None:
    _say(
        f"{report.accounts_added} accounts and {report.entries_added} entries added; "
        f"{report.accounts_unchanged} accounts and {report.entries_unchanged} entries were there"
    )


def _welcome(loaded: Settings, agent: tuple[str, str] | None) -> None:
    lines = [
        f"The assistant listens on {loaded.public_url}",
        f"The agents' desk listens on {loaded.desk_url}",
    ]
    if agent is not None:
        lines.append(f"Sign in there as {agent[0]}, password {agent[1]}")
    if not loaded.production:
        lines += [
            f"Open {loaded.public_url}/webhooks/chat/demo in a browser, or run: python -m bot chat",
            "Three people to be (reference, date of birth, postal code):",
            *_demo_people(),
        ]
    for line in lines:
        _say(line)


def _demo_people() -> list[str]:
    """The first person of each demo creditor."""
    with (imports.DEMO / "accounts.csv").open(encoding="utf-8", newline="") as file:
        first = {row["creditor"]: row for row in reversed(list(csv.DictReader(file)))}
    return [
        f"  {row['reference']}, born {row['birth_date']}, {row['postal_code']}"
        f"  ({row['first_name']} {row['last_name']}, {slug})"
        for slug, row in reversed(first.items())
    ]


def _say(text: str) -> None:
    print(text, flush=True)


def _complain(text: str) -> int:
    print(f"error: {text}", file=sys.stderr)
    return 1
