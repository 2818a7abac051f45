//! What the WebSockets of the service have in common: how they begin, how they are kept open, and how they end.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade, close_code};
use axum::response::Response;
use tokio::time::{Instant, Interval, MissedTickBehavior, Sleep, interval_at, sleep, timeout};
use wmpf_voip::protocol::REMINDERS_SUBPROTOCOL;

use crate::domain::clock::Clock;
use crate::domain::tokens::SessionHolder;
use crate::http::connections::{ConnectionPermit, LAST_PATIENCE};
use crate::http::failure::Failure;

/// The size of the read buffer. Most sockets are idle, and the library's buffer of 128 kB would be most of what they
/// cost.
const READ_BUFFER_BYTES: usize = 4 * 1024;

/// The text for a request that is not the handshake of a WebSocket.
const NO_HANDSHAKE: &str = "expected the handshake of a WebSocket, got another request: connect with a WebSocket client, \
                            over HTTP/1.1 and through proxies that pass the headers Upgrade and Connection on";

/// How much a socket may hold, in bytes.
pub struct Limits {
    /// The length of the longest message that the device may send.
    pub message: usize,
    /// How much may wait to be sent.
    pub write_buffer: usize,
}

/// Accepts a WebSocket and serves it with `serve`.
///
/// # Errors
/// When the request is not the handshake of a WebSocket.
pub fn accept<Served: Future<Output = ()> + Send + 'static>(
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    place: ConnectionPermit,
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
            // The HTTP server no longer has the connection, but it still takes a place among the open ones.
            let _place = place;
            serve(socket).await;
        }))
}

/// Sends a message. Gives `false` if the device is gone, or sending takes longer than `patience`.
pub async fn send(socket: &mut WebSocket, message: Message, patience: Duration) -> bool {
    matches!(timeout(patience, socket.send(message)).await, Ok(Ok(())))
}

/// Sends the last message of a socket. A device that does not read is not waited for. Gives `false` if it did not get it.
pub async fn send_last(socket: &mut WebSocket, message: Message) -> bool {
    send(socket, message, LAST_PATIENCE).await
}

/// Completes when the session token of a socket expires. How long that is, the machine's clock is asked only now.
pub fn expiry(holder: &SessionHolder, clock: &Clock) -> Sleep {
    let left = u64::try_from(holder.expires_at.saturating_sub(clock.wall_ms())).unwrap_or(0);
    sleep(Duration::from_millis(left))
}

/// Shows a device again and again that the service is there, and asks whether the device is. A device that sends
/// nothing from one beat to the next is gone.
pub struct Pulse {
    ticks: Interval,
    is_heard: bool,
    patience: Duration,
}

impl Pulse {
    /// Beats every `period`, for the first time after one period. The device is gone if sending takes longer than
    /// `patience`.
    #[must_use]
    pub fn every(period: Duration, patience: Duration) -> Pulse {
        let mut ticks = interval_at(Instant::now() + period, period);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Pulse { ticks, is_heard: true, patience }
    }

    /// Notes that the device has sent something.
    pub const fn heard(&mut self) {
        self.is_heard = true;
    }

    /// Waits until the next beat is due. Gives `false` if the device is gone. Nothing is lost when the wait is dropped
    /// and begun again.
    pub async fn is_due(&mut self) -> bool {
        self.ticks.tick().await;
        std::mem::take(&mut self.is_heard)
    }

    /// Tells the device how often the service beats. Gives `false` if the device is gone.
    pub async fn begin(&self, socket: &mut WebSocket) -> bool {
        send(socket, Message::text(heartbeat(self.ticks.period())), self.patience).await
    }

    /// Beats. Gives `false` if the device is gone. The beat is a message, because a browser does not show pings to its
    /// page; and it is a ping, because a browser answers that whatever its page does.
    pub async fn beat(&self, socket: &mut WebSocket) -> bool {
        self.begin(socket).await && send(socket, Message::Ping(Bytes::new()), self.patience).await
    }
}

/// The `Heartbeat` message, which is the same in the protocols of reminders and of calls.
fn heartbeat(period: Duration) -> String {
    format!(r#"{{"type":"heartbeat","everyMs":{}}}"#, period.as_millis())
}

/// Why the service ends a socket, of whichever kind.
pub enum Farewell {
    /// The device does not read fast enough.
    TooSlow,
    /// The token of the socket is no longer valid.
    Revoked,
    /// The party has asked too often.
    TooOften,
    /// The session token has expired.
    Expired,
    /// The service failed.
    Failed,
    /// The service is stopping.
    Stopping,
}

impl Farewell {
    /// The close code and the reason that the device is told.
    #[must_use]
    pub const fn words(self) -> (u16, &'static str) {
        match self {
            Farewell::TooSlow => (close_code::AGAIN, "this end reads too slowly: connect again"),
            Farewell::Revoked => {
                (close_code::AGAIN, "the tokens' key has changed: connect again with a fresh one")
            }
            Farewell::TooOften => {
                (close_code::AGAIN, "too many requests of this party: connect again later")
            }
            Farewell::Expired => {
                (close_code::POLICY, "the session token has expired: connect with a fresh one")
            }
            Farewell::Failed => (close_code::ERROR, "the room service failed: connect again"),
            Farewell::Stopping => (close_code::AWAY, "the room service stops: connect again"),
        }
    }
}

/// Makes the close message of a socket. A reason may have at most 123 bytes.
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
