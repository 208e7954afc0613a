"""What `forget` may blank in rows that are otherwise only added to: words, never what happened.

A message's words, choices and cards; an entry's memo and its number at the bank; the evidence of a
plan's change. Each may be emptied, once and for good, and nothing else of the row may change.
"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MESSAGE_FIXED = (
    *("id", "conversation_id", "sequence", "author", "author_name", "at", "text_hash"),
    *("response", "external_id", "in_reply_to", "answer_index"),
)
MESSAGE_BLANKED = ("choices", "card", "reading")
MESSAGE_FIXED_BEFORE = (*MESSAGE_FIXED, *MESSAGE_BLANKED)

ENTRY_FIXED = ("id", "account_id", "posted_on", "kind", "amount", "recorded_at")
ENTRY_KEEPS = (
    "(NEW.memo <> '' AND NEW.memo <> OLD.memo) OR"
    " (NEW.external_id <> 'forgotten:' || OLD.id AND NEW.external_id <> OLD.external_id)"
)

CHANGE_FIXED = ("id", "plan_id", "kind", "sequence", "key", "changed_at")


def upgrade() -> None:
    message = " OR ".join(
        f"(NEW.{name} IS NOT NULL AND {_differs(name)})" for name in MESSAGE_BLANKED
    )
    evidence = "NEW.evidence <> '{}'" if _sqlite() else "NEW.evidence::text <> '{}'"
    if not _sqlite():
        op.execute(
            """
            CREATE FUNCTION refuse_other_words() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'words of % may only be blanked', TG_TABLE_NAME
                    USING ERRCODE = 'integrity_constraint_violation';
            END $$
            """
        )
    _drop("message", "change")
    _fix("message", MESSAGE_FIXED)
    _watch("message", MESSAGE_BLANKED, message)
    for table, fixed, watched, wrong in (
        ("entry", ENTRY_FIXED, ("memo", "external_id"), ENTRY_KEEPS),
        ("plan_change", CHANGE_FIXED, ("evidence",), evidence),
    ):
        _drop(table, "update" if _sqlite() else "change")
        _fix(table, fixed)
        _watch(table, watched, wrong)


def downgrade() -> None:
    for table in ("message", "entry", "plan_change"):
        _drop(table, "change")
        _drop(table, "words")
    if not _sqlite():
        op.execute("DROP FUNCTION refuse_other_words()")
    _fix("message", MESSAGE_FIXED_BEFORE)
    for table in ("entry", "plan_change"):
        if _sqlite():
            op.execute(
                f"CREATE TRIGGER {table}_refuses_update BEFORE UPDATE ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} is only ever added to'); END"
            )
        else:
            op.execute(
                f"CREATE TRIGGER {table}_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE"
                f" ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )


def _sqlite() -> bool:
    return bool(op.get_bind().dialect.name == "sqlite")


def _differs(name: str) -> str:
    if _sqlite():
        return f"NEW.{name} IS NOT OLD.{name}"
    return f"NEW.{name}::text IS DISTINCT FROM OLD.{name}::text"


def _drop(table: str, what: str) -> None:
    op.execute(f"DROP TRIGGER {table}_refuses_{what}" + ("" if _sqlite() else f" ON {table}"))


def _fix(table: str, columns: tuple[str, ...]) -> None:
    """These columns never change, and no row goes away."""
    listed = ", ".join(columns)
    if _sqlite():
        # A trigger of its own refuses that a row is removed; it stands already.
        op.execute(
            f"CREATE TRIGGER {table}_refuses_change BEFORE UPDATE OF {listed} ON {table}"
            f" BEGIN SELECT RAISE(ABORT, '{table} is only ever added to'); END"
        )
        return
    op.execute(
        f"CREATE TRIGGER {table}_refuses_change BEFORE UPDATE OF {listed} OR DELETE OR TRUNCATE"
        f" ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _watch(table: str, columns: tuple[str, ...], wrong: str) -> None:
    """These columns may be blanked and not changed otherwise."""
    listed = ", ".join(columns)
    if _sqlite():
        op.execute(
            f"CREATE TRIGGER {table}_refuses_words BEFORE UPDATE OF {listed} ON {table}"
            f" WHEN {wrong} BEGIN SELECT RAISE(ABORT, 'words of {table} may only be blanked'); END"
        )
        return
    op.execute(
        f"CREATE TRIGGER {table}_refuses_words BEFORE UPDATE OF {listed} ON {table} FOR EACH ROW"
        f" WHEN ({wrong}) EXECUTE FUNCTION refuse_other_words()"
    )
