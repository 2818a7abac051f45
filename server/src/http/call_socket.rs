//! `GET /v1/calls/{roomId}/socket`: a party takes part in its call on a WebSocket.
//!
//! Errors are told on the socket and not in the answer to the handshake, which a browser does not show.

use std::future::pending;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use wmpf_voip::call::{Chosen, Device, Event, State as CallState};
use wmpf_voip::protocol::Refusal;
use wmpf_voip::protocol::socket::schema::NameOfDevice;
use wmpf_voip::protocol::socket::{
    CallMessage, MAX_RELAY_BYTES, NumberedEvent, OpenedCall, PartyMessage, PartySignal,
    RawPartyMessage,
};
use wmpf_voip::schema::Uint32;
use wmpf_voip::secret::Secret;
use wmpf_voip::value::Object;

use crate::app::App;
use crate::http::call_query::{CallQuery, Takes};
use crate::http::connections::ConnectionPermit;
use crate::http::failure::Failure;
use crate::http::session::SocketSession;
use crate::http::sockets::{self, Farewell, Limits, Pulse, accept, expiry};
use crate::live::calls::{QUEUE_LENGTH, Queued, RELAYS_LENGTH, Socket};
use crate::media::voip_chat;
use crate::storage::Undone;
use wmpf_voip_calls::driver::{
    Arrival, Begins, Choose, Describe, Described, Open, Opening, Report,
};
use wmpf_voip_calls::party::Party;

/// How often the service and the device of a quiet socket show each other that they are there. A device that has sent
/// nothing from one beat to the next is gone, so that is known within 10 seconds.
const PULSE_INTERVAL: Duration = Duration::from_secs(5);

/// How long sending one message may take before the device is taken as gone.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long the device may take to close its end. Until then, whatever it still sends is read: a connection that is
/// closed with unread data is reset, and the last messages to the device are lost.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// The longest message that is read, in bytes: a text to relay, each byte of which JSON may write as six, and a little
/// more. A text that is too long to be relayed is refused by a message; a message that is longer than this ends the
/// socket.
const MAX_MESSAGE_BYTES: usize = 6 * MAX_RELAY_BYTES + 4 * 1024;

/// The write buffer has room for a few of the longest messages.
const LIMITS: Limits = Limits {
    message: MAX_MESSAGE_BYTES,
    read_at_once: 4 * 1024,
    write_buffer: 4 * MAX_MESSAGE_BYTES,
};

