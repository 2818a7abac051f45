//! `wasm-pack`, without its installer and its check for updates.

use clap::Parser;
use wasm_pack::Cli;
use wasm_pack::command::run_wasm_pack;

fn main() -> anyhow::Result<()> {
    run_wasm_pack(Cli::parse().cmd)
}
