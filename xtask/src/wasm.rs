//! Builds one wasm file that old engines load out of the crate, and the glue that belongs to it.
//!
//! Mini-program hosts refuse every feature that came after the first version of WebAssembly, and Rust's target uses
//! later features. So the crate is compiled for the `mvp` CPU, wasm-opt lowers what the precompiled standard library
//! still uses, and the result is validated with every later feature off.

mod exports;
mod gate;
mod imports;
mod names;
mod panics;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::json;
use walrus::{ExportItem, Module};
use wasm_bindgen_cli_support::Bindgen;
use xshell::{Shell, cmd};

use crate::npm;
use names::Names;

/// The name of the crate that is published.
pub const MODULE: &str = "wmpf-voip";

/// The later features that the standard library uses and wasm-opt lowers.
const LOWERED: [&str; 4] = [
    "--enable-sign-ext",
    "--enable-bulk-memory-opt",
    "--enable-nontrapping-float-to-int",
    "--enable-mutable-globals",
];

/// Writes the file `<name>_bg.wasm` of a package of this workspace into `out`, and its `glue.js` into `scripts`.
pub fn build(shell: &Shell, package: &str, out: &Path, scripts: &Path) -> anyhow::Result<()> {
    let name = package.replace('-', "_");
    compile(shell, package)?;
    let file = format!("wasm32-unknown-unknown/wasm/{name}.wasm");
    let (imports, exports) = bind(&name, &target_dir(shell).join(file), out)?;
    // Only the half of the glue that is the same for all hosts is used; the loaders are written by hand.
    shell.remove_path(out.join(format!("{name}.js")))?;
    let glue = out.join(format!("{name}_bg.js"));
    let names = out.join("names.json");
    shell.write_file(
        &names,
        serde_json::to_string(&json!({ "imports": imports, "exports": exports }))?,
    )?;
    cmd!(shell, "node xtask/wrap-glue.mjs {glue} {names} {scripts}").run()?;
    shell.remove_path(glue)?;
    shell.remove_path(names)?;
    let wasm = out.join(format!("{name}_bg.wasm"));
    optimise(shell, &wasm)?;
    gate::check(shell, &wasm)?;
    if package == MODULE {
        imports::check(shell, &wasm, &imports)?;
    }
    Ok(())
}

fn compile(shell: &Shell, package: &str) -> anyhow::Result<()> {
    // The paths of the crates' sources on this machine would be in the wasm, which would differ from machine to
    // machine and tell where they are.
    let sources = cargo_home()?.join("registry/src");
    // Memory is copied and filled by instructions, as in the standard library, and wasm-opt lowers both alike.
    // Without them, a second set of functions for it would be linked.
    let flags = format!(
        "-Ctarget-cpu=mvp\x1f-Ctarget-feature=+bulk-memory\x1f--remap-path-prefix={}=registry",
        sources.display()
    );
    // The flags are set in the environment, because only this build may have them: the tests of the boundary run what
    // cargo built.
    let _flags = shell.push_env("CARGO_ENCODED_RUSTFLAGS", flags);
    Ok(cmd!(
        shell,
        "cargo build --package {package} --lib --profile wasm --target wasm32-unknown-unknown"
    )
    .run()?)
}

/// The directory into which cargo builds.
fn target_dir(shell: &Shell) -> PathBuf {
    let target = shell.var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    shell.current_dir().join(target)
}

fn cargo_home() -> anyhow::Result<PathBuf> {
    if let Some(home) = std::env::var_os("CARGO_HOME") {
        return Ok(home.into());
    }
    Ok(std::env::home_dir().context("this user has no home directory")?.join(".cargo"))
}

/// Generates the glue of wasm-bindgen's bundler target, which is the same for all hosts. Gives the names of what the
/// wasm imports from it, and of what it calls in the wasm.
fn bind(name: &str, input: &Path, out: &Path) -> anyhow::Result<(Names, Names)> {
    let mut module = Module::from_file(input).with_context(|| input.display().to_string())?;
    // The section lists reference types, which the precompiled standard library was allowed to use and did not.
    // wasm-bindgen would believe it and look for what is not there.
    module.customs.remove_raw("target_features");
    let mut output = Bindgen::new()
        .input_module(name, module)
        .bundler(true)?
        .typescript(false)
        // The functions are found by their names, which the optimiser drops later.
        .demangle(false)
        .remove_producers_section(true)
        .generate_output()?;
    drop_exported_globals(output.wasm_mut());
    panics::trap_at_once(output.wasm_mut())?;
    let imports = imports::shorten(output.wasm_mut());
    let exports = exports::shorten(output.wasm_mut());
    output.emit(out)?;
    Ok((imports, exports))
}

/// iOS cannot export globals. These two are for a handler of aborts that the glue does not have.
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
         --flatten --rereloop --local-cse -Oz -Oz --converge --low-memory-unused --reorder-functions --strip-target-features --strip-producers"
    )
    .run()?)
}
