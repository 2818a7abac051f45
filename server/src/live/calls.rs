//! The calls that are not over, as far as this process keeps them in memory: their open sockets, and when something is
//! due.
//!
//! The truth is in the store. This memory follows it: whatever the store has written is passed on here, in order,
//! after it is on disk.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, mpsc};
use wmpf_voip::call::{Device, Side, State};
use wmpf_voip::protocol::socket::CallMessage;

use crate::domain::clock::Clock;
use wmpf_voip_calls::failure::MAX_SOCKETS;
use wmpf_voip_calls::party::Party;
use wmpf_voip_calls::presence::Presence;
use wmpf_voip_calls::sides::Sides;
use wmpf_voip_calls::transition::Change;

/// How many messages may wait for one socket: more than there are in a call that is long and much interrupted.
pub const QUEUE_LENGTH: usize = 64;

/// How many texts of the other page may wait for one socket. Whoever sends more waits.
pub const RELAYS_LENGTH: usize = 16;

/// The calls that are not over, with their open sockets.
#[derive(Clone, Default)]
pub struct LiveCalls {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    calls: Mutex<Calls>,
    /// Notified when the earliest due time may have changed.
    changed: Notify,
}

#[derive(Default)]
struct Calls {
    by_room: HashMap<String, LiveCall>,
    /// The due times, in milliseconds since the Unix epoch, each with the room id of its call.
    due: BTreeSet<(i64, String)>,
    sockets_so_far: u64,
}

struct LiveCall {
    sockets: Vec<Socket>,
    speakers: Sides<Option<Device>>,
    state: State,
    due: Option<i64>,
    /// For each side, when its last socket was last heard from, in milliseconds since the Unix epoch.
    last_seen: Sides<Option<i64>>,
}

/// What is queued for a socket.
#[derive(Debug, PartialEq)]
pub enum Queued {
    /// A message to send.
    Message(CallMessage),
    /// The listener has answered the call.
    Answered,
}

/// An open socket of a call.
pub struct Socket {
    /// The number of the socket, which is that of its [`SocketGuard`].
    pub id: u64,
    /// The party whose socket it is.
    pub party: Party,
    /// The number of the key that has signed its token.
    pub key: i64,
    /// The side of the call to which the socket belongs.
    pub side: Side,
    /// The device and its page.
    pub device: Device,
    /// The queue of messages to send. `None` if the socket was given up and has not closed yet.
    pub messages: Option<mpsc::Sender<Queued>>,
    /// The queue of texts of the other page to send.
    pub relays: mpsc::Sender<String>,
}

impl Socket {
    /// Queues a message for the socket. The socket is given up if its queue is full.
    fn tell(&mut self, message: CallMessage) {
        self.queue(Queued::Message(message));
    }

    fn queue(&mut self, queued: Queued) {
        if let Some(messages) = &self.messages
            && messages.try_send(queued).is_err()
        {
            self.messages = None;
        }
    }
}

impl LiveCall {
    fn new(state: State) -> LiveCall {
        LiveCall {
            sockets: Vec::new(),
            speakers: Sides::default(),
            state,
            due: None,
            last_seen: Sides::default(),
        }
    }

    fn is_connected(&self, side: Side) -> bool {
        self.sockets.iter().any(|socket| socket.side == side)
    }

    /// Whether a device that speaks for its side has disconnected since the transition of this `change` read who is
    /// connected. That transition has set no deadline for the device's return. When the socket closed, the device may
    /// not have spoken for its side yet, so nothing else has set one.
    fn has_left_since(&self, change: &Change) -> bool {
        Side::BOTH.into_iter().any(|side| {
            let speaker = change.speakers.of(side).as_ref();
            *change.was_connected.of(side)
                && speaker.is_some_and(|speaker| !self.has_socket(side, speaker))
        })
    }

    fn has_socket(&self, side: Side, speaker: &Device) -> bool {
        let mut of_side = self.sockets.iter().filter(|socket| socket.side == side);
        of_side.any(|socket| speaker.keeps_out(&socket.device).is_none())
    }

    /// Whether the socket belongs to the page that has the call.
    fn speaks(&self, socket: &Socket) -> bool {
        let speaker = self.speakers.of(socket.side).as_ref();
        speaker.is_some_and(|speaker| speaker.keeps_out(&socket.device).is_none())
    }

