"""Tables as csv files."""

import csv
import io

from keras_s3gan.files.atomic import atomic_write


def write_table(path, columns, rows):
    """Writes a csv file, replaced as a whole.

    Args:
        path: str or `Path`.
        columns: list of str, the headings.
        rows: iterable of dicts; a column that one does not have stays empty.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    with atomic_write(path) as file:
        file.write(text.getvalue().encode())
