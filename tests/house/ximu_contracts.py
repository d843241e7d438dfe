"""Architecture contract that import-linter lacks: a table belongs to its room."""
from importlinter import Contract, ContractCheck, fields, output


class OwnTables(Contract):
    """`a.b.models` may be imported only by modules inside `a.b`, and by listed exceptions."""

    root = fields.StringField()
    open_to_all = fields.SetField(subfield=fields.StringField(), required=False)

    def check(self, graph, verbose):
        open_rooms = set(self.open_to_all or ())
        trespasses = []
        for module in sorted(graph.modules):
            room, _, leaf = module.rpartition(".")
            if leaf != "models" or not module.startswith(f"{self.root}.") or room in open_rooms:
                continue
            for importer in sorted(graph.find_modules_that_directly_import(module)):
                if importer != room and not importer.startswith(f"{room}."):
                    trespasses.append((importer, module))
        return ContractCheck(kept=not trespasses, metadata={"trespasses": trespasses})

    def render_broken_contract(self, check):
        for importer, module in check.metadata["trespasses"]:
            output.print_error(f"{importer} reaches into {module}; ask its queries or services instead.")


class OnlyThrough(Contract):
    """Modules under `source` may import, from the storeys in `storeys`, only the packages in `allowed`.

    Unlike a list of forbidden modules it also covers rooms that are built later.
    """

    source = fields.StringField()
    storeys = fields.SetField(subfield=fields.StringField())
    allowed = fields.SetField(subfield=fields.StringField())

    def check(self, graph, verbose):
        trespasses = []
        for module in sorted(graph.modules):
            if module != self.source and not module.startswith(f"{self.source}."):
                continue
            for imported in sorted(graph.find_modules_directly_imported_by(module)):
                inside = any(imported.startswith(f"{storey}.") for storey in self.storeys)
                open_to_it = any(imported == room or imported.startswith(f"{room}.") for room in self.allowed)
                if inside and not open_to_it:
                    trespasses.append((module, imported))
        return ContractCheck(kept=not trespasses, metadata={"trespasses": trespasses})

    def render_broken_contract(self, check):
        for importer, imported in check.metadata["trespasses"]:
            output.print_error(f"{importer} imports {imported}; only {', '.join(sorted(self.allowed))} may be asked.")
