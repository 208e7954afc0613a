"""Records about a person: the ends of the audit chains, and what `forget` may blank.

Rows that tell what happened stay as they are, save that the words and names in them may be
blanked, once and for good.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_chain",
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_audit_chain")),
    )
    op.execute(
        "INSERT INTO audit_chain (subject, length, head)"
        " SELECT e.subject, e.position, e.hash FROM audit_event e WHERE e.position ="
        " (SELECT max(o.position) FROM audit_event o WHERE o.subject = e.subject)"
    )
    _chains_only_grow()


def downgrade() -> None:
    op.drop_table("audit_chain")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_shorter_chain()")


def _chains_only_grow() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER audit_chain_refuses_delete BEFORE DELETE ON audit_chain"
            " BEGIN SELECT RAISE(ABORT, 'audit_chain only ever grows'); END"
        )
        op.execute(
            "CREATE TRIGGER audit_chain_refuses_update BEFORE UPDATE ON audit_chain"
            " WHEN NEW.subject <> OLD.subject OR NEW.length <> OLD.length + 1"
            " BEGIN SELECT RAISE(ABORT, 'audit_chain only ever grows'); END"
        )
        return
    op.execute(
        """
        CREATE FUNCTION refuse_shorter_chain() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'audit_chain only ever grows'
                USING ERRCODE = 'integrity_constraint_violation';
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER audit_chain_refuses_removal BEFORE DELETE OR TRUNCATE ON audit_chain"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_shorter_chain()"
    )
    op.execute(
        "CREATE TRIGGER audit_chain_refuses_update BEFORE UPDATE ON audit_chain FOR EACH ROW"
        " WHEN (NEW.subject <> OLD.subject OR NEW.length <> OLD.length + 1)"
        " EXECUTE FUNCTION refuse_shorter_chain()"
    )
