//! `GET /v1/reminders`: a listener waits for calls on a WebSocket.
//!
//! A listener may come late, so the calls that already ring are sent first. The socket subscribes before it reads
//! them, so that no call is missed in between, and skips notices of calls that it has read already.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade, close_code};
use axum::response::Response;
use wmpf_voip::protocol::{Cancelled, Refusal, ServiceMessage};

use crate::app::App;
use crate::domain::tokens::SessionHolder;
use crate::http::connections::ConnectionPermit;
use crate::http::failure::Failure;
use crate::http::session::SocketSession;
use crate::http::sockets::{Farewell, Limits, Pulse, accept, close, expiry, send, send_last};
use crate::live::listeners::{News, Subscription};
use wmpf_voip_calls::creation::MAX_RINGING;
use wmpf_voip_calls::driver::Ringing;
use wmpf_voip_calls::party::Party;
use wmpf_voip_calls::transition::Notice;

/// How often the service and the listener of a quiet socket show each other that they are there. Middleboxes drop idle
/// connections after a minute or more.
const PULSE_INTERVAL: Duration = Duration::from_secs(25);

/// How long sending one message may take before the listener is taken as gone.
const PATIENCE: Duration = Duration::from_secs(10);

/// A listener sends nothing but pongs; anything else is ignored. The write buffer has room for a few of the longest
/// reminders, whose names and query, percent-encoded, make some 100 kB.
const LIMITS: Limits = Limits { message: 4 * 1024, read_at_once: 128, write_buffer: 512 * 1024 };

