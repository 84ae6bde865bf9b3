"""Run by alembic. The caller hands over the open connection, inside its own transaction."""

from alembic import context

from kios_desktop.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
