//! Every test of the repository, and the set-up that each of them needs.

use std::path::Path;

use clap::{Args, ValueEnum};
use xshell::{Shell, cmd};

use crate::packages::NATIVE;
use crate::side_by_side::{self, Lane};
use crate::step::step;
use crate::{build, compatibility, document, npm, prerequisites, reproducible, sizes};

/// The arguments of cargo for the tests of the boundary.
const BOUNDARY: [&str; 4] = ["--package", "wmpf-voip", "--target", "wasm32-unknown-unknown"];

#[derive(Debug, Args)]
pub struct Options {
    /// Also test what needs large tools of other projects, which are installed first
    #[arg(long, conflicts_with = "parts")]
    all: bool,
    /// Build what the tests need, and run none
    #[arg(long, requires = "parts")]
    no_run: bool,
    /// Test what was built before
    #[arg(long, requires = "parts", conflicts_with = "no_run")]
    no_build: bool,
    /// Run only these parts, in this order
    #[arg(value_name = "PART")]
    parts: Vec<Part>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The core, the service, the inputs that fuzzing has found, and xtask
    Rust,
    /// What crosses between JavaScript and the core, in Node and Chromium
    Boundary,
    /// The recorded sizes of the package and the generated tables of the documentation
    Recorded,
    /// The declarations in TypeScript, and every kind of value against every field
    Contract,
    /// The packed package in Node and Chromium: the four parts that follow
    Package,
    /// How the package is loaded, and what is in it
    #[value(name = "package/loading")]
    Loading,
    /// The requests by which calls are made
    #[value(name = "package/calling")]
    Calling,
    /// Call pages and listeners
    #[value(name = "package/call")]
    Call,
    /// The code in the documents
    #[value(name = "package/documents")]
    Documents,
    /// The entry for mini-programs on their hosts
    Hosts,
    /// The demo page in Chromium
    Page,
    /// The operator's page in Chromium
    Admin,
    /// The media of browsers in Chromium
    Media,
    /// The package, built again elsewhere
    Reproducible,
    /// Media over a TURN server
    Turn,
    /// Calls between pages of Firefox
    Firefox,
    /// The samples of deploy/: nginx, Caddy and Prometheus, the unit of systemd, the Dockerfile
    Deploy,
    /// What WeChat's own tools make of the package and the plugin
    Wechat,
    /// The fake service in other test runners
    Runners,
    /// The package in the runtime of Cloudflare's Workers
    Workers,
    /// What bundlers, linters, React and Vue make of the package
    Consumers,
    /// What Taro makes of the package
    Taro,
    /// What uni-app makes of the package
    UniApp,
    /// The package and the service with those of version 0.1, which are built from their commit; only if it is named
    Compatibility,
}

/// Runs the tests. The first failure ends the run.
pub fn run(shell: &Shell, options: &Options) -> anyhow::Result<()> {
    let Options { all, no_run, no_build, parts } = options;
    if parts.is_empty() {
        return whole(shell, *all);
    }
    if !no_build {
        build_for(shell, parts)?;
    }
    if !no_run {
        parts.iter().try_for_each(|part| part.run(shell))?;
    }
    Ok(())
}

/// The commands to run once everything is built. Those that compute run beside those that wait; then those in which it
/// matters how fast pages, pictures and sounds are run alone.
pub struct Lanes {
    pub computes: Vec<&'static str>,
    pub waits: Vec<&'static str>,
    pub alone: Vec<&'static str>,
}

impl Lanes {
    pub fn run(&self, shell: &Shell) -> anyhow::Result<()> {
        let Lanes { computes, waits, alone } = self;
        side_by_side::run(shell, &[Lane::giving_way(computes), Lane::new(waits)])?;
        side_by_side::run(shell, &[Lane::new(alone)])
    }
}

/// Installs the tools of every folder of tests that has a lock file of its own.
pub fn install_tools(shell: &Shell) -> anyhow::Result<()> {
    Part::value_variants().iter().filter_map(|part| part.folder()).try_for_each(|folder| {
        let path = Path::new("tests").join(folder);
        if shell.path_exists(path.join("package-lock.json")) {
            npm::install_in(shell, &path)?;
        }
        Ok(())
    })
}

