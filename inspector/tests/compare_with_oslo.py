#!/usr/bin/env python3
"""Compares the inspector with the code that Glance itself runs, on every fixture and on thousands of mutations of them.

Optional: the Rust tests need none of it. Set up and run, in the repository's root:

    python3 -m venv /tmp/oslo && /tmp/oslo/bin/pip install oslo.utils==10.0.1
    /tmp/oslo/bin/pip download --no-deps --no-binary :all: -d /tmp/oslo glance==32.0.0 && tar xzf /tmp/oslo/glance-32.0.0.tar.gz -C /tmp/oslo
    cargo build -p sextant-inspector --example decide
    /tmp/oslo/bin/python inspector/tests/compare_with_oslo.py --glance /tmp/oslo/glance-32.0.0/glance/location.py --count 5000

These versions are of the 2026.1 release; newer ones (oslo.utils then needs the package cryptography too) are told apart in README.md.

It takes `ImageProxy.set_data` out of Glance's source as it stands, feeds it the file in chunks of 64 KiB as the file store
does, and compares the outcome, the virtual size and the failing safety checks for each declared format: for every fixture under all of
an operator's rules, for each mutation under one of them.
"""

import argparse
import ast
import logging
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import types

from oslo_utils.imageutils import format_inspector

HERE = pathlib.Path(__file__).parent
DECLARED = ["raw", "qcow2", "vhd", "vhdx", "vmdk", "vdi", "iso", "gpt", "luks", "qed", "ami", "aki", "ploop"]
# Of Glance's section [image_format], by the words that `examples/decide.rs` takes: require_image_format_match, and
# gpt_safety_checks_nonfatal. Without a word as Glance 32 is installed.
RULES = {"": (True, ["mbr"]), " strict": (True, []), " lax": (False, ["mbr"]), " strict lax": (False, [])}
CHUNK = 64 * 1024
# Values that parsers trip over, and places where headers keep something.
SMALL = [0, 1, 2, 3, 4, 7, 8, 0x10, 0x20, 0x7F, 0x80, 0xEE, 0xF8, 0xFF]
MARKS = [b"QFI\xfb\0\0\0\x03", b"KDMV\x01\0\0\0", b"conectix", b"vhdxfile", b"QED\0", b"LUKS\xba\xbe\0\x01",
         b"\x7f\x10\xda\xbe", b"CD001", b"NSR02", b"\x55\xaa", b'createType="', b'"', b"\n", b" ", b"/", b"=",
         b"rw ", b"ddb", b"#", b"\0", b"\xc3\xa9", b"\xff" * 8, b"\0" * 8, b"regi", b"metadata"]
PLACES = [0, 4, 8, 12, 24, 28, 36, 40, 56, 0x40, 72, 79, 104, 0x170, 446, 450, 454, 462, 466, 470, 510, 512, 520, 600,
          0x8000, 0x8001, 0x8050, 0x8080, 0x30000, 0x30008, 0x30010, 0x30020, 0x30030, 0x30040]
CUTS = [0, 1, 4, 8, 63, 64, 100, 511, 512, 513, 591, 592, 1024, 1536, 2048, 4096, 4608, 0x87FF, 0x8800, 0x10000, 0x10001,
        0x3FFFF, 0x40000, 0x40001, 0x50000]


class Rejected(Exception):
    pass


def load_set_data(path):
    """Glance's own `set_data`, with stand-ins for what has nothing to do with formats."""
    tree = ast.parse(pathlib.Path(path).read_text())
    wanted = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "set_data"]
    function = next(node for node in wanted if "InspectWrapper" in ast.unparse(node))
    failures = []

    class Recorded(format_inspector.SafetyCheckFailed):
        pass

    settings = types.SimpleNamespace()
    names = {
        "format_inspector": format_inspector,
        "signature_utils": types.SimpleNamespace(should_create_verifier=lambda properties: False),
        "exception": types.SimpleNamespace(InvalidImageData=Rejected),
        "CONF": types.SimpleNamespace(image_format=settings),
        "LOG": logging.getLogger("glance"),
        "_": str, "_LE": str, "_LI": str, "_LW": str,
    }
    exec(compile(ast.Module([function], []), str(path), "exec"), names)

    original = format_inspector.SafetyCheckFailed.__init__

    def record(self, failed):
        failures[:] = list(failed)
        original(self, failed)

    format_inspector.SafetyCheckFailed.__init__ = record
    return names["set_data"], failures, settings


def kind_of(message):
    for start, kind in {"Image disk_format": "mismatch", "Multiple formats": "multiple", "Incomplete file": "incomplete",
                        "Image failed safety": "unsafe", "Image format inspection failed": "unreadable"}.items():
        if message.startswith(start):
            return kind
    return f"unknown ({message})"