/// Takes part in a call
///
/// A WebSocket for either party of the call, held from the opening of the call page until the call is over. Each
/// message is a JSON text: a CallMessage from the service, a PartyMessage to it. The first is `call`, then come the
/// events after the number `after`, then what happens. `call` comes again whenever there are new TURN credentials: once
/// the call is answered, and before they expire. After `finishVoip` or `elsewhere` the service closes the
/// socket with 1000. Of several pages of one device the one has the call that has taken it last. What cannot be had is
/// `refused`, and the socket is closed with 1008; this also tells that the session token is wrong or has expired. With
/// 1001, 1011 or 1013 the device should connect again.
#[utoipa::path(
    get,
    path = "/v1/calls/{roomId}/socket",
    operation_id = "openCallSocket",
    security(("session" = [])),
    params(
        ("roomId" = String, Path, description = "The call"),
        ("device" = inline(NameOfDevice), Query, description = "What this device calls itself, also after a reload: 1 to 64 visible ASCII characters"),
        ("page" = inline(Option<NameOfDevice>), Query, description = "What this page calls itself as long as it is there: 1 to 64 visible ASCII characters. Without it, each socket is a page of its own that takes the call"),
        ("takes" = inline(Option<Takes>), Query, description = "`1`: this page takes the call from another page of this device. Not for one that only comes back"),
        ("after" = inline(Option<Uint32>), Query, description = "The number of the last event that it has heard"),
        ("Sec-WebSocket-Protocol" = Option<String>, Header,
            description = "`wmpf-voip.v1, <session token>` where the Authorization header cannot be set"),
    ),
    responses(
        (status = 101, description = "The socket is open; each message is a CallMessage", body = CallMessage),
        (status = 400, description = "1004: not a WebSocket handshake, such as a plain GET", body = Refusal),
        (status = 426, description = "1004: a WebSocket handshake over HTTP/1.0", body = Refusal),
    )
)]
pub async fn open(
    State(app): State<Arc<App>>,
    session: Result<SocketSession, Failure>,
    room_id: Result<Path<String>, PathRejection>,
    query: Result<Query<CallQuery>, QueryRejection>,
    Extension(permit): Extension<ConnectionPermit>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Failure> {
    let asked = asked(session, room_id, query);
    accept(upgrade, permit, LIMITS, async move |mut socket| {
        let end = match asked {
            Ok(asked) => take_part(&mut socket, &app, asked).await,
            Err(failure) => End::Failed(failure),
        };
        close(&mut socket, end).await;
    })
}

/// A request to take part in a call.
struct OpenRequest {
    session: SocketSession,
    room_id: String,
    arrival: Arrival,
}

fn asked(
    session: Result<SocketSession, Failure>,
    room_id: Result<Path<String>, PathRejection>,
    query: Result<Query<CallQuery>, QueryRejection>,
) -> Result<OpenRequest, Failure> {
    let session = session?;
    let Path(room_id) = room_id?;
    let Query(query) = query?;
    Ok(OpenRequest { session, room_id, arrival: query.arrival()? })
}

/// A socket that is about to open.
struct Opens {
    party: Party,
    /// The number of the key that has signed its token.
    key: i64,
    room_id: String,
    arrival: Arrival,
    /// The number of the socket.
    id: u64,
}

/// Why a socket ends.
enum End {
    /// The device has closed the connection, or is gone.
    Gone,
    /// The call is over for this device.
    Over,
    /// A message could not be read, or the connection is broken.
    Unreadable,
    /// A request or a message of the device was refused, or the service failed.
    Failed(Failure),
    /// A reason that every socket of the service can have.
    Told(Farewell),
}

impl End {
    fn undone(undone: Undone) -> End {
        End::Failed(undone.into())
    }
}

async fn close(socket: &mut WebSocket, end: End) {
    let is_unreadable = matches!(end, End::Unreadable);
    let words = match end {
        End::Gone => return,
        End::Over => (close_code::NORMAL, "the call is over for this device"),
        End::Told(farewell) => farewell.words(),
        End::Unreadable => {
            (close_code::SIZE, "a message was too long, or was no WebSocket message")
        }
        End::Failed(Failure::TooOften(_)) => Farewell::TooOften.words(),
        End::Failed(failure) => match failure.into_refusal() {
            Some(refusal) => {
                if say(socket, &CallMessage::Refused(refusal)).await.is_err() {
                    return;
                }
                (close_code::POLICY, "refused: the last message says why")
            }
            None => Farewell::Failed.words(),
        },
    };
    if sockets::send_last(socket, sockets::close(words)).await {
        let rest = async {
            while let Some(Ok(_)) = socket.recv().await {}
            if is_unreadable {
                // The rest of an unreadable message stays unread, so only time tells when the device has closed its
                // end.
                pending::<()>().await;
            }
        };
        // A device that has not closed its end by then is not waited for.
        let _ = timeout(CLOSE_TIMEOUT, rest).await;
    }
}

async fn take_part(socket: &mut WebSocket, app: &Arc<App>, asked: OpenRequest) -> End {
    match converse(socket, app, asked).await {
        Ok(end) | Err(end) => end,
    }
}

async fn converse(socket: &mut WebSocket, app: &Arc<App>, asked: OpenRequest) -> Result<End, End> {
    let OpenRequest { session: SocketSession { holder, token }, room_id, arrival } = asked;
    let mut expired = std::pin::pin!(expiry(&holder, &app.live.clock));
    let under_way = app.shutdown.watch();
    let (party, device) = (holder.party, arrival.device.clone());

    let mut guard = app.live.calls.guard(&room_id, &app.live.clock);
    let (sender, messages) = mpsc::channel(QUEUE_LENGTH);
    let (relays, relayed) = mpsc::channel(RELAYS_LENGTH);
    let opens = Opens {
        party: party.clone(),
        key: holder.key,
        room_id: room_id.clone(),
        arrival,
        id: guard.id,
    };
    let queues = (sender.clone(), relays);
    let opening = open_in_store(app, opens, queues).await.map_err(End::Failed)?;
    // Whoever deletes a key closes only the sockets that exist, so this one has to ask again whether its token
    // is valid.
    let session = app.keys.session(token.expose()).map_err(Failure::Session);
    session.map_err(End::Failed)?;
    let goes_on = opening.goes_on;
    let mut renew_at = opening.is_under_way().then(|| next_renewal(app)).flatten();
    for message in first_messages(app, &party.app_id, &room_id, opening) {
        say(socket, &message).await?;
    }
    if !goes_on {
        return Ok(End::Over);
    }

    let mut pulse = Pulse::every(PULSE_INTERVAL, PATIENCE);
    if !pulse.begin(socket).await {
        return Ok(End::Gone);
    }
    // The other sender is dropped when the socket is given up or the call is over.
    let speaker = Speaker { app, party, room_id, device, replies: sender.downgrade() };
    drop(sender);
    let mut queue = Queue { messages, relayed };
    // While a text waits for room on the other side, nothing more is read here.
    let mut passing: Option<Passing> = None;
    loop {
        tokio::select! {
            next = queue.next() => match next {
                Some(Queued::Message(message)) => say(socket, &message).await?,
                Some(Queued::Answered) => renew_at = speaker.renew(socket).await?,
                None if app.keys.session(token.expose()).is_err() => {
                    return Ok(End::Told(Farewell::Revoked));
                }
                None => return Ok(End::Told(Farewell::TooSlow)),
            },
            () = reached(renew_at) => renew_at = speaker.renew(socket).await?,
            () = passed(&mut passing) => {
                passing = None;
                pulse.heard();
            }
            message = socket.recv(), if passing.is_none() => {
                let message = match message {
                    Some(Ok(message)) => message,
                    Some(Err(_)) => return Ok(End::Unreadable),
                    None => return Ok(End::Gone),
                };
                pulse.heard();
                guard.heard();
                let Some(message) = read(&message).map_err(End::Failed)? else { continue };
                if let Err(too_often) = app.rates.message(&speaker.party) {
                    app.metrics.limited(too_often.limit);
                    sleep(too_often.wait).await;
                }
                match message {
                    PartyMessage::Relay { payload } => {
                        passing = pass(app.live.calls.relays(&guard), payload);
                    }
                    PartyMessage::Chosen(chosen) => speaker.choose(chosen).await?,
                    PartyMessage::Signal { id, signal } => speaker.report(id, signal).await?,
                }
            }
            is_there = pulse.is_due() => {
                if !is_there && passing.is_none() {
                    guard.falls_silent();
                    return Ok(End::Gone);
                }
                if !pulse.beat(socket).await {
                    return Ok(End::Gone);
                }
            }
            () = under_way.stopping() => return Ok(End::Told(Farewell::Stopping)),
            () = &mut expired => return Ok(End::Told(Farewell::Expired)),
        }
    }
}

/// What waits to be sent on a socket.
struct Queue {
    messages: mpsc::Receiver<Queued>,
    relayed: mpsc::Receiver<String>,
}

impl Queue {
    /// What comes next: first what the service says, then the texts of the other page. `None` if the socket was given up,
    /// or its tokens are no longer valid.
    async fn next(&mut self) -> Option<Queued> {
        tokio::select! {
            biased;
            queued = self.messages.recv() => queued,
            Some(payload) = self.relayed.recv() => {
                Some(Queued::Message(CallMessage::Relay { payload }))
            }
        }
    }
}

/// A text on its way to the sockets of the other side.
type Passing = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Passes a text. Gives what is to be waited for where a queue is full: whoever reads slowly slows down who sends, and
/// nothing is lost.
fn pass(relays: Vec<mpsc::Sender<String>>, payload: String) -> Option<Passing> {
    let full: Vec<_> = relays
        .into_iter()
        .filter(|relay| matches!(relay.try_send(payload.clone()), Err(TrySendError::Full(_))))
        .collect();
    (!full.is_empty()).then(|| {
        Box::pin(async move {
            for relay in full {
                // One that has closed meanwhile gets nothing.
                let _ = relay.send(payload.clone()).await;
            }
        }) as Passing
    })
}

async fn passed(passing: &mut Option<Passing>) {
    match passing {
        Some(passing) => passing.await,
        None => pending().await,
    }
}

/// When the TURN credentials that are sent now are to be renewed; `None` if there are no TURN servers.
fn next_renewal(app: &App) -> Option<Instant> {
    app.ice.renewed_after().map(|after| Instant::now() + after)
}

async fn reached(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => pending().await,
    }
}

