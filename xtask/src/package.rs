//! Makes and checks what is published, without uploading it: the npm package's tarball and the crate.

use anyhow::{Context as _, ensure};
use clap::Args;
use xshell::{Shell, cmd};

use crate::step::step;
use crate::{build, manifest, npm};

/// The directory into which cargo packs crates.
const OUT: &str = "target/package";
/// The name of the packed files.
const NAME: &str = concat!("wmpf-voip-", env!("CARGO_PKG_VERSION"));

#[derive(Debug, Args)]
pub struct Options {
    /// Do not ask the registry whether it has this version already
    #[arg(long)]
    offline: bool,
    /// Also pack what is not committed
    #[arg(long)]
    allow_dirty: bool,
    /// Pack what was built before
    #[arg(long)]
    no_build: bool,
}

/// Packs and checks both packages.
pub fn run(shell: &Shell, options: &Options) -> anyhow::Result<()> {
    if !options.no_build {
        build::package(shell)?;
    }
    step("pack the npm package and test the tarball", || tarball(shell))?;
    step("pack the crate and test it", || package(shell, options))?;
    if manifest::repository(shell)?.is_none() {
        println!(
            "\nwarning: Cargo.toml names no repository. Set `repository` in its [package] before a release: \
             the pages of both packages resolve the links of the README by it"
        );
    }
    Ok(())
}

fn tarball(shell: &Shell) -> anyhow::Result<()> {
    shell.create_dir(OUT)?;
    // npm lists the files with their sizes.
    npm::run(shell, &["pack", "./pkg", "--pack-destination", OUT, "--loglevel=notice"])?;
    let tarball = shell.current_dir().join(OUT).join(format!("{NAME}.tgz"));
    ensure!(tarball.exists(), "npm did not write {}", tarball.display());
    let _tarball = shell.push_env("WMPF_VOIP_TARBALL", &tarball);
    cmd!(shell, "node --test tests/package/loading/tarball.test.mjs").run()?;
    println!("{}", tarball.display());
    Ok(())
}

fn package(shell: &Shell, options: &Options) -> anyhow::Result<()> {
    let dirty: &[&str] = if options.allow_dirty { &["--allow-dirty"] } else { &[] };
    if options.offline {
        cmd!(shell, "cargo package --package wmpf-voip --offline {dirty...}").run()?;
        println!("offline: whether the registry has this version already was not looked up");
    } else {
        cmd!(shell, "cargo publish --package wmpf-voip --dry-run {dirty...}")
            .run()
            .context("the crate cannot be published; without a network, pass --offline")?;
    }
    // Cargo has only compiled the packed crate; its tests may read files that were not packed.
    let packed = shell.current_dir().join(OUT).join(NAME);
    let manifest = packed.join("Cargo.toml");
    cmd!(shell, "cargo test --manifest-path {manifest} --target-dir target").run()?;
    for readme in ["README.md", "README.zh-CN.md"] {
        for link in links(&shell.read_file(packed.join(readme))?) {
            ensure!(
                packed.join(link).exists(),
                "{readme} links to {link}, which is not in the crate"
            );
        }
    }
    println!("{}.crate", packed.display());
    Ok(())
}

/// The files that a document links to or shows.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let targets = text.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0));
    let files = targets.filter(|target| !target.contains("://"));
    files.filter_map(|target| target.split('#').next()).filter(|file| !file.is_empty())
}

#[cfg(test)]
mod tests {
    #[test]
    fn links_are_to_files() {
        let text = "![a](docs/a.png) [b](b.md#c), [d](#e)\n[f](https://f.test/) (g)";
        assert_eq!(super::links(text).collect::<Vec<_>>(), ["docs/a.png", "b.md"]);
    }
}
