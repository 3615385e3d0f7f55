"""New databases for the changes' tests are copies of one."""

from tests.store.new_databases import migrated_once

__all__ = ["migrated_once"]
