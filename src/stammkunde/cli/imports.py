"""`stammkunde import`: files into the database, with or without a server and a worker."""

import logging
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import click

from stammkunde import cli

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

    from stammkunde.intake.asking import Question
    from stammkunde.intake.models import Import
    from stammkunde.intake.sums import Sheet

ALL_IMPORTED, SOME_REFUSED, NOTHING_IMPORTED = 0, 1, 2
PROBLEMS_SHOWN = 10


def _pairs(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """Read `key=value` options."""
    strange = [value for value in values if "=" not in value]
    if strange:
        raise click.BadParameter(f"'{strange[0]}' is not of the form KEY=VALUE, for example date_order=dmy")
    return dict(value.split("=", 1) for value in values)


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mapping", help="Name of a saved mapping: which column means what.")
@click.option("--layout", help="Kind of file, if it is not to be recognised: customers, orders, flat, shopify …")
@click.option("--origin", help="Where the keys come from, such as 'shop'; keys of another origin are other keys.")
@click.option(
    "--option", "options", multiple=True, callback=_pairs, metavar="KEY=VALUE", help="Such as date_order=dmy."
)
@click.option("--dry-run", is_flag=True, help="Check and compare, and change nothing.")
@click.option("--refused", type=click.Path(dir_okay=False, path_type=Path), help="Write refused rows to this CSV file.")
def command(
    *,
    files: tuple[Path, ...],
    mapping: str | None,
    layout: str | None,
    origin: str | None,
    options: dict[str, str],
    dry_run: bool,
    refused: Path | None,
) -> None:
    """
    Import FILES: CSV, Excel, Parquet or JSON lines.

    Ends with 0 if all rows were imported, 1 if some were refused, 2 if nothing was imported.
    """
    cli.setup()
    from django.conf import settings  # noqa: PLC0415
    from django.utils import translation  # noqa: PLC0415

    from stammkunde.intake import together  # noqa: PLC0415

    cli.open_database()
    logging.getLogger("stammkunde").setLevel(logging.ERROR)
    given = _given(mapping, layout, {**options, **({"origin": origin} if origin else {})})
    with translation.override(settings.LANGUAGE_CODE):
        finished = [_finish(incoming, dry_run=dry_run) for incoming in _received(files, given)]
        if len(finished) > 1:
            _say_together(finished, dry_run=dry_run)
        if dry_run:
            together.let_go(finished)
        if refused:
            _write_refused(finished, refused)
    sys.exit(_exit_code(finished))


def _given(mapping: str | None, layout: str | None, options: dict[str, str]) -> dict[str, Any]:
    """Put together what is known about the files beforehand."""
    from django.utils.translation import gettext as _  # noqa: PLC0415

    from stammkunde.intake import layouts  # noqa: PLC0415
    from stammkunde.intake.models import Mapping  # noqa: PLC0415

    if mapping:
        saved = Mapping.objects.filter(name=mapping).first()
        if saved is None:
            known = ", ".join(Mapping.objects.values_list("name", flat=True)) or "-"
            text = _("There is no mapping “%(name)s”. There are: %(known)s")
            raise click.BadParameter(text % {"name": mapping, "known": known}, param_hint="--mapping")
        return {"layout": layout or saved.layout, "columns": saved.columns, "options": {**saved.options, **options}}
    names = [one.name for one in layouts.known()]
    if layout and layout not in names:
        text = _("There is no layout “%(name)s”. There are: %(known)s")
        raise click.BadParameter(text % {"name": layout, "known": ", ".join(names)}, param_hint="--layout")
    return {"layout": layout, "options": options}


def _received(files: tuple[Path, ...], given: dict[str, Any]) -> "list[Import]":
    from django.utils import timezone  # noqa: PLC0415

    from stammkunde.intake import services, together  # noqa: PLC0415

    key = services.new_key() if len(files) > 1 else ""
    return together.in_order(
        services.receive(now=timezone.now(), file_name=path.name, path=path, together=key, **given) for path in files
    )


def _finish(incoming: "Import", *, dry_run: bool) -> "Import":
    """Import one file while somebody may watch, and say what became of it."""
    from django.utils import timezone  # noqa: PLC0415

    from stammkunde.intake import services  # noqa: PLC0415
    from stammkunde.intake.models import Import  # noqa: PLC0415

    if incoming.status == Import.Status.UPLOADED:
        waits = bool(incoming.together)
        services.start(import_id=incoming.pk, now=timezone.now(), dry_run=dry_run, waits=waits)
        with _Watch(incoming.file_name) as watch:
            try:
                incoming = services.run(import_id=incoming.pk, now=timezone.now(), tell=watch)
            except KeyboardInterrupt:
                services.stop(import_id=incoming.pk, now=timezone.now())
                raise
    _say(incoming)
    return incoming


class _Watch:
    """A progress bar for each step of one import; nothing where nobody watches."""

    def __init__(self, label: str) -> None:
        self._label, self._step = label, ""
        self._bar: ProgressBar[int] | None = None

    def __call__(self, step: str, done: int, total: int) -> None:
        same = self._bar if step == self._step else None
        bar = self._next(step) if same is None else same
        bar.length = max(total, 1)
        bar.update(min(done, bar.length) - bar.pos)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: object) -> None:
        if self._bar is not None:
            self._bar.__exit__(None, None, None)

    def _next(self, step: str) -> "ProgressBar[int]":
        from stammkunde.intake import wording  # noqa: PLC0415

        self.__exit__()
        self._step = step
        label = f"{self._label}: {wording.step_label(step)}" if step else self._label
        self._bar = click.progressbar(length=1, label=label, file=sys.stderr, hidden=not _watched())
        return self._bar.__enter__()