/// The end of a socket from which a device speaks.
struct Speaker<'a> {
    app: &'a App,
    party: Party,
    room_id: String,
    device: Device,
    replies: mpsc::WeakSender<Queued>,
}

impl Speaker<'_> {
    async fn choose(&self, chosen: Chosen) -> Result<(), End> {
        let (party, room_id) = (self.party.clone(), self.room_id.clone());
        let choose = Choose { party, room_id, device: self.device.clone(), chosen };
        let live = self.app.live.clone();
        let kept = self.app.store.decide_then(choose, move |change| live.pass_on(change));
        kept.await.map(|_| ()).map_err(End::undone)
    }

    /// Sends the call with new TURN credentials, if there are TURN servers. Gives when they are to be renewed.
    async fn renew(&self, socket: &mut WebSocket) -> Result<Option<Instant>, End> {
        let Some(renew_at) = next_renewal(self.app) else { return Ok(None) };
        let describe = Describe { party: self.party.clone(), room_id: self.room_id.clone() };
        let live = self.app.live.clone();
        let described = self.app.store.decide_then(describe, move |described| {
            live.pass_on(&described.change);
        });
        let Described { mut opened, session_key, .. } = described.await.map_err(End::undone)?;
        // The end of a call is told by its events.
        if opened.state == CallState::Ended {
            return Ok(None);
        }
        complete(self.app, &self.party.app_id, &self.room_id, &mut opened, session_key);
        say(socket, &CallMessage::Call(opened)).await?;
        Ok(Some(renew_at))
    }

    async fn report(&self, id: u32, signal: PartySignal) -> Result<(), End> {
        let (party, room_id) = (self.party.clone(), self.room_id.clone());
        let report = Report { party, room_id, signal, device: self.device.clone() };
        let (live, replies) = (self.app.live.clone(), self.replies.clone());
        let taken = self.app.store.decide_then(report, move |(reply, change)| {
            // The reply goes before the events that follow from the signal, the last of which may close the socket.
            if let Some(replies) = replies.upgrade() {
                let reply = CallMessage::Reply { id, reply: *reply };
                let _ = replies.try_send(Queued::Message(reply));
            }
            live.pass_on(change);
        });
        taken.await.map(|_| ()).map_err(End::undone)
    }
}