    /// Queues a message for every socket of a side.
    fn tell(&mut self, side: Side, message: &CallMessage) {
        let of_side = self.sockets.iter_mut().filter(|socket| socket.side == side);
        of_side.for_each(|socket| socket.tell(message.clone()));
    }

    /// Applies `change` to the sockets. If a side has its first socket by it, or has lost its last one, the other side
    /// is told.
    fn with_peers<T>(&mut self, change: impl FnOnce(&mut LiveCall) -> T) -> T {
        let before = Sides::new(|side| self.is_connected(side));
        let done = change(self);
        for side in Side::BOTH {
            let connected = self.is_connected(side);
            if connected != *before.of(side) {
                self.tell(side.other(), &CallMessage::Peer { connected });
            }
        }
        done
    }
}

impl Calls {
    fn set_due(&mut self, room_id: &str, due: Option<i64>) {
        let Some(call) = self.by_room.get_mut(room_id) else { return };
        if let Some(before) = std::mem::replace(&mut call.due, due) {
            self.due.remove(&(before, room_id.to_owned()));
        }
        if let Some(at) = due {
            self.due.insert((at, room_id.to_owned()));
        }
    }

    fn forget(&mut self, room_id: &str) {
        self.set_due(room_id, None);
        self.by_room.remove(room_id);
    }
}

impl Presence for LiveCalls {
    fn has_free_socket(&self, room_id: &str, side: Side) -> bool {
        let of_side = |socket: &&Socket| socket.side == side;
        let sockets = |call: &LiveCall| call.sockets.iter().filter(of_side).count();
        self.lock().by_room.get(room_id).is_none_or(|call| sockets(call) < MAX_SOCKETS)
    }

    fn has_socket(&self, room_id: &str, side: Side, speaker: &Device) -> bool {
        self.lock().by_room.get(room_id).is_some_and(|call| call.has_socket(side, speaker))
    }

    fn is_connected(&self, room_id: &str, side: Side) -> bool {
        self.lock().by_room.get(room_id).is_some_and(|call| call.is_connected(side))
    }

    fn connected_device(&self, room_id: &str, side: Side) -> Option<String> {
        let calls = self.lock();
        let mut sockets = calls.by_room.get(room_id)?.sockets.iter();
        Some(sockets.find(|socket| socket.side == side)?.device.name.clone())
    }

    fn last_seen(&self, room_id: &str, side: Side) -> Option<i64> {
        *self.lock().by_room.get(room_id)?.last_seen.of(side)
    }
}

impl LiveCalls {
    /// Adds a call that this process did not know.
    pub fn begin(&self, change: &Change) {
        if change.state != State::Ended {
            self.lock().by_room.insert(change.room_id.clone(), LiveCall::new(change.state));
        }
        self.follow(change);
    }

    /// Tells the sockets what has changed. A socket of a page that does not have the call is told that the call is
    /// elsewhere, and is removed.
    pub fn follow(&self, change: &Change) {
        let mut calls = self.lock();
        let Some(call) = calls.by_room.get_mut(&change.room_id) else { return };
        call.speakers.clone_from(&change.speakers);
        let was_under_way = std::mem::replace(&mut call.state, change.state).is_under_way();
        let is_answered = !was_under_way && change.state.is_under_way();
        let tell = |call: &mut LiveCall| {
            call.sockets.retain_mut(|socket| {
                let speaker = change.speakers.of(socket.side).as_ref();
                let elsewhere = speaker.and_then(|speaker| speaker.keeps_out(&socket.device));
                if let Some(elsewhere) = elsewhere {
                    // A socket that is given up here is told the same when it connects again.
                    socket.tell(CallMessage::from(elsewhere));
                }
                elsewhere.is_none()
            });
            // Before the events, because the media start by one of them.
            if is_answered {
                call.sockets.iter_mut().for_each(|socket| socket.queue(Queued::Answered));
            }
            for (side, event) in &change.new_events {
                call.tell(*side, &CallMessage::Event(event.clone()));
            }
        };
        if change.state == State::Ended {
            tell(call);
            calls.forget(&change.room_id);
        } else {
            call.with_peers(tell);
            let has_left = call.has_left_since(change);
            calls.set_due(&change.room_id, if has_left { Some(0) } else { change.due });
        }
        drop(calls);
        self.shared.changed.notify_one();
    }

