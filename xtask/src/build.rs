//! Builds the npm package: its hand-written half is in `pkg-template/`, the other half is generated from the crate.

use std::path::{Path, PathBuf};

use anyhow::Context;
use xshell::{Shell, cmd};

use crate::step::step;
use crate::{document, manifest, npm, prerequisites, wasm};

/// The folders of the package's source, from the bottom up: each imports only those before it.
const FOLDERS: [&str; 5] = ["base", "service", "call", "core", "webrtc"];

/// The folder of the modules that the build writes.
const GENERATED: &str = "generated";

/// The project for tests in which the package is installed.
const INSTALLED: &str = "target/installed";

/// Collects what the service serves: the page from `www/`, and beside it the package and the stylesheet of the
/// platform.
pub fn site(shell: &Shell) -> anyhow::Result<PathBuf> {
    package(shell)?;
    step("put the demo page together", || {
        let site = shell.current_dir().join("target/site");
        shell.remove_path(&site)?;
        let package = site.join("wmpf-voip");
        copy_files(shell, "www", &site)?;
        copy_files(shell, "pkg", &package)?;
        for folder in FOLDERS.into_iter().chain([GENERATED]) {
            copy_tree(shell, &Path::new("pkg").join(folder), &package.join(folder))?;
        }
        copy_files(shell, "node_modules/weui/dist/style", &site.join("weui"))?;
        Ok(site)
    })
}

/// Packs the package and installs it, once for all tests that want a project of a user.
pub fn install(shell: &Shell) -> anyhow::Result<()> {
    step("install the package", || {
        let project = shell.create_dir(INSTALLED)?;
        Ok(cmd!(shell, "node tests/support/install.mjs {project}").run()?)
    })
}

/// Installs the tools that are missing and builds `pkg/`.
pub fn package(shell: &Shell) -> anyhow::Result<PathBuf> {
    prerequisites::for_build(shell)?;
    npm::install(shell)?;
    make(shell)
}

/// Builds `pkg/` with the tools that are installed.
pub fn make(shell: &Shell) -> anyhow::Result<PathBuf> {
    let pkg = shell.current_dir().join("pkg");
    shell.remove_path(&pkg)?;
    shell.remove_path(INSTALLED)?;
    shell.create_dir(&pkg)?;
    step("compile the module to wasm and generate its glue", || {
        wasm::build(shell, wasm::MODULE, &pkg, &pkg.join(GENERATED))
    })?;
    step("assemble the npm package", || assemble(shell, &pkg))?;
    Ok(pkg)
}

fn assemble(shell: &Shell, pkg: &Path) -> anyhow::Result<()> {
    copy_files(shell, "pkg-template", pkg)?;
    for folder in FOLDERS.into_iter().chain(["miniprogram", "plugin"]) {
        copy_tree(shell, &Path::new("pkg-template").join(folder), &pkg.join(folder))?;
    }
    for file in ["CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"] {
        shell.copy_file(file, pkg)?;
    }
    for file in ["README.md", "README.zh-CN.md"] {
        shell.write_file(pkg.join(file), readme(&shell.read_file(file)?))?;
    }
    // The README links to these documents, and they to each other.
    shell.create_dir(pkg.join("docs"))?;
    for file in shell.read_dir("docs")? {
        if file.extension().is_some_and(|extension| extension == "md") {
            let name = file.file_name().context("a file in docs/ has no name")?;
            let text = without_pictures(&shell.read_file(&file)?);
            shell.write_file(pkg.join("docs").join(name), text)?;
        }
    }
    let generated = pkg.join(GENERATED);
    shell.write_file(generated.join("contract.js"), document::contract_module()?)?;
    shell.write_file(generated.join("codes.js"), document::codes_module()?)?;
    shell.write_file(generated.join("words.js"), document::words_module()?)?;
    // `require` gets the same declarations under another name: TypeScript tells the two kinds of module by the name of
    // the file.
    for name in ["index", "testing"] {
        let types = format!("pkg-template/{name}.d.ts");
        shell.copy_file(types, pkg.join(format!("{name}.d.cts")))?;
    }

    shell.write_file(pkg.join("package.json"), manifest::package_json(shell)?)?;

    cmd!(shell, "node xtask/inline-wasm.mjs {pkg}").run()?;
    cmd!(shell, "node xtask/bundle-node.mjs {pkg}").run()?;
    cmd!(shell, "node xtask/bundle-miniprogram.mjs {pkg}").run()?;
    shell.remove_path(pkg.join("miniprogram"))?;
    plugin(shell, pkg)
}

/// Adds the entry and its wasm to the project of a mini-program plugin, which cannot use npm.
fn plugin(shell: &Shell, pkg: &Path) -> anyhow::Result<()> {
    let to = pkg.join("plugin/plugin/wmpf-voip");
    shell.create_dir(&to)?;
    let files =
        ["index.js", "surface.js", "explain.js", "wmpf_voip_bg.wasm", "wmpf_voip_bg.wasm.br"];
    for file in files {
        shell.copy_file(pkg.join("miniprogram_dist").join(file), &to)?;
    }
    Ok(())
}

/// Copies a directory with all of its subdirectories.
fn copy_tree(shell: &Shell, from: &Path, to: &Path) -> anyhow::Result<()> {
    shell.create_dir(to)?;
    for path in shell.read_dir(from)? {
        if path.is_dir() {
            let name = path.file_name().unwrap_or_default();
            copy_tree(shell, &path, &to.join(name))?;
        } else {
            shell.copy_file(&path, to)?;
        }
    }
    Ok(())
}

/// The README of the package: also without the links that help only developers of the repository.
fn readme(text: &str) -> String {
    without_pictures(text).replace("[CONTRIBUTING.md](CONTRIBUTING.md)", "CONTRIBUTING.md")
}

/// A document without its pictures, which would be most of the package.
fn without_pictures(text: &str) -> String {
    text.split_inclusive('\n').filter(|line| !line.starts_with("![")).collect()
}

/// Copies the files of a directory, but not its subdirectories.
fn copy_files(shell: &Shell, from: &str, to: &Path) -> anyhow::Result<()> {
    shell.create_dir(to)?;
    for file in shell.read_dir(from)? {
        if file.is_file() {
            shell.copy_file(file, to)?;
        }
    }
    Ok(())
}
