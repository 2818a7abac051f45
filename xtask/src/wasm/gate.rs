//! Checks that every mini-program host can load the wasm: it is WebAssembly of the first version, and nothing crosses
//! its boundary that old engines cannot pass.

use std::collections::HashSet;
use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use walrus::{ExportItem, FunctionId, ImportKind, Module, ValType};
use xshell::{Shell, cmd};

use crate::npm;

/// Fails if a mini-program host would refuse the wasm.
pub fn check(shell: &Shell, wasm: &Path) -> anyhow::Result<()> {
    let wasm_opt = npm::tool("binaryen/bin/wasm-opt");
    cmd!(shell, "node {wasm_opt} {wasm} --mvp-features --quiet -o {wasm}.checked")
        .run()
        .context("the wasm is not of the first version of WebAssembly")?;
    shell.remove_path(format!("{}.checked", wasm.display()))?;
    boundary(&Module::from_file(wasm)?)
}

/// Fails for an import or export that an old engine cannot link.
fn boundary(module: &Module) -> anyhow::Result<()> {
    for import in module.imports.iter() {
        if let ImportKind::Function(function) = import.kind {
            no_i64(module, function, &import.name)?;
        }
    }
    let mut exported = HashSet::new();
    for export in module.exports.iter() {
        match export.item {
            ExportItem::Global(_) => bail!("the wasm exports the global {}", export.name),
            ExportItem::Function(function) => {
                no_i64(module, function, &export.name)?;
                ensure!(exported.insert(function), "{} has another name, too", export.name);
            }
            ExportItem::Memory(_) | ExportItem::Table(_) | ExportItem::Tag(_) => {}
        }
    }
    Ok(())
}

/// Fails for a function at the boundary with an i64: that is a BigInt in JavaScript, which old engines do not have.
fn no_i64(module: &Module, function: FunctionId, name: &str) -> anyhow::Result<()> {
    let types = module.types.get(module.funcs.get(function).ty());
    let has_i64 = |values: &[ValType]| values.contains(&ValType::I64);
    ensure!(!has_i64(types.params()) && !has_i64(types.results()), "{name} takes or gives an i64");
    Ok(())
}

#[cfg(test)]
mod tests {
    use walrus::{ConstExpr, FunctionBuilder, ir::Value};

    use super::*;

    /// A module with a function that has these parameters and is exported as `f`.
    fn with_function(params: &[ValType]) -> (Module, FunctionId) {
        let mut module = Module::default();
        let arguments = params.iter().map(|&param| module.locals.add(param)).collect();
        let function = FunctionBuilder::new(&mut module.types, params, &[]);
        let function = function.finish(arguments, &mut module.funcs);
        module.exports.add("f", function);
        (module, function)
    }

    fn refusal(module: &Module) -> String {
        boundary(module).unwrap_err().to_string()
    }

    #[test]
    fn what_every_engine_links_passes() {
        let (module, _) = with_function(&[ValType::I32, ValType::F64]);
        boundary(&module).unwrap();
    }

    #[test]
    fn an_i64_at_the_boundary_is_refused() {
        let (module, _) = with_function(&[ValType::I64]);
        assert_eq!(refusal(&module), "f takes or gives an i64");

        let (mut module, _) = with_function(&[]);
        let long = module.types.add(&[], &[ValType::I64]);
        module.add_import_func("glue", "now", long);
        assert_eq!(refusal(&module), "now takes or gives an i64");
    }

    #[test]
    fn a_function_under_two_names_is_refused() {
        let (mut module, function) = with_function(&[]);
        module.exports.add("g", function);
        assert_eq!(refusal(&module), "g has another name, too");
    }

    #[test]
    fn an_exported_global_is_refused() {
        let (mut module, _) = with_function(&[]);
        let zero = ConstExpr::Value(Value::I32(0));
        let global = module.globals.add_local(ValType::I32, false, false, zero);
        module.exports.add("global", global);
        assert_eq!(refusal(&module), "the wasm exports the global global");
    }
}
