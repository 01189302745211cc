"""What mkdocs does not do by itself when it builds the site (`make site`): see mkdocs.yml.

Pages that lie outside docs/ or are made of registries are added; links between files become links between pages; equations become
MathML; an entry of the navigation that ends with `*` stands for all pages of its folder.
"""

from __future__ import annotations

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from pages import ROOT
from site_equations import FENCE, as_mathml
from site_links import documents, page_of, pictures, text_of, with_links_of_the_site
from site_notebooks import notebook_pages
from site_reference import PAGES

MADE_IN = "docs/"  # where a page that is made would lie
# Of what a search finds.
FIRST = ("model.md", *(f"reference/{name}.md" for name in ("levers", "outcomes", "parameters", "parks")))


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    config.nav = [expanded(entry) for entry in config.nav or []]
    fences = config.mdx_configs.setdefault("pymdownx.superfences", {}).setdefault("custom_fences", [])
    fences.append({"name": FENCE, "class": "equation", "format": as_mathml})
    return config


def expanded(entry):
    """An entry of the navigation with every `folder/*` replaced by the pages of the folder that are not its first."""
    if isinstance(entry, dict):
        return {title: expanded(below) for title, below in entry.items()}
    if not isinstance(entry, list):
        return entry
    return [page for one in entry for page in (pages_of(one) if is_folder(one) else [expanded(one)])]


def is_folder(entry) -> bool:
    return isinstance(entry, str) and entry.endswith("/*")


def pages_of(entry: str) -> list[str]:
    """Pages in a folder of the site: documents of docs/ and those added from elsewhere."""
    folder = entry.removesuffix("*")
    ours = [str(file.relative_to(ROOT)) for file in sorted((ROOT / "docs" / folder).glob("*.md"))]
    found = [str(page_of(file)) for file in [*ours, *documents()]]
    return [page for page in found if page.startswith(folder) and page.split("/")[-1] not in ("README.md", "index.md")]


def on_files(files: Files, config: MkDocsConfig) -> Files:
    def add(name: str, content: str | bytes) -> None:
        files.append(File.generated(config, name, content=content))

    for document in documents():
        add(str(page_of(document)), with_links_of_the_site(text_of(document), document))
    for picture in pictures():
        files.append(File.generated(config, str(page_of(picture)), abs_src_path=str(ROOT / picture)))
    for name, page in PAGES.items():
        add(name, with_links_of_the_site(page(), MADE_IN + name))
    for notebook in notebook_pages(execute=config.extra["run_notebooks"]):
        add(f"notebooks/{notebook.name}.md", notebook.text)
        for name, picture in notebook.pictures.items():
            add(f"notebooks/{name}", picture)
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Links of documents in docs/; what was added has those of the site already."""
    if page.file.src_uri in FIRST:
        page.meta["search"] = {"boost": 8}
    return markdown if page.file.generated_by else with_links_of_the_site(markdown, f"docs/{page.file.src_uri}")
