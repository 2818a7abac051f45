//! Opens the sockets of listeners and keeps them: `bench-idle <plan.json>` prints a line when all are open, and closes them
//! when its standard input ends. The plan is that of `bench-ringing`, of which only the listeners are read.

mod listener;

use std::io::Read;

use anyhow::{Context, ensure};
use futures_util::{SinkExt, StreamExt, TryStreamExt, stream};
use serde::Deserialize;
use tokio::task::{JoinHandle, LocalSet};
use tokio_tungstenite::tungstenite::Message;

use self::listener::{Listener, Socket, is_ping};

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
        // Each is read from the beginning: the library answers pings of WebSocket while it is read.
        let opening = plan.callers.iter().map(async |listener| {
            let socket = listener.connect().await?;
            anyhow::Ok(tokio::task::spawn_local(wait(socket)))
        });
        let waiting: Vec<_> = stream::iter(opening).buffer_unordered(AT_ONCE).try_collect().await?;
        ensure!(!waiting.iter().any(JoinHandle::is_finished), "the server has closed sockets");
        println!("open");
        let ended = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
        ended.await??;
        Ok(())
    })
}

/// Reads until the socket is closed.
async fn wait(mut socket: Socket) {
    while let Some(Ok(message)) = socket.next().await {
        if is_ping(&message) && socket.send(Message::text("3")).await.is_err() {
            return;
        }
    }
}
