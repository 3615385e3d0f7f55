"""Run the migrations on the connection of `migrate.upgrade`, in the caller's transaction."""

from alembic import context

from ringup.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