/// Waits for calls
///
/// A WebSocket. Each call for this party comes as one text message, a ServiceMessage, and so does its end
/// if the caller gives up. What already rings comes first. A browser offers the subprotocols `wmpf-voip.v1`
/// and the session token. The service closes the socket with 1008 when the token is missing, forged or
/// expired, and with 1001, 1011 or 1013 when the listener should connect again: 1013 also where 16 sockets
/// of this party are open.
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
        (status = 101, description = "The socket is open; each message is a ServiceMessage", body = ServiceMessage),
        (status = 400, description = "1004: not a WebSocket handshake, such as a plain GET", body = Refusal),
        (status = 426, description = "1004: a WebSocket handshake over HTTP/1.0", body = Refusal),
    )
)]
pub async fn listen(
    State(app): State<Arc<App>>,
    session: Result<SocketSession, Failure>,
    Extension(permit): Extension<ConnectionPermit>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Failure> {
    let subscribed = session.and_then(|session| {
        let notices = subscribe(&app, &session)?;
        Ok((session.holder, notices))
    });
    accept(upgrade, permit, LIMITS, async move |mut socket| {
        let end = match subscribed {
            Ok((holder, notices)) => {
                ring(&mut socket, &app, holder, notices).await.map(|end| close(end.words()))
            }
            Err(failure) => Some(close(refusal(&failure))),
        };
        if let Some(end) = end {
            send_last(&mut socket, end).await;
        }
    })
}

/// The close code and the reason when there are no reminders. They are sent on the socket and not in the answer to the
/// handshake, which a browser does not show: a page could not tell an expired token from a service that is away.
fn refusal(failure: &Failure) -> (u16, String) {
    (if failure.is_passing() { close_code::AGAIN } else { close_code::POLICY }, failure.to_string())
}

/// Subscribes to the notices of the party. Whoever deletes a key closes only the sockets that exist, so a
/// socket that subscribes after it has to ask again whether its token is valid.
fn subscribe(app: &App, session: &SocketSession) -> Result<Subscription, Failure> {
    let notices = app.live.listeners.subscribe(&session.holder.party, session.holder.key)?;
    app.keys.session(session.token.expose()).map_err(Failure::Session)?;
    Ok(notices)
}

/// Serves a socket to its end. Gives why the service ends it, or `None` if the listener has left.
async fn ring(
    socket: &mut WebSocket,
    app: &App,
    holder: SessionHolder,
    mut notices: Subscription,
) -> Option<Farewell> {
    let mut expired = std::pin::pin!(expiry(&holder, &app.live.clock));
    let under_way = app.shutdown.watch();
    let mut told = Told { listener: holder.party, rooms: HashSet::new() };
    if let Err(end) = told.catch_up(socket, app).await {
        return end;
    }

    let mut pulse = Pulse::every(PULSE_INTERVAL, PATIENCE);
    if !pulse.begin(socket).await {
        return None;
    }
    loop {
        tokio::select! {
            notice = notices.next() => match notice {
                Some(News::Notice(notice)) => if !told.tell(socket, notice).await {
                    return None;
                },
                Some(News::Behind) => if let Err(end) = told.catch_up(socket, app).await {
                    return end;
                },
                None => return Some(Farewell::Revoked),
            },
            message = socket.recv() => match message {
                Some(Ok(_)) => pulse.heard(),
                Some(Err(_)) | None => return None,
            },
            is_there = pulse.is_due() => {
                if !is_there || !pulse.beat(socket).await {
                    return None;
                }
            }
            () = under_way.stopping() => return Some(Farewell::Stopping),
            () = &mut expired => return Some(Farewell::Expired),
        }
    }
}

/// What the listener was told on one socket.
struct Told {
    listener: Party,
    /// The rooms that ring, as far as it knows.
    rooms: HashSet<String>,
}

impl Told {
    /// Tells of a call, or of its end. It has heard already of what was read from the store meanwhile. Gives `false` if the
    /// listener is gone.
    async fn tell(&mut self, socket: &mut WebSocket, notice: Notice) -> bool {
        let Notice { room_id, rings, message, .. } = notice;
        if rings {
            if !self.rooms.insert(room_id) {
                return true;
            }
        } else {
            // An end is told also of a call that it has not heard of.
            self.rooms.remove(&room_id);
        }
        send(socket, Message::text(message), PATIENCE).await
    }

    /// Tells what rings by the store and was not told, and what was told and rings no longer.
    ///
    /// # Errors
    /// Why the socket ends.
    async fn catch_up(
        &mut self,
        socket: &mut WebSocket,
        app: &App,
    ) -> Result<(), Option<Farewell>> {
        let ringing = app.store.decide(Ringing { listener: self.listener.clone() }).await;
        let ringing = ringing.map_err(|error| {
            tracing::error!(%error, "what rings could not be looked up");
            Some(Farewell::Failed)
        })?;
        let rings: HashSet<&str> = ringing.iter().map(|call| call.room_id.as_str()).collect();
        // Of very many only the newest are read, so that nothing is known of the others.
        let are_all = ringing.len() < MAX_RINGING as usize;
        let over = |room_id: &String| are_all && !rings.contains(room_id.as_str());
        let mut messages = Vec::new();
        for room_id in self.rooms.extract_if(over) {
            let message = serde_json::to_string(&ServiceMessage::Cancelled(Cancelled { room_id }));
            messages.push(message.map_err(|error| {
                tracing::error!(%error, "an end could not be written");
                Some(Farewell::Failed)
            })?);
        }
        for call in ringing {
            if self.rooms.insert(call.room_id) {
                messages.push(call.message);
            }
        }
        for message in messages {
            if !send(socket, Message::text(message), PATIENCE).await {
                return Err(None);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use wmpf_voip::secret::Secret;
    use wmpf_voip_calls::ticket::TokenError;

    use super::*;
    use crate::domain::clock::Clock;
    use crate::domain::signing_key::SigningKey;
    use crate::domain::tokens::Keyring;
    use wmpf_voip_calls::party::{Party, Role};

    #[tokio::test]
    async fn a_socket_whose_token_was_revoked_on_its_way_gets_no_place() {
        let dir = tempfile::tempdir().unwrap();
        let clock = Clock::default();
        let keys = Keyring::new(clock.clone(), [("wxa".into(), SigningKey::new(1, vec![1; 32]))]);
        let app = App::for_test(&dir, keys);
        let party = Party { app_id: "wxa".into(), role: Role::Phone, id: "o1".into() };
        let token = app.keys.issue_session(&party, clock.wall_ms() + 60_000).unwrap();
        let holder = app.keys.session(&token).unwrap();
        let session = SocketSession { holder, token: Secret::new(token) };
        assert!(subscribe(&app, &session).is_ok());
        let gone = app.keys.set("wxa", vec![SigningKey::new(2, vec![2; 32])]);
        app.live.listeners.close_sockets_of_keys(&gone);
        let refused = subscribe(&app, &session).map(|_| ());
        assert!(matches!(refused, Err(Failure::Session(TokenError::Forged))), "{refused:?}");
    }
}
