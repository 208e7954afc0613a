"""The ledger: debtors, accounts, entries, holds and plans, and the rules of money.

Functions take an open `Connection` first and never commit. Those that change a plan need a
writing transaction (`Database.write`), for they lock the account while they decide.
"""
