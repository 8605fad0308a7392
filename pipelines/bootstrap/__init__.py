"""The first day of a real account: what has to be there before a stack can be, looked at first, then made.

The account that owns the states gets their bucket and key; every account gets a deploy role with a permissions
boundary. The identity provider and the roles that workflows take are part of the tooling stack, where a change of
them is reviewed.
"""

from pipelines.bootstrap.account import Account, Wanted, apply, plan

__all__ = ["Account", "Wanted", "apply", "plan"]