    /// Removes a call that is not stored any more.
    pub fn forget(&self, room_id: &str) {
        self.lock().forget(room_id);
    }

    /// Reserves a place for a socket that is about to open.
    #[must_use]
    pub fn guard(&self, room_id: &str, clock: &Clock) -> SocketGuard {
        let mut calls = self.lock();
        calls.sockets_so_far = calls.sockets_so_far.wrapping_add(1);
        let id = calls.sockets_so_far;
        let (live, clock, last_heard) = (self.clone(), clock.clone(), clock.now_ms());
        SocketGuard { live, room_id: room_id.to_owned(), id, clock, last_heard, is_silent: false }
    }

    /// Adds an open socket. `told` says whether its page was told that the other side is connected; if that has
    /// changed in the meantime, it is told again.
    pub fn join(&self, room_id: &str, mut socket: Socket, told: bool) {
        let mut calls = self.lock();
        let Some(call) = calls.by_room.get_mut(room_id) else { return };
        let connected = call.is_connected(socket.side.other());
        if connected != told {
            socket.tell(CallMessage::Peer { connected });
        }
        call.with_peers(|call| call.sockets.push(socket));
    }

    /// Queues a message that is not an event for every socket of a side.
    pub fn tell(&self, room_id: &str, side: Side, message: &CallMessage) {
        if let Some(call) = self.lock().by_room.get_mut(room_id) {
            call.tell(side, message);
        }
    }

    /// The queues of the sockets to which a text is passed from the page that has the call: those of the other side, once
    /// both sides are in the room.
    #[must_use]
    pub fn relays(&self, guard: &SocketGuard) -> Vec<mpsc::Sender<String>> {
        let calls = self.lock();
        let Some(call) = calls.by_room.get(&guard.room_id) else { return Vec::new() };
        let Some(from) = call.sockets.iter().find(|socket| socket.id == guard.id) else {
            return Vec::new();
        };
        if call.state != State::Talking || !call.speaks(from) {
            return Vec::new();
        }
        let others = call.sockets.iter().filter(|socket| socket.side != from.side);
        others.map(|socket| socket.relays.clone()).collect()
    }

    /// Gives up every socket whose token was signed by one of these keys, which count no more.
    pub fn close_sockets_of_keys(&self, numbers: &[i64]) {
        self.close_sockets(|socket| numbers.contains(&socket.key));
    }

    /// Gives up every socket of this party, because its tokens are no longer valid.
    pub fn close_sockets_of_party(&self, party: &Party) {
        self.close_sockets(|socket| socket.party == *party);
    }

    fn close_sockets(&self, which: impl Fn(&Socket) -> bool) {
        let mut calls = self.lock();
        let sockets = calls.by_room.values_mut().flat_map(|call| &mut call.sockets);
        for socket in sockets.filter(|socket| which(socket)) {
            socket.messages = None;
        }
    }

    /// Takes at most `limit` calls where something was due at `now`, in milliseconds since the Unix epoch, and gives
    /// their room ids. For each of them, the caller of this function passes a change to [`follow`](LiveCalls::follow),
    /// or calls [`put_off`](LiveCalls::put_off).
    #[must_use]
    pub fn take_due(&self, now: i64, limit: usize) -> Vec<String> {
        let mut calls = self.lock();
        let due = calls.due.iter().take_while(|(at, _)| *at <= now).take(limit);
        let rooms: Vec<String> = due.map(|(_, room_id)| room_id.clone()).collect();
        for room_id in &rooms {
            calls.set_due(room_id, None);
        }
        rooms
    }

    /// Sets when something is due in a call, in milliseconds since the Unix epoch.
    pub fn put_off(&self, room_id: &str, until: i64) {
        self.lock().set_due(room_id, Some(until));
    }

    /// The earliest time at which something is due, in milliseconds since the Unix epoch.
    #[must_use]
    pub fn next_due(&self) -> Option<i64> {
        self.lock().due.first().map(|(at, _)| *at)
    }

    /// Completes when the earliest due time may have become earlier.
    pub async fn changed(&self) {
        self.shared.changed.notified().await;
    }

