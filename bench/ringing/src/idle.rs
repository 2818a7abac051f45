//! Opens the sockets of listeners and keeps them: `bench-idle <plan.json>` prints a line when all are open, and closes them
//! when its standard input ends. The plan is that of `bench-ringing`, of which only the listeners are read.

mod listener;

use std::io::Read;

use anyhow::Context;
use futures_util::{SinkExt, StreamExt, stream};
use serde::Deserialize;
use tokio::task::LocalSet;
use tokio_tungstenite::tungstenite::Message;

use self::listener::{Listener, is_ping};

/// How many sockets are opened at the same time.
const AT_ONCE: usize = 64;

#[derive(Deserialize)]
struct Plan {
    callers: Vec<Listener>,
}

fn main() -> anyhow::Result<()> {
    let path = std::env::args().nth(1).context("usage: bench-idle <plan.json>")?;
    let plan: Plan = serde_json::from_slice(&std::fs::read(path)?)?;
    // Where there is no limit to raise, or it cannot be raised, opening says so.
    #[cfg(unix)]
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, async move {
        let opening = stream::iter(&plan.callers).map(Listener::connect).buffer_unordered(AT_ONCE);
        let sockets: Vec<_> = opening.collect().await;
        for socket in sockets {
            let mut socket = socket?;
            tokio::task::spawn_local(async move {
                // The library answers pings of WebSocket while it is read.
                while let Some(Ok(message)) = socket.next().await {
                    if is_ping(&message) && socket.send(Message::text("3")).await.is_err() {
                        return;
                    }
                }
                eprintln!("bench-idle: a socket was closed");
            });
        }
        println!("open");
        let ended = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
        ended.await??;
        Ok(())
    })
}
