//! From the crate to one wasm file that old engines load, and the glue that goes with it.
//!
//! Mini-program hosts refuse whatever came after the first version of WebAssembly, and Rust's target
//! turns later features on. So the crate is compiled for the `mvp` CPU, what the precompiled standard
//! library still uses is lowered by wasm-opt, and the result is validated with every later feature off.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use walrus::{ExportItem, FunctionId, ImportKind, Module, ValType};
use wasm_bindgen_cli_support::Bindgen;
use xshell::{Shell, cmd};

use crate::npm;

/// The crate that is published.
pub const MODULE: &str = "wmpf-voip";

/// Later features that the standard library uses and wasm-opt lowers.
const LOWERED: [&str; 4] = [
    "--enable-sign-ext",
    "--enable-bulk-memory-opt",
    "--enable-nontrapping-float-to-int",
    "--enable-mutable-globals",
];

/// Writes `<name>_bg.wasm` and `<name>_bg.js` of a package of this workspace into `out`.
pub fn build(shell: &Shell, package: &str, out: &Path) -> anyhow::Result<()> {
    let name = package.replace('-', "_");
    compile(shell, package)?;
    bind(&name, out)?;
    // Of the glue only the half that knows no host is wanted; the loaders are written by hand.
    shell.remove_path(out.join(format!("{name}.js")))?;
    let wasm = out.join(format!("{name}_bg.wasm"));
    optimise(shell, &wasm)?;
    check(shell, &wasm)
}

fn compile(shell: &Shell, package: &str) -> anyhow::Result<()> {
    // Where the crates' sources are on this machine is nobody's business, and would make each machine's
    // build another one.
    let sources = cargo_home()?.join("registry/src");
    let flags = format!("-Ctarget-cpu=mvp\x1f--remap-path-prefix={}=registry", sources.display());
    // By the environment, because only this build may have them: wasm-pack's tests run what cargo built.
    let _flags = shell.push_env("CARGO_ENCODED_RUSTFLAGS", flags);
    Ok(cmd!(
        shell,
        "cargo build --quiet --package {package} --lib --profile wasm --target wasm32-unknown-unknown"
    )
    .run()?)
}

fn cargo_home() -> anyhow::Result<PathBuf> {
    if let Some(home) = std::env::var_os("CARGO_HOME") {
        return Ok(home.into());
    }
    Ok(std::env::home_dir().context("this user has no home directory")?.join(".cargo"))
}

/// Generates the glue of wasm-bindgen's bundler target, which knows no host.
fn bind(name: &str, out: &Path) -> anyhow::Result<()> {
    let input = format!("target/wasm32-unknown-unknown/wasm/{name}.wasm");
    let mut module = Module::from_file(&input).context(input)?;
    // The section lists reference types, which the precompiled standard library was allowed to use and
    // did not; wasm-bindgen believes it and then looks for what is not there.
    module.customs.remove_raw("target_features");
    let mut output = Bindgen::new()
        .input_module(name, module)
        .bundler(true)?
        .typescript(false)
        .remove_producers_section(true)
        .generate_output()?;
    drop_exported_globals(output.wasm_mut());
    output.emit(out)
}

/// iOS cannot export globals. These two belong to a handler of aborts that the glue does not have.
fn drop_exported_globals(module: &mut Module) {
    let globals: Vec<_> = module
        .exports
        .iter()
        .filter(|export| matches!(export.item, ExportItem::Global(_)))
        .map(|export| export.id())
        .collect();
    for global in globals {
        module.exports.delete(global);
    }
}

fn optimise(shell: &Shell, wasm: &Path) -> anyhow::Result<()> {
    let wasm_opt = npm::tool("binaryen/bin/wasm-opt");
    Ok(cmd!(
        shell,
        "node {wasm_opt} {wasm} -o {wasm} {LOWERED...} --signext-lowering
         --llvm-memory-copy-fill-lowering --llvm-nontrapping-fptoint-lowering
         -Oz --converge --low-memory-unused --strip-target-features --strip-producers"
    )
    .run()?)
}

/// Refuses what a mini-program host would refuse.
fn check(shell: &Shell, wasm: &Path) -> anyhow::Result<()> {
    let wasm_opt = npm::tool("binaryen/bin/wasm-opt");
    cmd!(shell, "node {wasm_opt} {wasm} --mvp-features --quiet -o {wasm}.checked")
        .run()
        .context("the wasm is not of the first version of WebAssembly")?;
    shell.remove_path(format!("{}.checked", wasm.display()))?;
    let module = Module::from_file(wasm)?;
    for import in module.imports.iter() {
        if let ImportKind::Function(function) = import.kind {
            no_i64(&module, function, &import.name)?;
        }
    }
    let mut exported = HashSet::new();
    for export in module.exports.iter() {
        match export.item {
            ExportItem::Global(_) => bail!("the wasm exports the global {}", export.name),
            ExportItem::Function(function) => {
                no_i64(&module, function, &export.name)?;
                ensure!(exported.insert(function), "{} has another name, too", export.name);
            }
            ExportItem::Memory(_) | ExportItem::Table(_) | ExportItem::Tag(_) => {}
        }
    }
    Ok(())
}

/// An i64 is a BigInt in JavaScript, which old engines do not have.
fn no_i64(module: &Module, function: FunctionId, name: &str) -> anyhow::Result<()> {
    let types = module.types.get(module.funcs.get(function).ty());
    let has_i64 = |values: &[ValType]| values.contains(&ValType::I64);
    ensure!(!has_i64(types.params()) && !has_i64(types.results()), "{name} takes or gives an i64");
    Ok(())
}
