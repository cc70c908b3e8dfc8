#!/usr/bin/env bash
# gin-config 0.5.0: a binding whose value is infinite is in force, but missing in
# `gin.config_str()` and `gin.operative_config_str()`.
#
# `1e400` is a literal of Python, and Gin accepts it: the function gets `inf`. Gin writes
# only values that it can read back, decides by `repr`, and "inf" is no literal. The
# whole binding is left out, without a word, also where infinity is one number of a
# tuple. A file that is written from `config_str()` and read again therefore has the
# default of that parameter. (Writing `1e999` in place of `inf` would be read back.)
#
# Output seen:
#   called with: (inf, 2, (1.0, inf))
#   written: ['f.y = 2']
#   read again: (0.0, 2, ())
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet gin-config==0.5.0
cat > "$folder/program.py" <<'PROGRAM'
import gin


@gin.configurable
def f(x=0.0, y=1, z=()):
    return x, y, z


gin.parse_config("f.x = 1e400\nf.y = 2\nf.z = (1.0, 1e400)")
print("called with:", f())
written = gin.config_str()
assert written == gin.operative_config_str()
print("written:", [line for line in written.splitlines() if line.startswith("f.")])
gin.clear_config()
gin.parse_config(written)
print("read again:", f())
PROGRAM
"$folder/venv/bin/python" "$folder/program.py" | tee "$folder/output"
diff "$folder/output" - <<'EXPECTED'
called with: (inf, 2, (1.0, inf))
written: ['f.y = 2']
read again: (0.0, 2, ())
EXPECTED