def upload(data, *_):
    while data.read(CHUNK):
        pass


def decide(glance, path, declared, rules):
    set_data, failures, settings = glance
    failures.clear()
    settings.require_image_format_match, settings.gpt_safety_checks_nonfatal = RULES[rules]
    image = types.SimpleNamespace(
        extra_properties={}, container_format="bare", disk_format=declared, status="saving", virtual_size=0)
    proxy = types.SimpleNamespace(image=image, _upload_to_store=upload)
    try:
        set_data(proxy, open(path, "rb"))
    except Rejected as error:
        kind = kind_of(str(error))
        return f"{kind}::{','.join(failures) if kind == 'unsafe' else ''}"
    # What doesn't fit an unsigned 64-bit number has no meaning as a size.
    size = image.virtual_size if 0 <= image.virtual_size < 1 << 64 else 0
    return f"accept:{size}:"


def load(path):
    lines = path.read_text().splitlines()
    size = int(lines[0].removeprefix("size "))
    rows = []
    for at, row in (line.split(" ") for line in lines[1:]):
        digits, _, times = row.partition("*")
        rows.append((int(at, 16), bytes.fromhex(digits) * int(times or 1)))
    return size, rows


def mutate(rng, bases):
    size, rows = rng.choice(bases)
    rows = list(rows)
    if rng.random() < 0.3:
        # Two headers in one file.
        rows += rng.choice(bases)[1]
    for _ in range(rng.choice([0, 1, 1, 2, 3, 8])):
        place = rng.choice(PLACES) if rng.random() < 0.6 else rng.randrange(700)
        if rows and rng.random() < 0.3:
            at, row = rng.choice(rows)
            place = at + rng.randrange(len(row) + 1)
        value = rng.choice([
            rng.choice(MARKS), bytes([rng.choice(SMALL)]), bytes([rng.randrange(256)]), rng.randbytes(rng.choice([1, 2, 4, 8])),
            rng.choice(SMALL).to_bytes(4, "little"), rng.choice(SMALL).to_bytes(8, "big"),
            (rng.randrange(80) * 4096 + rng.choice([0, 0, 1, -1 % 512])).to_bytes(8, "little")])
        rows.append((place, value))
    if rng.random() < 0.3:
        size = rng.choice(CUTS + [size - 1, size // 2, size + 1, size + CHUNK])
    return max(size, 0), rows


def write(path, size, rows):
    with open(path, "wb") as file:
        for at, row in rows:
            file.seek(at)
            file.write(row)
        file.truncate(size)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--glance", required=True, help="path of Glance's location.py")
    options.add_argument("--count", type=int, default=2000, help="how many mutations")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--decide", default="target/debug/examples/decide")
    options.add_argument("--keep", type=pathlib.Path, help="folder for the images that make a difference")
    options = options.parse_args()
    logging.disable(logging.CRITICAL)
    glance = load_set_data(options.glance)
    rng = random.Random(options.seed)
    fixtures = {path.stem: load(path) for path in sorted(HERE.glob("fixtures/**/*.hex"))}
    # Sparse files may be as large as they like, but Python reads all of it.
    fixtures = {name: base for name, base in fixtures.items() if base[0] < 1 << 30}
    bases = [base for base in fixtures.values() if base[0] <= 16 << 20]
    images = [(name, image, list(RULES)) for name, image in fixtures.items()]
    for number in range(options.count):
        images.append((f"mutation {number}", mutate(rng, bases), [list(RULES)[number % len(RULES)]]))
    compared, wrong, kinds = 0, 0, {}
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "image")
        ours = subprocess.Popen([options.decide], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        for name, (size, rows), rules in images:
            write(path, size, rows)
            cases = [(declared, each) for each in rules for declared in DECLARED]
            theirs = [decide(glance, path, *case) for case in cases]
            ours.stdin.write("\t".join([str(path), *("".join(case) for case in cases)]) + "\n")
            ours.stdin.flush()
            answer = ours.stdout.readline().rstrip("\n").split("\t")
            for case, mine, true in zip(cases, answer, theirs, strict=True):
                compared += 1
                kind = f"{true.split(':')[0]}{case[1]}"
                kinds[kind] = kinds.get(kind, 0) + 1
                if mine != true:
                    wrong += 1
                    if options.keep:
                        shutil.copy(path, options.keep / name.replace(" ", "-"))
                    print(f"{name} as {''.join(case)}: {mine}, but Glance: {true}")
            if wrong > 40:
                print("… and more")
                break
        ours.stdin.close()
        ours.wait()
    print(f"{len(images)} images, {compared} decisions, {wrong} differences; Glance's: {kinds}")
    return wrong > 0


if __name__ == "__main__":
    sys.exit(main())
