//! Every test of the repository, and the set-up that each of them needs.

use std::path::Path;

use anyhow::bail;
use xshell::{Shell, cmd};

use crate::prerequisites::{self, Browser};
use crate::step::step;
use crate::{demo, document, npm, reproducible, sizes};

/// Folders of `tests/` whose tools are larger than everything else together, and what is tested there.
const WITH_LARGE_TOOLS: [(&str, &str); 6] = [
    ("wechat", "test what WeChat's own tools make of the package and the plugin"),
    ("runners", "test the fake service in other test runners"),
    ("workers", "test the package in the runtime of Cloudflare's Workers"),
    ("consumers", "test what bundlers and linters make of the package"),
    ("taro", "test what Taro makes of the package"),
    ("uni-app", "test what uni-app makes of the package"),
];

/// Runs the tests; the first failure ends it. `--all` adds those with large tools.
pub fn run(shell: &Shell, arguments: &[String]) -> anyhow::Result<()> {
    let all = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => false,
        ["--all"] => true,
        _ => bail!("test takes --all or nothing, not {}", arguments.join(" ")),
    };
    prerequisites::for_build(shell)?;
    let browser = prerequisites::browser(shell)?;
    if all {
        prerequisites::javascript_core(shell)?;
        prerequisites::coturn(shell)?;
    }
    step("compile wasm-pack and wasm-bindgen's test runner", || {
        Ok(cmd!(shell, "cargo build --quiet --package xtask-tools").run()?)
    })?;
    step("test the core, the service, the kept inputs and the generator of tables", || {
        Ok(cmd!(
            shell,
            "cargo test --package wmpf-voip --package wmpf-voip-server --package wmpf-voip-fuzz
             --package xtask"
        )
        .run()?)
    })?;
    step("test the boundary in Node", || wasm_pack(shell, &["--node"]))?;
    step("test the boundary in Chromium", || {
        let driver = browser.chromedriver.display().to_string();
        wasm_pack(shell, &["--headless", "--chrome", "--chromedriver", &driver])
    })?;
    let site = demo::site(shell)?;
    let service = demo::service(shell)?;
    sizes::check(shell, Path::new("pkg"))?;
    step("check the tables of the documentation", || document::check(shell))?;
    step("test the packed package in Node, TypeScript and Chromium", || {
        node_tests(shell, "package", &site, &service, &browser)
    })?;
    step("test the entry for mini-programs on their hosts", || {
        node_tests(shell, "hosts", &site, &service, &browser)
    })?;
    step("test the demo page in Chromium", || {
        node_tests(shell, "page", &site, &service, &browser)
    })?;
    step("test the media of browsers in Chromium", || {
        node_tests(shell, "media", &site, &service, &browser)
    })?;
    if all {
        step("build the package again elsewhere", || {
            reproducible::check(shell, &shell.current_dir().join("pkg"))
        })?;
        step("test media over a TURN server", || {
            node_tests(shell, "turn", &site, &service, &browser)
        })?;
        for (folder, what) in WITH_LARGE_TOOLS {
            npm::install_in(shell, &Path::new("tests").join(folder))?;
            step(what, || node_tests(shell, folder, &site, &service, &browser))?;
        }
    }
    Ok(())
}

/// Runs `wasm-pack test` of this workspace's lock file.
fn wasm_pack(shell: &Shell, arguments: &[&str]) -> anyhow::Result<()> {
    let tools = shell.current_dir().join("target/debug");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path =
        std::env::join_paths(std::iter::once(tools.clone()).chain(std::env::split_paths(&path)))?;
    let _path = shell.push_env("PATH", path);
    let wasm_pack = tools.join(format!("wasm-pack{}", std::env::consts::EXE_SUFFIX));
    Ok(cmd!(shell, "{wasm_pack} test {arguments...} --mode no-install").run()?)
}

fn node_tests(
    shell: &Shell,
    folder: &str,
    site: &Path,
    service: &Path,
    browser: &Browser,
) -> anyhow::Result<()> {
    let _site = shell.push_env("WMPF_VOIP_SITE", site);
    let _service = shell.push_env("WMPF_VOIP_SERVER", service);
    let _chromium = shell.push_env("WMPF_VOIP_CHROMIUM", &browser.chromium);
    let mut files: Vec<_> = shell.read_dir(Path::new("tests").join(folder))?;
    files.retain(|file| file.to_string_lossy().ends_with(".test.mjs"));
    // A file after the other: each has a service and a browser of its own.
    Ok(cmd!(shell, "node --test --test-concurrency=1 {files...}").run()?)
}