fn whole(shell: &Shell, all: bool) -> anyhow::Result<()> {
    build_all(shell, all)?.run(shell)
}

/// Builds what all tests need, and gives the commands that run them.
pub fn build_all(shell: &Shell, all: bool) -> anyhow::Result<Lanes> {
    prerequisites::for_build(shell)?;
    prerequisites::browser(shell)?;
    if all {
        prerequisites::javascript_core(shell)?;
        prerequisites::coturn(shell)?;
        prerequisites::firefox(shell)?;
        prerequisites::deploy(shell)?;
    }
    let mut lanes = vec![Lane::new(&["test --no-run rust boundary"]), Lane::new(&["build"])];
    if all {
        // They wait for the network and the disk while the others compile.
        lanes.push(Lane::new(&["tools"]));
    }
    side_by_side::run(shell, &lanes)?;

    let mut computes = vec!["test --no-build rust boundary recorded"];
    // The longest come first.
    let mut waits = vec![
        "test --no-build package/documents",
        "test --no-build package/calling",
        "test --no-build package/call",
        "test --no-build contract",
        "test --no-build admin",
        "test --no-build hosts",
        "test --no-build package/loading",
    ];
    let mut alone = vec!["test --no-build page", "test --no-build media"];
    if all {
        computes.push("test --no-build reproducible");
        waits.extend([
            "test --no-build wechat",
            "test --no-build runners",
            "test --no-build workers",
            "test --no-build consumers",
            "test --no-build taro",
            "test --no-build uni-app",
            "test --no-build deploy",
        ]);
        alone.extend(["test --no-build turn", "test --no-build firefox"]);
    }
    Ok(Lanes { computes, waits, alone })
}

fn build_for(shell: &Shell, parts: &[Part]) -> anyhow::Result<()> {
    // Tests in browsers run the service's program.
    let native = |part| !matches!(part, Part::Boundary | Part::Recorded | Part::Reproducible);
    let package = |part| !matches!(part, Part::Rust | Part::Boundary);
    if parts.iter().copied().any(native) {
        step("compile the service and the tests in Rust", || compile(shell))?;
    }
    if parts.contains(&Part::Boundary) {
        step("compile the tests of the boundary and their runner", || compile_boundary(shell))?;
    }
    if parts.iter().copied().any(package) {
        build::site(shell)?;
        build::install(shell)?;
    }
    Ok(())
}

/// Compiles the tests, and the service's program, because its tests run it.
fn compile(shell: &Shell) -> anyhow::Result<()> {
    cmd!(shell, "cargo test --no-run {NATIVE...}").run()?;
    Ok(cmd!(shell, "cargo test --no-run --package xtask").run()?)
}

fn compile_boundary(shell: &Shell) -> anyhow::Result<()> {
    cmd!(shell, "cargo build --package xtask-tools").run()?;
    Ok(cmd!(shell, "cargo test --no-run {BOUNDARY...} --test node --test browser").run()?)
}

impl Part {
    fn run(self, shell: &Shell) -> anyhow::Result<()> {
        match self {
            Part::Rust => step("test the core, the service, the kept inputs and xtask", || {
                cmd!(shell, "cargo test {NATIVE...}").run()?;
                Ok(cmd!(shell, "cargo test --package xtask").run()?)
            }),
            Part::Boundary => boundary(shell),
            Part::Recorded => {
                sizes::check(shell, Path::new("pkg"))?;
                step("check the tables of the documentation", || document::check(shell))
            }
            Part::Reproducible => step("build the package again elsewhere", || {
                reproducible::check(shell, &shell.current_dir().join("pkg"))
            }),
            Part::Compatibility => compatibility::check(shell),
            Part::Package => [Part::Loading, Part::Calling, Part::Call, Part::Documents]
                .into_iter()
                .try_for_each(|part| part.run(shell)),
            Part::Loading
            | Part::Calling
            | Part::Call
            | Part::Documents
            | Part::Contract
            | Part::Hosts
            | Part::Page
            | Part::Admin
            | Part::Media
            | Part::Turn
            | Part::Firefox
            | Part::Deploy
            | Part::Wechat
            | Part::Runners
            | Part::Workers
            | Part::Consumers
            | Part::Taro
            | Part::UniApp => self.folder().map_or(Ok(()), |folder| node_tests(shell, folder)),
        }
    }

