//! Measures a call and the package, against baselines in the same run.
//!
//! The figures are printed and never asserted: machines differ and are noisy, ratios less so.

use std::path::Path;

use xshell::{Shell, cmd};

use crate::step::step;
use crate::{build, npm, wasm};

/// The baseline: a room service as it is usually written in Node.
const BASELINE: &str = "bench/ringing/baseline";

/// The log filter of the service: the log says where it listens, but not each request.
const LOG: &str = "info,wmpf_voip_server::router=warn";

/// Builds the package and the baselines, then measures.
pub fn run(shell: &Shell) -> anyhow::Result<()> {
    build::package(shell)?;
    let out = shell.current_dir().join("target/bench");
    shell.create_dir(&out)?;
    // The glue is an ES module, and Node reads the nearest package.json to know that.
    shell.write_file(out.join("package.json"), r#"{"type":"module"}"#)?;
    step("compile the floor of the benchmark", || wasm::build(shell, "bench-floor", &out, &out))?;

    baseline(shell)?;
    step("compile the room service and its load, optimised", || {
        let packages = ["-p", "wmpf-voip-server", "-p", "bench-ringing", "-p", "bench-bare"];
        Ok(cmd!(shell, "cargo build --locked --release {packages...}").run()?)
    })?;
    let program = |name| {
        let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        shell.current_dir().join("target/release").join(file)
    };
    step("measure", || {
        Ok(cmd!(shell, "node bench/bench.mjs")
            .env("WMPF_VOIP_SERVER", program("wmpf-voip-server"))
            .env("WMPF_VOIP_BENCH_RINGING", program("bench-ringing"))
            .env("WMPF_VOIP_BENCH_IDLE", program("bench-idle"))
            .env("WMPF_VOIP_BENCH_BARE", program("bench-bare"))
            .env("WMPF_VOIP_LOG", LOG)
            .run()?)
    })
}

fn baseline(shell: &Shell) -> anyhow::Result<()> {
    npm::install_in(shell, Path::new(BASELINE))?;
    let _folder = shell.push_dir(BASELINE);
    // npm runs no scripts of what it installs, so this package is compiled or fetched here by its own script.
    if shell.path_exists("node_modules/better-sqlite3/build/Release/better_sqlite3.node") {
        return Ok(());
    }
    step("compile the baseline's SQLite", || {
        npm::run(shell, &["rebuild", "better-sqlite3", "--loglevel=error"])
    })
}