/// Opens the socket in the store and adds it to the call. Gives what is known of the socket.
async fn open_in_store(
    app: &App,
    asked: Opens,
    (messages, relays): (mpsc::Sender<Queued>, mpsc::Sender<String>),
) -> Result<Opening, Failure> {
    let Opens { party, key, room_id, arrival, id } = asked;
    let live = app.live.clone();
    let (whose, room, device) = (party.clone(), room_id.clone(), arrival.device.clone());
    let opening = app.store.decide_then(Open { party, room_id, arrival }, move |opening| {
        live.pass_on(&opening.change);
        if opening.goes_on {
            let messages = Some(messages);
            let socket =
                Socket { id, party: whose, key, side: opening.side, device, messages, relays };
            live.calls.join(&room, socket, opening.peer_connected);
        }
    });
    Ok(opening.await?)
}

/// The first messages of a socket.
fn first_messages(app: &App, app_id: &str, room_id: &str, opening: Opening) -> Vec<CallMessage> {
    match opening.begins {
        Begins::Elsewhere(message) => vec![message],
        Begins::With(mut opened, events) => {
            complete(app, app_id, room_id, &mut opened, opening.session_key);
            let events = events.into_iter().map(CallMessage::Event);
            std::iter::once(CallMessage::Call(opened)).chain(events).collect()
        }
    }
}

/// Adds the ICE servers and the `wx.joinVoIPChat` data. A call that is over needs neither, and its parties should not get
/// credentials.
fn complete(
    app: &App,
    app_id: &str,
    room_id: &str,
    opened: &mut OpenedCall,
    session_key: Option<Secret<String>>,
) {
    let wall = app.live.clock.wall_ms();
    opened.ice_servers = app.ice.of_call(room_id, opened.state, wall);
    if opened.state != CallState::Ended {
        opened.voip_chat =
            session_key.map(|key| voip_chat::signed_now(&key, app_id, room_id, wall));
    }
}

/// Reads a message of the device. `None` if it is only a message of the WebSocket protocol itself.
fn read(message: &Message) -> Result<Option<PartyMessage>, Failure> {
    let wrong = |text: String| Failure::Http(StatusCode::BAD_REQUEST, format!("message: {text}"));
    match message {
        Message::Text(text) => {
            let raw: Object<RawPartyMessage> =
                serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
            Ok(Some(raw.message()?))
        }
        Message::Binary(_) => Err(wrong("expected a text, got binary data".into())),
        Message::Ping(_) | Message::Pong(_) | Message::Close(_) => Ok(None),
    }
}

/// Sends a message. Gives an end if the device is gone, or if the message is the last one.
async fn say(socket: &mut WebSocket, message: &CallMessage) -> Result<(), End> {
    let text = serde_json::to_string(message).map_err(|error| End::Failed(error.into()))?;
    if !send(socket, Message::text(text)).await {
        return Err(End::Gone);
    }
    match message {
        CallMessage::Elsewhere { .. } => Err(End::Over),
        CallMessage::Event(NumberedEvent { event: Event::FinishVoip { .. }, .. }) => Err(End::Over),
        CallMessage::Call(_)
        | CallMessage::Event(_)
        | CallMessage::Reply { .. }
        | CallMessage::CameraOff
        | CallMessage::Peer { .. }
        | CallMessage::Relay { .. }
        | CallMessage::Refused(_)
        | CallMessage::Heartbeat(_) => Ok(()),
    }
}

/// Sends a message. Gives `false` if the device is gone.
async fn send(socket: &mut WebSocket, message: Message) -> bool {
    sockets::send(socket, message, PATIENCE).await
}
