"""Tables in Markdown."""


def print_table(header, rows):
    """Prints lists of cells as a table in Markdown."""
    print("\n" + _line(header) + "\n" + _line(["---"] * len(header)))
    for row in rows:
        print(_line(row))


def _line(cells):
    return "| " + " | ".join(map(str, cells)) + " |"
