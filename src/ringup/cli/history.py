"""`ringup history`: list the revisions of the site."""

from dataclasses import asdict

import click

from ringup.cli.options import database_option, json_option


@click.command(
    epilog="""\b
Examples:
  ringup history
  ringup history --limit 5 --json"""
)
@click.option(
    "--limit", type=click.IntRange(1), default=20, show_default=True, help="Show at most this many revisions."
)
@json_option
@database_option
def history(limit: int, as_json: bool, database: str) -> None:
    """List the revisions of the site, newest first."""
    from ringup.change.stored_site import opened
    from ringup.cli.printing import local_time, print_json, print_table
    from ringup.site.difference import Changes
    from ringup.store.revisions import revisions

    with opened(database) as engine:
        found = [
            (revision, Changes(revision.before, revision.after)) for revision in revisions(engine, limit)
        ]
    if as_json:
        print_json(
            {
                "revisions": [
                    {
                        "id": revision.id,
                        "at": revision.at,
                        "author": revision.author,
                        "summary": revision.summary,
                        "changes": [asdict(change) for change in made],
                    }
                    for revision, made in found
                ]
            }
        )
    elif not found:
        click.echo("No revisions yet. The first change makes one: ringup init")
    else:
        print_table(
            ("revision", "when", "who", "what", "records"),
            [
                (str(revision.id), local_time(revision.at), revision.author, revision.summary, str(len(made)))
                for revision, made in found
            ],
        )
