//! `GET /v1/reminders`: a listener waits for calls on a WebSocket.
//!
//! A listener may come late: what already rings is sent first. To miss nothing between that look-up and
//! the first new call, the socket subscribes before it looks, and skips what it then hears of twice.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::response::Response;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use wmpf_voip::protocol::REMINDERS_SUBPROTOCOL;

use crate::clock::now_ms;
use crate::failure::Failure;
use crate::listeners::Subscription;
use crate::openapi;
use crate::rooms;
use crate::serve::Place;
use crate::service::{App, closed};
use crate::session::SocketSession;
use crate::store::StoreError;
use crate::tokens::SessionHolder;

/// How often a quiet socket is asked whether it is still there. Middleboxes drop idle connections
/// after a minute or more.
const PING_INTERVAL: Duration = Duration::from_secs(25);

/// How long one message may take to leave before the listener counts as gone.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);

/// A listener sends nothing but pongs. The library's read buffer of 128 kB would be most of what an
/// idle listener costs.
const READ_BUFFER_BYTES: usize = 4 * 1024;

/// The longest message that a listener may send; it is ignored anyway.
const MAX_MESSAGE_BYTES: usize = 4 * 1024;

/// Room for a few of the longest reminders: names and query, percent-encoded, make some 100 kB.
const MAX_WRITE_BUFFER_BYTES: usize = 512 * 1024;

/// Waits for calls
///
/// A WebSocket. Each call for this party comes as one text message, a ServiceMessage, and so does its end
/// if the caller gives up. What already rings comes first. A browser offers the subprotocols `wmpf-voip.v1`
/// and the session token. The service closes the socket with 1008 when the token expires, and with 1001,
/// 1011 or 1013 when the listener should connect again.
#[utoipa::path(
    get,
    path = "/v1/reminders",
    operation_id = "listen",
    security(("session" = [])),
    params((
        "Sec-WebSocket-Protocol" = Option<String>, Header,
        description = "`wmpf-voip.v1, <session token>` where the Authorization header cannot be set"
    )),
    responses(
        (status = 101, description = "The socket is open; each message is a ServiceMessage", body = openapi::ServiceMessage),
        (status = 400, description = "1004: not a WebSocket handshake", body = openapi::Refusal),
        (status = 401, description = "5: the session token is missing, forged or expired", body = openapi::Refusal),
        (status = 426, description = "1004: the connection cannot be upgraded", body = openapi::Refusal),
        (status = 429, description = "5: 16 sockets of this party are open", body = openapi::Refusal),
    )
)]
pub async fn listen(
    State(app): State<Arc<App>>,
    session: SocketSession,
    Extension(place): Extension<Place>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Failure> {
    let upgrade =
        upgrade.map_err(|rejection| Failure::Http(rejection.status(), rejection.body_text()))?;
    let notices = subscribe(&app, &session)?;
    let SocketSession { holder, .. } = session;
    Ok(upgrade
        .protocols([REMINDERS_SUBPROTOCOL])
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0)
        .max_write_buffer_size(MAX_WRITE_BUFFER_BYTES)
        .max_message_size(MAX_MESSAGE_BYTES)
        .max_frame_size(MAX_MESSAGE_BYTES)
        .on_upgrade(move |mut socket| async move {
            // The connection is no longer the server's own, but still counts as one.
            let _place = place;
            let (code, reason) = match ring(&mut socket, &app, holder, notices).await {
                End::Gone => return,
                End::GivenUp => {
                    (close_code::AGAIN, "too slow, or the tokens' key has changed: connect again")
                }
                End::Expired => {
                    (close_code::POLICY, "the session token has expired: connect with a fresh one")
                }
                End::Failed => (close_code::ERROR, "the room service failed: connect again"),
                End::Closing => (close_code::AWAY, "the room service stops: connect again"),
            };
            send(&mut socket, Message::Close(Some(CloseFrame { code, reason: reason.into() })))
                .await;
        }))
}