    /// How many calls, due times and sockets are kept in memory.
    #[must_use]
    pub fn sizes(&self) -> Sizes {
        let calls = self.lock();
        let of_state = |state| calls.by_room.values().filter(|call| call.state == state).count();
        Sizes {
            calls: calls.by_room.len(),
            ringing: of_state(State::Ringing),
            talking: of_state(State::Talking),
            timers: calls.due.len(),
            sockets: calls.by_room.values().map(|call| call.sockets.len()).sum(),
        }
    }

    /// Whether no call is kept in memory.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lock().by_room.is_empty()
    }

    fn leave(&self, guard: &SocketGuard) {
        let mut calls = self.lock();
        let Some(call) = calls.by_room.get_mut(&guard.room_id) else { return };
        let Some(index) = call.sockets.iter().position(|socket| socket.id == guard.id) else {
            return;
        };
        let socket = call.with_peers(|call| call.sockets.swap_remove(index));
        let seen = if guard.is_silent { guard.last_heard } else { guard.clock.now_ms() };
        // An old socket may close after a newer one has closed.
        let last_seen = call.last_seen.of_mut(socket.side);
        *last_seen = Some(last_seen.map_or(seen, |before| before.max(seen)));
        if call.speaks(&socket) {
            calls.set_due(&guard.room_id, Some(0));
            drop(calls);
            self.shared.changed.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Calls> {
        // Nothing that holds the lock can leave the maps inconsistent.
        self.shared.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How much is kept in memory, for diagnosis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// The number of calls that are not over.
    pub calls: usize,
    /// How many of them ring.
    pub ringing: usize,
    /// In how many of them both sides are.
    pub talking: usize,
    /// The number of calls that have a due time.
    pub timers: usize,
    /// The number of open sockets.
    pub sockets: usize,
}

/// The place of one socket in its call. Dropping it removes the socket.
pub struct SocketGuard {
    live: LiveCalls,
    room_id: String,
    /// The number of the socket.
    pub id: u64,
    clock: Clock,
    last_heard: i64,
    is_silent: bool,
}

impl SocketGuard {
    /// Notes that something was received over the socket.
    pub fn heard(&mut self) {
        self.last_heard = self.clock.now_ms();
    }

    /// Notes that the socket is given up because nothing is received any more. Its page was present only until it was
    /// last heard.
    pub const fn falls_silent(&mut self) {
        self.is_silent = true;
    }
}

impl Drop for SocketGuard {
    fn drop(&mut self) {
        self.live.leave(self);
    }
}

#[cfg(test)]
mod tests {
    use wmpf_voip::call::Event;
    use wmpf_voip::outcome::ChargeType;
    use wmpf_voip::protocol::socket::NumberedEvent;
    use wmpf_voip::request::BusinessType;
    use wmpf_voip_calls::party::Role;

    use super::*;

    const DUE: i64 = 60_000;

    /// A call that both sides have joined. No transition has seen their sockets yet.
    fn talking() -> Change {
        Change {
            room_id: "r".into(),
            app_id: "wxa".into(),
            new_events: Vec::new(),
            speakers: Sides { caller: Some("tv".into()), listener: Some("phone".into()) },
            was_connected: Sides::default(),
            state: State::Talking,
            due: Some(DUE),
            notice: None,
            business_type: BusinessType::DeviceToPhone,
            charge_type: ChargeType::License,
            milestones: Vec::new(),
        }
    }

    /// A socket of one side.
    fn open(live: &LiveCalls, side: Side) -> (SocketGuard, mpsc::Receiver<Queued>) {
        open_at(live, side, &Clock::default())
    }

    fn open_at(
        live: &LiveCalls,
        side: Side,
        clock: &Clock,
    ) -> (SocketGuard, mpsc::Receiver<Queued>) {
        let (messages, received) = mpsc::channel(QUEUE_LENGTH);
        let guard = live.guard("r", clock);
        let device = if side == Side::Caller { "tv" } else { "phone" };
        let messages = Some(messages);
        let (relays, _) = mpsc::channel(RELAYS_LENGTH);
        let device = device.into();
        let party = Party { app_id: "wxa".into(), role: Role::Device, id: "SN".into() };
        live.join(
            "r",
            Socket { id: guard.id, party, key: 1, side, device, messages, relays },
            false,
        );
        (guard, received)
    }

    fn peer(connected: bool) -> Queued {
        Queued::Message(CallMessage::Peer { connected })
    }

    #[tokio::test]
    async fn both_sides_hear_of_the_answer_once_and_before_what_follows_from_it() {
        let live = LiveCalls::default();
        live.begin(&Change { state: State::Ringing, speakers: Sides::default(), ..talking() });
        let (_caller, mut told) = open(&live, Side::Caller);
        let (_listener, mut heard) = open(&live, Side::Listener);
        let started = |side| {
            let event = Event::StartVoip {};
            (side, NumberedEvent { seq: 1, age_ms: 0, event })
        };
        let new_events = Side::BOTH.into_iter().map(started).collect();
        live.follow(&Change { new_events, ..talking() });
        live.follow(&talking());
        let start = Queued::Message(CallMessage::Event(started(Side::Caller).1));
        for told in [&mut told, &mut heard] {
            assert_eq!(told.try_recv(), Ok(peer(true)));
            assert_eq!(told.try_recv(), Ok(Queued::Answered));
            assert_eq!(told.try_recv().as_ref(), Ok(&start));
            assert!(told.try_recv().is_err());
        }
    }

    #[tokio::test]
    async fn a_socket_that_does_not_keep_up_is_given_up_and_missed() {
        let live = LiveCalls::default();
        live.begin(&talking());
        let (_caller, mut told) = open(&live, Side::Caller);
        let (slow, mut received) = open(&live, Side::Listener);
        assert_eq!(told.recv().await, Some(peer(true)));
        for _ in 0..=QUEUE_LENGTH {
            live.tell("r", Side::Listener, &CallMessage::CameraOff);
        }
        let mut heard = 0;
        while received.recv().await.is_some() {
            heard += 1;
        }
        assert_eq!(heard, QUEUE_LENGTH, "and then the end");
        assert_eq!(live.take_due(DUE - 1, 1), Vec::<String>::new());
        drop(slow);
        assert_eq!(told.recv().await, Some(peer(false)));
        assert_eq!(live.take_due(DUE - 1, 1), ["r"], "its call gets its turn at once");
        assert!(live.last_seen("r", Side::Listener).is_some());
    }

    #[tokio::test]
    async fn a_side_was_there_until_its_socket_ended_or_fell_silent() {
        let live = LiveCalls::default();
        live.begin(&talking());
        let clock = Clock::default();
        let (mut old, _received) = open_at(&live, Side::Caller, &clock);
        let (new, _received) = open_at(&live, Side::Caller, &clock);
        let opened = clock.now_ms();
        let seen = |ms: i64| {
            let ago = live.last_seen("r", Side::Caller).unwrap() - opened;
            assert!((ms..ms + 1_000).contains(&ago), "{ago}");
        };
        clock.advance(4_000);
        old.heard();
        clock.advance(6_000);
        drop(new);
        seen(10_000);
        clock.advance(10_000);
        old.falls_silent();
        drop(old);
        seen(10_000);

        let (mut only, _received) = open_at(&live, Side::Caller, &clock);
        clock.advance(10_000);
        only.falls_silent();
        drop(only);
        seen(20_000);
    }

    #[tokio::test]
    async fn who_leaves_between_a_turn_and_its_commit_is_missed() {
        let live = LiveCalls::default();
        live.begin(&talking());
        let (guard, _received) = open(&live, Side::Caller);
        drop(guard);
        // The transition of this change still saw the socket.
        live.follow(&Change {
            was_connected: Sides { caller: true, listener: false },
            ..talking()
        });
        assert_eq!(live.take_due(0, 1), ["r"]);
        live.follow(&talking());
        assert_eq!(live.take_due(DUE - 1, 1), Vec::<String>::new(), "it has had its turn");
    }

    #[tokio::test]
    async fn sockets_whose_tokens_count_no_more_are_missed() {
        let live = LiveCalls::default();
        live.begin(&talking());
        let (guard, mut received) = open(&live, Side::Caller);
        live.close_sockets_of_keys(&[2]);
        assert!(received.try_recv().is_err_and(|error| error == mpsc::error::TryRecvError::Empty));
        live.close_sockets_of_keys(&[2, 1]);
        assert_eq!(received.recv().await, None);
        drop(guard);
        assert_eq!(live.take_due(0, 1), ["r"]);
        assert_eq!(live.sizes(), Sizes { calls: 1, ringing: 0, talking: 1, timers: 0, sockets: 0 });
    }
}
