"""``derive``: the derivation ledger, checked step by step and printed."""

import argparse

from linreg_compress.cli.output import columns, fill, print_json


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this verb's options."""
    parser.add_argument("names", nargs="*", metavar="NAME", help="derivations to print (default: all)")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--list", action="store_true", help="print the names and titles alone")
    what.add_argument("--graph", action="store_true", help="print which result rests on which")
    parser.add_argument(
        "--format", choices=("text", "latex", "markdown", "json"), default="text", help="text to read (default)"
    )


def run(options: argparse.Namespace) -> int:
    """Verify and print; 1 if anything is refuted."""
    from linreg_compress.derivations import printing
    from linreg_compress.derivations.graph import graph
    from linreg_compress.derivations.ledger import Verdict, verify
    from linreg_compress.derivations.registry import find_derivations
    from linreg_compress.derivations.terminal import as_text

    derivations = find_derivations(options.names)
    if options.list:
        wide = max(len(derivation.name) for derivation in derivations) + 2
        for derivation in derivations:
            print(fill(f"{derivation.name:<{wide}}{derivation.title}", hanging=" " * wide))
        return 0
    if options.graph:
        print(graph(options.names, width=columns()), end="")
        return 0
    verified = [verify(derivation) for derivation in derivations]
    if options.format == "json":
        print_json({"derivations": [printing.as_record(each) for each in verified]})
    elif options.format == "latex":
        print(printing.latex_document([printing.as_latex(each) for each in verified]), end="")
    elif options.format == "markdown":
        print(printing.ledger_markdown(verified), end="")
    else:
        print("\n".join(as_text(each, columns()) for each in verified))
        print(fill(printing.summary(verified)))
    return int(any(each.verdict is Verdict.REFUTED for each in verified))