def _watched() -> bool:
    return sys.stderr.isatty()


def _say(incoming: "Import") -> None:
    """Print the counts, and the first problems with their cures."""
    from django.utils.translation import gettext as _  # noqa: PLC0415

    from stammkunde.intake import report, sums  # noqa: PLC0415

    told = report.of(incoming)
    click.secho(f"{incoming.file_name}: {incoming.get_status_display()}", bold=True)
    questions = report.open_questions(incoming)
    if told.error:
        why = [_("Something about the file is open: answer with these options.")] if questions else told.error
        click.echo(f"  {' '.join([*why, report.standing(told)])}")
    for row in told.rows:
        click.echo(f"  {row.table}: {_counts(row)}")
    if told.counted and told.counted.aside:
        click.echo("  " + _("Rows set aside: %(n)s") % {"n": told.counted.aside})
    if sheet := sums.of(incoming):
        _say_sums(sheet)
    for question in questions:
        _say_question(question)
    for problem in told.problems[:PROBLEMS_SHOWN]:
        click.echo(f"  {_place(problem)}: {problem.reason} {problem.cure}".rstrip())
    if told.problem_count > PROBLEMS_SHOWN:
        click.echo(
            "  "
            + _("… and %(n)s more; --refused writes the refused rows to a file")
            % {"n": told.problem_count - PROBLEMS_SHOWN}
        )


def _say_together(finished: "list[Import]", *, dry_run: bool) -> None:
    """Print what became of all files, or would."""
    from django.utils.translation import gettext as _  # noqa: PLC0415

    from stammkunde.intake import report  # noqa: PLC0415

    click.secho(_("What would come of all of them") if dry_run else _("What came of all of them"), bold=True)
    for row in report.together(finished, tried=dry_run):
        click.echo(f"  {row.table}: {_counts(row)}")


def _say_sums(sheet: "Sheet") -> None:
    """Print the control totals."""
    from django.utils.translation import gettext as _  # noqa: PLC0415

    from stammkunde.ui import writing  # noqa: PLC0415

    click.echo("  " + _("Does that agree with your own report?"))
    for figure in sheet.figures:
        click.echo(f"    {figure.label}: {figure.text}")
    if sheet.known:
        click.echo("    " + _("Documents that were there already: %(n)s") % {"n": writing.number(sheet.known)})
    for part in sheet.months:
        text = _("%(month)s: documents: %(n)s, net: %(net)s")
        said = text % {"month": part.label, "n": writing.number(part.documents), "net": writing.money(part.net_cents)}
        if part.held is not None:
            there = {"n": writing.number(part.held), "net": writing.money(part.held_cents)}
            said += _(" (in the database: documents: %(n)s, net: %(net)s)") % there
        click.echo(f"    {said}")
    for part in sheet.aside:
        text = _("Not counted as sales: %(kind)s (rows: %(rows)s): %(net)s")
        net = writing.money(part.net_cents)
        click.echo("    " + text % {"kind": part.label, "rows": writing.number(part.rows), "net": net})


def _say_question(question: "Question") -> None:
    """Print what only a person knows, and the options that answer it."""
    from stammkunde.intake import wording  # noqa: PLC0415
    from stammkunde.ui import writing  # noqa: PLC0415

    click.secho(f"  {wording.question_text(question)}", bold=True)
    for answer in question.answers:
        total = "" if answer.cents is None else f" ({writing.money(answer.cents)})"
        option = shlex.quote(f"{question.option}={answer.value}")
        click.echo(f"    --option {option}: {wording.answer_text(question, answer)}{total}")
    if not question.answers:
        click.echo(f"    --option {shlex.quote(f'{question.option}=19')}")


def _counts(row: Any) -> str:
    from django.utils.translation import gettext as _  # noqa: PLC0415

    texts = (
        (row.created, _("%(n)s created")),
        (row.changed, _("%(n)s changed")),
        (row.unchanged, _("%(n)s unchanged")),
        (row.refused, _("%(n)s refused")),
    )
    return ", ".join(text % {"n": count} for count, text in texts)


def _place(problem: Any) -> str:
    from django.utils.translation import gettext as _  # noqa: PLC0415

    if not problem.row:
        return _("The file")
    if problem.column:
        return _("Row %(row)s, column “%(column)s”") % {"row": problem.row, "column": problem.column}
    return _("Row %(row)s") % {"row": problem.row}


def _write_refused(finished: "list[Import]", target: Path) -> None:
    """Write every file's refused rows; several files get a CSV file each, numbered."""
    from django.conf import settings  # noqa: PLC0415

    from stammkunde.intake import check, queries  # noqa: PLC0415

    folders = [queries.checked_dir(incoming) for incoming in finished if queries.refused(incoming)]
    for number, folder in enumerate(one for one in folders if one):
        path = target.with_stem(f"{target.stem}-{number + 1}") if number else target
        check.write_refused(folder, path, language=settings.LANGUAGE_CODE)
        click.echo(f"→ {path}")


def _exit_code(finished: "list[Import]") -> int:
    from stammkunde.intake import report  # noqa: PLC0415

    taken = [
        sum(counts[one] for counts in incoming.counts.values() for one in ("created", "changed", "unchanged"))
        for incoming in finished
        if incoming.status in {"done", "checked"} and not report.open_questions(incoming)
    ]
    if not any(taken):
        return NOTHING_IMPORTED
    if len(taken) < len(finished) or any(counts["refused"] for one in finished for counts in one.counts.values()):
        return SOME_REFUSED
    return ALL_IMPORTED