    /// The one folder of `tests/` whose files it runs in Node.
    fn folder(self) -> Option<&'static str> {
        match self {
            Part::Rust
            | Part::Boundary
            | Part::Recorded
            | Part::Reproducible
            | Part::Package
            | Part::Compatibility => None,
            Part::Loading => Some("package/loading"),
            Part::Calling => Some("package/calling"),
            Part::Call => Some("package/call"),
            Part::Documents => Some("package/documents"),
            Part::Contract => Some("contract"),
            Part::Hosts => Some("miniprogram/hosts"),
            Part::Page => Some("browser/page"),
            Part::Admin => Some("browser/admin"),
            Part::Media => Some("browser/media"),
            Part::Turn => Some("browser/turn"),
            Part::Firefox => Some("browser/firefox"),
            Part::Deploy => Some("deploy"),
            Part::Wechat => Some("miniprogram/wechat"),
            Part::Runners => Some("toolchains/runners"),
            Part::Workers => Some("toolchains/workers"),
            Part::Consumers => Some("toolchains/consumers"),
            Part::Taro => Some("toolchains/taro"),
            Part::UniApp => Some("toolchains/uni-app"),
        }
    }
}

/// Runs the tests of the boundary. wasm-bindgen's runner starts a browser for the tests that ask for one, with the
/// driver that it is given.
fn boundary(shell: &Shell) -> anyhow::Result<()> {
    let name = format!("target/debug/wasm-bindgen-test-runner{}", std::env::consts::EXE_SUFFIX);
    let runner = shell.current_dir().join(name);
    let _runner = shell.push_env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner);
    step("test the boundary in Node", || {
        Ok(cmd!(shell, "cargo test {BOUNDARY...} --test node").run()?)
    })?;
    let browser = prerequisites::browser(shell)?;
    step("test the boundary in Chromium", || {
        let _driver = shell.push_env("CHROMEDRIVER", browser.chromedriver);
        Ok(cmd!(shell, "cargo test {BOUNDARY...} --test browser").run()?)
    })
}

/// Runs the files of a folder of `tests/`. A folder with a lock file of its own needs its own tools, which are too
/// large to be installed with the others. Another folder may be tested at the same time, so one file runs at a time.
fn node_tests(shell: &Shell, folder: &str) -> anyhow::Result<()> {
    let path = Path::new("tests").join(folder);
    if shell.path_exists(path.join("package-lock.json")) {
        npm::install_in(shell, &path)?;
    }
    let browser = prerequisites::browser(shell)?;
    let _chromium = shell.push_env("WMPF_VOIP_CHROMIUM", browser.chromium);
    let mut files: Vec<_> = shell.read_dir(&path)?;
    files.retain(|file| file.to_string_lossy().ends_with(".test.mjs"));
    step(&format!("test in tests/{folder}"), || {
        Ok(cmd!(shell, "node --test --test-reporter=spec --test-concurrency=1 {files...}").run()?)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// What cargo compiles for these packages: each crate with its features.
    fn crates(packages: &[&str]) -> BTreeMap<String, String> {
        let shell = Shell::new().unwrap();
        let format = "{p}\t{f}";
        let tree = cmd!(
            shell,
            "cargo tree --locked {packages...} --edges normal,build,dev --prefix none --no-dedupe -f {format}"
        );
        let tree = tree.quiet().read().unwrap();
        let lines = tree.lines().filter_map(|line| line.split_once('\t'));
        lines.map(|(name, features)| (name.to_owned(), features.replace(" (*)", ""))).collect()
    }

    #[test]
    fn nothing_that_xtask_needs_is_compiled_again_for_the_tests() {
        let of_xtask = crates(&["--package", "xtask"]);
        for packages in [&NATIVE[..], &["--package", "xtask-tools"]] {
            let mut others = crates(packages);
            others.retain(|name, features| of_xtask.get(name).is_some_and(|own| own != features));
            assert!(
                others.is_empty(),
                "name in xtask/features/Cargo.toml what else {packages:?} want of {others:?}"
            );
        }
    }
}
