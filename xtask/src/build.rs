//! The npm package: the hand-written half from `pkg-template/`, the generated half from the crate.

use std::path::{Path, PathBuf};

use xshell::{Shell, cmd};

use crate::step::step;
use crate::{document, npm, prerequisites, sizes, wasm};

/// What a browser loads.
pub const BROWSER_FILES: [&str; 13] = [
    "browser.js",
    "bytes.js",
    "module.js",
    "instance.js",
    "snapshot.js",
    "host.js",
    "call.js",
    "settled.js",
    "adapters.js",
    "errors.js",
    "contract.js",
    "glue.js",
    "wmpf_voip_bg.wasm",
];

/// What a mini-program loads.
const MINIPROGRAM_FILES: [&str; 2] =
    ["miniprogram_dist/index.js", "miniprogram_dist/wmpf_voip_bg.wasm.br"];

/// Builds `pkg/` and prints how large it is.
pub fn run(shell: &Shell) -> anyhow::Result<()> {
    let pkg = package(shell)?;
    sizes::print(&pkg, &BROWSER_FILES)?;
    println!();
    sizes::print(&pkg, &MINIPROGRAM_FILES)?;
    Ok(())
}

/// Builds `pkg/`.
pub fn package(shell: &Shell) -> anyhow::Result<PathBuf> {
    prerequisites::for_build(shell)?;
    npm::install(shell)?;
    let pkg = shell.current_dir().join("pkg");
    shell.remove_path(&pkg)?;
    shell.create_dir(&pkg)?;
    step("compile the module to wasm and generate its glue", || {
        wasm::build(shell, wasm::MODULE, &pkg)
    })?;
    step("assemble the npm package", || assemble(shell, &pkg))?;
    Ok(pkg)
}

fn assemble(shell: &Shell, pkg: &Path) -> anyhow::Result<()> {
    copy_files(shell, "pkg-template", pkg)?;
    copy_files(shell, "pkg-template/miniprogram", &pkg.join("miniprogram"))?;
    for file in ["README.md", "README.zh-CN.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"] {
        shell.copy_file(file, pkg)?;
    }
    // What the README links to. Its picture would be most of the package.
    shell.create_dir(pkg.join("docs"))?;
    for file in shell.read_dir("docs")? {
        if file.extension().is_some_and(|extension| extension == "md") {
            shell.copy_file(file, pkg.join("docs"))?;
        }
    }
    shell.write_file(pkg.join("contract.js"), document::contract_module()?)?;
    // The same declarations for `require`: TypeScript tells the two kinds of module by the file's name.
    shell.copy_file("pkg-template/index.d.ts", pkg.join("index.d.cts"))?;

    let version = env!("CARGO_PKG_VERSION");
    let manifest = shell.read_file("pkg-template/package.json")?.replace("0.0.0", version);
    shell.write_file(pkg.join("package.json"), manifest)?;

    cmd!(shell, "node xtask/wrap-glue.mjs {pkg}").run()?;
    shell.remove_path(pkg.join("wmpf_voip_bg.js"))?;
    cmd!(shell, "node xtask/inline-wasm.mjs {pkg}").run()?;
    cmd!(shell, "node xtask/bundle-node.mjs {pkg}").run()?;
    cmd!(shell, "node xtask/bundle-miniprogram.mjs {pkg}").run()?;
    shell.remove_path(pkg.join("miniprogram"))?;
    Ok(())
}

/// Copies the files of a directory, and not what is below it.
fn copy_files(shell: &Shell, from: &str, to: &Path) -> anyhow::Result<()> {
    shell.create_dir(to)?;
    for file in shell.read_dir(from)? {
        if file.is_file() {
            shell.copy_file(file, to)?;
        }
    }
    Ok(())
}
