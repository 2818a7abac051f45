//! What the WebSockets of the service have in common: how one begins, how it is kept, and how it ends.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade, close_code};
use axum::response::Response;
use tokio::time::{Instant, Interval, MissedTickBehavior, Sleep, interval_at, sleep, timeout};
use wmpf_voip::protocol::REMINDERS_SUBPROTOCOL;

use crate::domain::clock::now_ms;
use crate::domain::tokens::SessionHolder;
use crate::http::connections::Place;
use crate::http::failure::Failure;

/// Most sockets are idle. The library's read buffer of 128 kB would be most of what they cost.
const READ_BUFFER_BYTES: usize = 4 * 1024;

/// What a request is told that is not the handshake of a WebSocket.
const NO_HANDSHAKE: &str = "expected the handshake of a WebSocket, got another request: connect with a WebSocket client, \
                            over HTTP/1.1 and through proxies that pass the headers Upgrade and Connection on";

/// How much a socket may hold, in bytes.
pub struct Limits {
    /// The longest message that the device may send.
    pub message: usize,
    /// What may wait to be sent.
    pub write_buffer: usize,
}

/// Takes a WebSocket, and has it served.
///
/// # Errors
/// When the request is not the handshake of one.
pub fn accept<Served: Future<Output = ()> + Send + 'static>(
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    place: Place,
    limits: Limits,
    serve: impl FnOnce(WebSocket) -> Served + Send + 'static,
) -> Result<Response, Failure> {
    let upgrade =
        upgrade.map_err(|rejection| Failure::Http(rejection.status(), NO_HANDSHAKE.into()))?;
    Ok(upgrade
        .protocols([REMINDERS_SUBPROTOCOL])
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0)
        .max_write_buffer_size(limits.write_buffer)
        .max_message_size(limits.message)
        .max_frame_size(limits.message)
        .on_upgrade(async move |socket| {
            // The connection is no longer the server's own, but still counts as one.
            let _place = place;
            serve(socket).await;
        }))
}

/// Sends a message; `false` if the device is gone, or takes longer than `patience`.
pub async fn send(socket: &mut WebSocket, message: Message, patience: Duration) -> bool {
    matches!(timeout(patience, socket.send(message)).await, Ok(Ok(())))
}

/// When the session of a socket expires.
pub fn expiry(holder: &SessionHolder) -> Sleep {
    let left = u64::try_from(holder.expires_at.saturating_sub(now_ms())).unwrap_or(0);
    sleep(Duration::from_millis(left))
}

/// Shows a device again and again that the service is there, and asks whether the device is. One that says nothing from
/// one time to the next is gone.
pub struct Pulse {
    ticks: Interval,
    is_heard: bool,
    patience: Duration,
}

impl Pulse {
    /// Beats this often, the first time after so long. What takes longer than `patience` to leave does not arrive.
    #[must_use]
    pub fn every(period: Duration, patience: Duration) -> Pulse {
        let mut ticks = interval_at(Instant::now() + period, period);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Pulse { ticks, is_heard: true, patience }
    }

    /// It has said something.
    pub const fn heard(&mut self) {
        self.is_heard = true;
    }

    /// Waits until it is time to beat; `false` if the device is gone. To give this up and wait again loses nothing.
    pub async fn is_due(&mut self) -> bool {
        self.ticks.tick().await;
        std::mem::take(&mut self.is_heard)
    }

    /// Tells the device that it beats from now on; `false` if the device is gone.
    pub async fn begin(&self, socket: &mut WebSocket) -> bool {
        send(socket, Message::text(heartbeat(self.ticks.period())), self.patience).await
    }

    /// Beats; `false` if the device is gone. A page is told, because its browser shows it no pings; and it is pinged,
    /// because its browser answers that whatever the page does.
    pub async fn beat(&self, socket: &mut WebSocket) -> bool {
        self.begin(socket).await && send(socket, Message::Ping(Bytes::new()), self.patience).await
    }
}

/// The `Heartbeat` of either protocol, which are the same.
fn heartbeat(period: Duration) -> String {
    format!(r#"{{"type":"heartbeat","everyMs":{}}}"#, period.as_millis())
}

/// Why the service ends any socket.
pub enum Farewell {
    /// The device does not keep up, or its token was revoked.
    GivenUp,
    /// The session token has expired.
    Expired,
    /// The service could not do its part.
    Failed,
    /// The service stops.
    Stopping,
}

impl Farewell {
    /// What the device is told.
    #[must_use]
    pub const fn words(self) -> (u16, &'static str) {
        match self {
            Farewell::GivenUp => {
                (close_code::AGAIN, "too slow, or the tokens' key has changed: connect again")
            }
            Farewell::Expired => {
                (close_code::POLICY, "the session token has expired: connect with a fresh one")
            }
            Farewell::Failed => (close_code::ERROR, "the room service failed: connect again"),
            Farewell::Stopping => (close_code::AWAY, "the room service stops: connect again"),
        }
    }
}

/// The last message of a socket. The reason has at most 123 bytes.
#[must_use]
pub fn close((code, reason): (u16, impl Into<Utf8Bytes>)) -> Message {
    Message::Close(Some(CloseFrame { code, reason: reason.into() }))
}

#[cfg(test)]
mod tests {
    use wmpf_voip::protocol::socket::CallMessage;
    use wmpf_voip::protocol::{Heartbeat, ServiceMessage};

    use super::*;

    #[test]
    fn a_heartbeat_is_that_of_reminders_and_of_calls() {
        let sent = heartbeat(Duration::from_secs(5));
        let expected = Heartbeat { every_ms: 5_000 };
        assert_eq!(
            serde_json::from_str::<ServiceMessage>(&sent).unwrap(),
            ServiceMessage::Heartbeat(expected)
        );
        assert_eq!(
            serde_json::from_str::<CallMessage>(&sent).unwrap(),
            CallMessage::Heartbeat(expected)
        );
    }
}
