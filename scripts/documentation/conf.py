"""Settings of the site for Sphinx. Its sources are written anew each time, by `sources.py`."""

import re
import sys
import tomllib
from pathlib import Path

import linreg_compress

sys.path.insert(0, str(Path(__file__).parent))
signed = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]["authors"]

project = "linreg_compress"
version = release = linreg_compress.__version__
copyright = ", ".join(author["name"] for author in signed)  # noqa: A001 (Sphinx wants this name)
extensions = ["myst_parser", "numpydoc", "sphinx.ext.autodoc", "sphinx.ext.viewcode", "mathematics"]
root_doc = "index"
exclude_patterns = []
default_role = "code"  # a docstring writes `risks` as Markdown does

myst_enable_extensions = ["dollarmath"]
myst_fence_as_directive = ["math"]
myst_heading_anchors = 3

autodoc_typehints = "none"  # the docstring says what an argument is
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True}
numpydoc_show_class_members = False
viewcode_line_numbers = True

html_theme = "pydata_sphinx_theme"
html_title = "linreg_compress"
html_math_renderer = "mathml"
html_context = {"default_mode": "auto"}  # light or dark, as the system has it
html_css_files = ["site.css"]
html_static_path = ["site.css"]
html_extra_path = []
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "navbar_align": "left",
    "header_links_before_dropdown": 7,
    "footer_start": ["copyright"],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
html_sidebars = {"index": [], "changelog": []}


def bars_are_no_substitutions(app, what, name, obj, options, lines):
    """Escape the bars of norms and conditional laws in prose, which reStructuredText would take for names of its own."""
    for place, line in enumerate(lines):
        if not line.lstrip().startswith((">>>", "...")):
            lines[place] = "".join(
                part if part.startswith("`") else part.replace("|", r"\|") for part in re.split(r"(`+[^`]*`+)", line)
            )


def setup(app):
    app.connect("autodoc-process-docstring", bars_are_no_substitutions, priority=900)