/// Takes a place among the listeners. A new key gives up the sockets that are there, so one that comes after
/// it has to ask again whether its token counts.
fn subscribe(app: &App, session: &SocketSession) -> Result<Subscription, Failure> {
    let notices = app.driver.listeners.subscribe(&session.holder.party)?;
    app.keys.session(session.token.expose()).map_err(Failure::Session)?;
    Ok(notices)
}

/// Why a socket comes to its end.
enum End {
    /// The listener has left.
    Gone,
    /// The listener does not keep up, or its token was revoked.
    GivenUp,
    /// The session token has expired.
    Expired,
    /// The store failed.
    Failed,
    /// The service stops.
    Closing,
}

async fn ring(
    socket: &mut WebSocket,
    app: &App,
    holder: SessionHolder,
    mut notices: Subscription,
) -> End {
    let SessionHolder { party: listener, expires_at } = holder;
    let left = u64::try_from(expires_at.saturating_sub(now_ms())).unwrap_or(0);
    let mut expired = std::pin::pin!(sleep(Duration::from_millis(left)));
    let mut closing = app.closing.subscribe();
    let now = app.driver.clock.now_ms();
    let look_up =
        app.store.run(move |db| rooms::ringing(db, &listener, now).map_err(StoreError::from));
    let ringing = match look_up.await {
        Ok(ringing) => ringing,
        Err(error) => {
            tracing::error!(%error, "what rings could not be looked up");
            return End::Failed;
        }
    };
    let mut sent = HashSet::new();
    for call in ringing {
        if !send(socket, Message::text(call.message)).await {
            return End::Gone;
        }
        sent.insert(call.room_id);
    }

    let mut ping = interval(PING_INTERVAL);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ping.reset();
    let mut heard = true;
    loop {
        tokio::select! {
            notice = notices.next() => match notice {
                Some(notice) if notice.rings && sent.remove(&notice.room_id) => {}
                Some(notice) => if !send(socket, Message::text(notice.message)).await {
                    return End::Gone;
                },
                None => return End::GivenUp,
            },
            message = socket.recv() => match message {
                Some(Ok(_)) => heard = true,
                Some(Err(_)) | None => return End::Gone,
            },
            _ = ping.tick() => {
                if !std::mem::take(&mut heard) || !send(socket, Message::Ping(Default::default())).await {
                    return End::Gone;
                }
            }
            () = closed(&mut closing) => return End::Closing,
            () = &mut expired => return End::Expired,
        }
    }
}

/// Sends a message; `false` if the listener is gone.
async fn send(socket: &mut WebSocket, message: Message) -> bool {
    matches!(timeout(SEND_TIMEOUT, socket.send(message)).await, Ok(Ok(())))
}

#[cfg(test)]
mod tests {
    use wmpf_voip::secret::Secret;

    use super::*;
    use crate::clock::Clock;
    use crate::party::{Party, Role};
    use crate::store::Store;
    use crate::tokens::{Keyring, TokenError};

    #[tokio::test]
    async fn a_socket_whose_token_was_revoked_on_its_way_gets_no_place() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("store.sqlite")).unwrap();
        let keys = Keyring::new([("wxa".into(), vec![1; 32])]);
        let app = App::new(store, keys, Clock::default());
        let party = Party { app_id: "wxa".into(), role: Role::Phone, id: "o1".into() };
        let token = app.keys.issue_session(&party, now_ms() + 60_000).unwrap();
        let holder = app.keys.session(&token).unwrap();
        let session = SocketSession { holder, token: Secret::new(token) };
        assert!(subscribe(&app, &session).is_ok());
        app.keys.set("wxa", Some(vec![2; 32]));
        app.driver.listeners.give_up("wxa");
        let refused = subscribe(&app, &session).map(|_| ());
        assert!(matches!(refused, Err(Failure::Session(TokenError::Forged))), "{refused:?}");
    }
}
