//! Turns panics into traps. A panic in the wasm is a trap anyway, and nobody could read its message. The precompiled
//! standard library formats the message all the same and throws it away. Here panics become the trap alone, and the
//! functions that format are no longer needed.

use std::collections::HashSet;

use anyhow::ensure;
use rustc_demangle::demangle;
use walrus::ir::{Call, Visitor, dfs_in_order};
use walrus::{FunctionBuilder, FunctionId, FunctionKind, Module};

/// The beginnings of the names of functions that lead to a trap and nowhere else.
const PANICS: [&str; 12] = [
    "core::panicking::",
    "std::panicking::",
    "<std::panicking::",
    "core::ptr::drop_in_place::<std::panicking::",
    "std::sys::backtrace::__rust_end_short_backtrace",
    "core::cell::panic_",
    "core::cell::lazy::panic_",
    "core::result::unwrap_failed",
    "core::slice::index::slice_index_fail",
    "alloc::alloc::handle_alloc_error",
    "alloc::raw_vec::handle_error",
    "std::thread::local::panic_",
];

/// Replaces panicking and formatting functions by traps. Calls of formatting functions are found only if they are
/// direct: one through a table would trap when it is made.
///
/// # Errors
/// When something other than a panic formats, because it would be broken.
pub fn trap_at_once(module: &mut Module) -> anyhow::Result<()> {
    let names: Vec<(FunctionId, String)> = module
        .funcs
        .iter_local()
        .filter_map(|(id, _)| {
            let mangled = module.funcs.get(id).name.as_deref()?;
            Some((id, format!("{:#}", demangle(mangled))))
        })
        .collect();
    let named = |is: fn(&str) -> bool| -> HashSet<FunctionId> {
        names.iter().filter(|(_, name)| is(name)).map(|(id, _)| *id).collect()
    };
    let (panics, formatting) = (named(is_panic), named(is_formatting));
    for (id, name) in &names {
        ensure!(
            panics.contains(id) || formatting.contains(id) || !calls(module, *id, &formatting),
            "{name} formats: put its text together from parts (src/text.rs)"
        );
    }
    for id in panics.union(&formatting) {
        trap(module, *id);
    }
    Ok(())
}

fn is_panic(name: &str) -> bool {
    PANICS.iter().any(|panic| name.starts_with(panic))
}

/// Whether this is a function of `core::fmt`, or one that implements its traits.
fn is_formatting(name: &str) -> bool {
    name.starts_with("core::fmt::") || name.contains(" as core::fmt::")
}

fn calls(module: &Module, caller: FunctionId, those: &HashSet<FunctionId>) -> bool {
    struct Calls<'a>(&'a HashSet<FunctionId>, bool);
    impl<'instr> Visitor<'instr> for Calls<'_> {
        fn visit_call(&mut self, call: &Call) {
            self.1 |= self.0.contains(&call.func);
        }
    }
    let function = module.funcs.get(caller).kind.unwrap_local();
    let mut calls = Calls(those, false);
    dfs_in_order(&mut calls, function, function.entry_block());
    calls.1
}

fn trap(module: &mut Module, id: FunctionId) {
    let signature = module.types.get(module.funcs.get(id).ty());
    let (params, results) = (signature.params().to_vec(), signature.results().to_vec());
    let arguments = params.iter().map(|&param| module.locals.add(param)).collect();
    let mut trap = FunctionBuilder::new(&mut module.types, &params, &results);
    trap.func_body().unreachable();
    module.funcs.get_mut(id).kind = FunctionKind::Local(trap.local_func(arguments));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module in which the function `caller` calls a formatting function.
    fn formatting_from(caller: &str) -> Module {
        let mut module = Module::default();
        let mut add = |name: &str, callee: Option<FunctionId>| {
            let mut function = FunctionBuilder::new(&mut module.types, &[], &[]);
            function.name(name.to_owned());
            if let Some(callee) = callee {
                function.func_body().call(callee);
            }
            function.finish(vec![], &mut module.funcs)
        };
        let write = add("_ZN4core3fmt5write17h0000000000000000E", None);
        add(caller, Some(write));
        module
    }

    #[test]
    fn panics_and_what_formats_for_them_become_traps() {
        let mut module = formatting_from("_ZN4core9panicking9panic_fmt17h0000000000000000E");
        trap_at_once(&mut module).unwrap();
        for (_, function) in module.funcs.iter_local() {
            let [(instruction, _)] = &function.block(function.entry_block()).instrs[..] else {
                panic!("more than a trap");
            };
            assert!(instruction.is_unreachable());
        }
    }

    #[test]
    fn formatting_for_anything_else_is_refused() {
        let mut module = formatting_from("_ZN9wmpf_voip5value17h0000000000000000E");
        let refusal = trap_at_once(&mut module).unwrap_err().to_string();
        assert!(refusal.starts_with("wmpf_voip::value formats"), "{refusal}");
    }
}
