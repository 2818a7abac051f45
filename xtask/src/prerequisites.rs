//! The programs that the commands need. They are installed where that is possible without asking; otherwise one
//! sentence says what to install.

use std::path::PathBuf;

use anyhow::{Context as _, bail, ensure};
use xshell::{Shell, cmd};

const WASM_TARGET: &str = "wasm32-unknown-unknown";
const NODE_MAJOR: u32 = 20;

/// Checks for Node and the wasm target, which building the package needs.
pub fn for_build(shell: &Shell) -> anyhow::Result<()> {
    check_node(shell)?;
    add_wasm_target(shell)
}

fn check_node(shell: &Shell) -> anyhow::Result<()> {
    let install =
        format!("install Node.js {NODE_MAJOR} or newer with its npm (https://nodejs.org)");
    let version = cmd!(shell, "node --version").quiet().read().with_context(|| install.clone())?;
    let major =
        version.trim_start_matches('v').split('.').next().and_then(|major| major.parse().ok());
    match major {
        Some(major) if NODE_MAJOR <= major => Ok(()),
        _ => bail!("Node.js {version} is too old: {install}"),
    }
}

fn add_wasm_target(shell: &Shell) -> anyhow::Result<()> {
    let sysroot = cmd!(shell, "rustc --print sysroot").quiet().read()?;
    let installed = PathBuf::from(sysroot).join("lib/rustlib").join(WASM_TARGET);
    if installed.exists() {
        return Ok(());
    }
    cmd!(shell, "rustup target add {WASM_TARGET}").run().with_context(|| {
        format!(
            "install the Rust target {WASM_TARGET}: with rustup, `rustup target add {WASM_TARGET}`"
        )
    })
}

/// Checks for a C++ compiler, which compiles libFuzzer.
pub fn cpp_compiler() -> anyhow::Result<()> {
    // On Windows the compiler is not on the path; the build finds it by itself.
    ensure!(
        cfg!(windows) || std::env::var_os("CXX").is_some() || which::which("c++").is_ok(),
        "install a C++ compiler (Debian, Ubuntu: `apt-get install build-essential`)"
    );
    Ok(())
}

/// Chromium and its driver, for the browser tests.
pub struct Browser {
    pub chromium: PathBuf,
    pub chromedriver: PathBuf,
}

/// Finds Chromium and ChromeDriver; installs them where Debian's package manager can.
pub fn browser(shell: &Shell) -> anyhow::Result<Browser> {
    if let Some(browser) = find_browser() {
        return Ok(browser);
    }
    let install = "install Chromium and ChromeDriver of the same version \
                   (Debian, Ubuntu: `apt-get install chromium chromium-driver`)";
    apt_get(shell, &["update"]).context(install)?;
    apt_get(shell, &[&INSTALL[..], &["chromium", "chromium-driver"]].concat()).context(install)?;
    find_browser().context(install)
}

/// Installs the shell of JavaScriptCore, iOS's engine, with Debian's package manager. Its tests are skipped where there is
/// no such manager.
pub fn javascript_core(shell: &Shell) -> anyhow::Result<()> {
    if which::which("jsc").is_ok() {
        return Ok(());
    }
    if which::which("apt-get").is_err() {
        println!("there is no jsc and no apt-get to install it, so its tests are skipped");
        return Ok(());
    }
    install_javascript_core(shell).context("install jsc (Debian: libjavascriptcoregtk-4.0-bin)")
}

fn install_javascript_core(shell: &Shell) -> anyhow::Result<()> {
    apt_get(shell, &["update"])?;
    // Debian's name of the package contains the version of the library in some releases.
    let pattern = "^libjavascriptcoregtk-(.*-)?bin$";
    let found = cmd!(shell, "apt-cache search --names-only {pattern}").read()?;
    let package = found.split_whitespace().next().context("there is no package of it")?;
    apt_get(shell, &[&INSTALL[..], &[package]].concat())
}

/// Installs coturn, a TURN server, with Debian's package manager. Its tests are skipped where there is no such manager.
pub fn coturn(shell: &Shell) -> anyhow::Result<()> {
    with_apt_get(shell, &["turnserver"], "coturn")
}

/// Installs Firefox with Debian's package manager. Its tests are skipped where there is no such manager.
pub fn firefox(shell: &Shell) -> anyhow::Result<()> {
    with_apt_get(shell, &["firefox-esr", "firefox"], "firefox-esr")
}

/// Installs nginx, Caddy and Prometheus with Debian's package manager. Their tests are skipped where there is no such
/// manager.
pub fn deploy(shell: &Shell) -> anyhow::Result<()> {
    // Debian has it where only root's path leads.
    with_apt_get(shell, &["nginx", "/usr/sbin/nginx"], "nginx")?;
    with_apt_get(shell, &["caddy"], "caddy")?;
    with_apt_get(shell, &["prometheus"], "prometheus")
}

/// Installs `faketime`, by which one process sees another time, with Debian's package manager. The drill of clocks fails
/// where there is no such manager.
pub fn faketime(shell: &Shell) -> anyhow::Result<()> {
    with_apt_get(shell, &["faketime"], "faketime")
}

/// Installs a Debian package, unless one of `programs` is on the path: a program has other names elsewhere.
fn with_apt_get(shell: &Shell, programs: &[&str], package: &'static str) -> anyhow::Result<()> {
    if programs.iter().any(|program| which::which(program).is_ok()) {
        return Ok(());
    }
    if which::which("apt-get").is_err() {
        println!(
            "there is no {package} and no apt-get to install it, so what needs it is left out"
        );
        return Ok(());
    }
    apt_get(shell, &["update"])?;
    apt_get(shell, &[&INSTALL[..], &[package]].concat())
        .with_context(|| format!("install {package}"))
}

const INSTALL: [&str; 3] = ["install", "-y", "--no-install-recommends"];

fn apt_get(shell: &Shell, arguments: &[&str]) -> anyhow::Result<()> {
    which::which("apt-get").context("there is no apt-get")?;
    let _environment = shell.push_env("DEBIAN_FRONTEND", "noninteractive");
    let apt: &[&str] =
        if which::which("sudo").is_ok() { &["sudo", "apt-get"] } else { &["apt-get"] };
    let (program, leading) = (apt[0], &apt[1..]);
    Ok(cmd!(shell, "{program} {leading...} -qq {arguments...}").run()?)
}

fn find_browser() -> Option<Browser> {
    let chromium = ["chromium", "chromium-browser", "google-chrome", "chrome"]
        .iter()
        .find_map(|name| which::which(name).ok())?;
    Some(Browser { chromium, chromedriver: which::which("chromedriver").ok()? })
}
