"""numba's compiler without the work that a year of ours has no use for: half of what the first start would take.

Of a few hundred compiled functions Python calls some forty; compiled code calls the others. Only those forty get what a call
from Python needs: code that unpacks Python objects, machine code that can be run, a record on disk. A function that compiled
code calls goes into the code of its callers, and is compiled for them (`Inner`) apart from what it may be for Python.

What each part saves stands in docs/decisions/first-start.md. It is all subclasses; a numba in which one of the names is missing
does it in its own way (`eipsim.core.compiled`), to the same bits.
"""

from __future__ import annotations

import gc
from functools import cached_property

import llvmlite.binding as llvm
import numba
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler, Flags
from numba.core.registry import CPUDispatcher
from numba.core.sigutils import normalize_signature

NEWEST_TRIED = (0, 68)
SELDOM = 100_000  # new objects between two collections of garbage
if numba.version_info.short > NEWEST_TRIED:
    raise ImportError(f"nobody has tried this with numba {numba.__version__}")


class Options(Flags):
    """Options of the compiler that are quick to compare: numba looks at each of thirty whenever a built-in is called."""

    def __eq__(self, other):
        return isinstance(other, Options) and self._values == other._values

    def __hash__(self):
        return len(self._values)


class Library(JITCodeLibrary):
    """The code of a function and of all it calls."""

    def _optimize_functions(self, ll_module):
        """Nothing function by function: all is optimised once more when it is together."""
        ll_module.data_layout = self._codegen._data_layout

    def _get_module_for_linking(self):
        """Nothing for callers, who take the code of an `InnerLibrary`, but the names that this one defines."""
        names = [f.name for f in self._final_module.functions if not f.is_declaration]
        return llvm.parse_assembly("\n".join(f'define void @"{name}"() {{\nret void\n}}' for name in names))


class InnerLibrary(Library):
    """Code on its way to its callers, which is never run by itself."""

    _get_module_for_linking = JITCodeLibrary._get_module_for_linking

    def _finalize_final_module(self):
        self._finalize_dynamic_globals()
        self._finalized = True


class Outward(Compiler):
    """Compiles a function that Python calls."""

    library_class: type[Library] = Library

    def __init__(self, *given):
        *most, flags, kinds = given
        super().__init__(*most, Options(flags), kinds)

    def define_pipelines(self):
        state = self.state
        state.library = self.library_class(state.targetctx.codegen(), state.func_id.func_qualname)
        state.library.enable_object_caching()
        return super().define_pipelines()


class Inward(Outward):
    """Compiles a function for compiled code that calls it."""

    library_class = InnerLibrary

    def define_pipelines(self):
        self.state.flags.no_cpython_wrapper = True
        self.state.flags.no_compile = True
        return super().define_pipelines()


class Inner(CPUDispatcher):
    """A function as compiled code calls it."""

    def __init__(self, py_func, locals=None, targetoptions=None):
        super().__init__(py_func, locals, targetoptions, Inward)

    def compile(self, sig):
        arguments = tuple(normalize_signature(sig)[0])
        if arguments not in self.overloads:
            with self._compiling_counter:
                made = self._compiler.compile(arguments, None)
            made = made._replace(entry_point=object())  # by which callers know it
            self.targetctx.insert_user_function(made.entry_point, made.fndesc, [made.library])
            self.overloads[arguments] = made
        return self.overloads[arguments].entry_point


class LeanDispatcher(CPUDispatcher):
    """A compiled function: by itself as Python calls it, `inner` as compiled code does."""

    def __init__(self, py_func, locals=None, targetoptions=None, pipeline_class=Outward):
        super().__init__(py_func, locals, targetoptions, pipeline_class)

    @cached_property
    def inner(self) -> Inner:
        return Inner(self.py_func, self.locals, self.targetoptions)

    def compile(self, sig):
        """With little collection of garbage: a compilation makes millions of objects that stay until its end."""
        usual = gc.get_threshold()
        gc.set_threshold(max(SELDOM, usual[0]), *usual[1:])
        try:
            return super().compile(sig)
        finally:
            gc.set_threshold(*usual)

    def get_call_template(self, args, kws):
        return self.inner.get_call_template(args, kws)

    @property
    def is_compiling(self):
        return self._compiling_counter or self.inner.is_compiling

    def add_overload(self, cres):
        """Errors raised in a function that went into the code of this one find there what they say."""
        super().add_overload(cres)
        for environment in cres._find_referenced_environments():
            cres.library.codegen.set_env(environment.env_name, environment)

    def get_overload(self, sig):
        return self.inner.get_overload(sig)
