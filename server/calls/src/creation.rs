//! Creating a call.
//!
//! Creation is one operation: a repetition is recognised by its idempotency key, the checks look at the records, and
//! the call is written. A repetition is answered before the checks: its first request has passed them, and only the
//! answer was lost.
//!
//! Everything that happens to the call afterwards is a [transition](crate::transition).

use std::sync::Arc;

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use wmpf_voip::call::{About, Call, Side, Signal};
use wmpf_voip::code::Code;
use wmpf_voip::device_call::DeviceCall;
use wmpf_voip::listener_path::listener_path;
use wmpf_voip::outcome::Room;
use wmpf_voip::protocol::{RING_MS, Reminder, ServiceMessage};
use wmpf_voip::request::Request;

use crate::call_record::CallRecord;
use crate::checks::{self, Asked, Checks, Permit};
use crate::crossing::{Crossing, Met};
use crate::event::{DeviceCalled, Event, EventData};
use crate::failure::Failure;
use crate::operation::{
    Answered, Context, Decision, Earlier, Facts, NewCall, Operation, RingingCalls, Wants, Write,
};
use crate::party::Party;
use crate::sides::Sides;
use crate::ticket::Tickets;
use crate::transition::{Change, Notice};
use crate::unit_of_work::UnitOfWork;

/// How long a call is remembered after it stopped ringing, in milliseconds. An idempotency key has to outlive every
/// retry of its request, also by a host that was switched off overnight.
pub const RETENTION_MS: i64 = 24 * 60 * 60 * 1000;

/// How many cancelled keys whose creation never arrived are remembered for one caller; the newest are kept. Nobody
/// gives up so many calls in a day, and a caller that does so in a loop must not fill the disk.
pub const MAX_CANCELLED_KEYS: u32 = 100;

/// How many ringing calls a listener is told of when it connects; the newest are chosen. Nobody chooses among more,
/// and with the longest names and queries even these are some megabytes.
pub const MAX_RINGING: u32 = 64;

/// Creates a call, finds the call that the same request has created before, or meets the listener's own call.
pub struct Create {
    /// The party of the session, which is the caller.
    pub session: Party,
    /// The request, which has passed the checks that need no records.
    pub request: Request,
    /// The function of the plugin that was called, with its own fields.
    pub asked: Asked,
    /// The idempotency key, by which a repetition is recognised.
    pub idempotency_key: Option<String>,
    /// How many calls may ring.
    pub limits: RingingLimits,
    /// Checks the tickets and reads what they say.
    pub tickets: Arc<dyn Tickets>,
    /// The end of the new call's id, below [`ROOM_ENDS`]: drawn at random, so that nobody can guess it.
    pub room_end: u64,
}

/// How many calls may ring at once; `None` for any number. Calls that meet another one ring no longer, so that they are not
/// limited.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RingingLimits {
    /// Calls that one party makes.
    pub of_caller: Option<u32>,
    /// Calls for one party.
    pub of_listener: Option<u32>,
}

impl RingingLimits {
    /// Whether one more call may ring.
    fn check(self, ringing: &Sides<RingingCalls>, now: i64) -> Result<(), Failure> {
        let limits = [
            (Side::Caller, self.of_caller, ringing.caller),
            (Side::Listener, self.of_listener, ringing.listener),
        ];
        for (side, limit, RingingCalls { count, first_until }) in limits {
            if let Some(limit) = limit
                && count >= limit
            {
                let ms = u64::try_from(first_until.saturating_sub(now)).unwrap_or(0);
                let seconds = ms.div_ceil(1000).max(1);
                return Err(Failure::TooManyRing { side, limit, seconds });
            }
        }
        Ok(())
    }
}

/// How many different ends the id of a room can have.
pub const ROOM_ENDS: u64 = 1_000_000_000_000;

/// The result of a request to create a call.
pub enum Creation {
    /// A new call.
    New(Box<Created>),
    /// No call was created, because the listener's own call to the caller rings. The two meet in that call.
    Crossed(Box<Crossed>),
    /// The room of the call that this request created or met earlier.
    Repeated(Room),
}

/// A new call.
pub struct Created {
    /// The room, as the answer to the caller.
    pub room: Room,
    /// The notice to the listener's reminder sockets. `None` if the listener is busy, or hears of the call in another way.
    pub notice: Option<Notice>,
    /// What has changed: the call is new.
    pub change: Change,
    /// What was overdue in other calls of the listener and was done first.
    pub overdue: Vec<Change>,
}

/// A call that a creation has met.
pub struct Crossed {
    /// The call that the creation has met, and what has changed in it.
    pub met: Met,
    /// What was overdue in other calls of the party that was to be called and was done first.
    pub overdue: Vec<Change>,
}

impl Operation for Create {
    type Done = Creation;

    fn wants(&self) -> Wants {
        let Create { session, request, asked, idempotency_key, .. } = self;
        let listener = checks::listener(session, request, asked);
        Wants {
            records: Some(checks::wanted(session, request, asked)),
            creation: idempotency_key.clone().map(|key| (session.clone(), key)),
            ringing_back: Some((session.clone(), listener.clone())),
            ringing: (self.limits != RingingLimits::default())
                .then(|| Sides { caller: session.clone(), listener: listener.clone() }),
            engaged: Some(listener),
            ..Wants::default()
        }
    }

    fn decide(&self, facts: Facts, context: &Context<'_>) -> Result<Decision<Creation>, Failure> {
        let Create { session, request, asked, tickets, idempotency_key, .. } = self;
        let fingerprint = self.fingerprint()?;
        let Facts { records, creation, calls, engaged, ringing_back, ringing, .. } = facts;
        let mut work = UnitOfWork::new(calls, context);
        match creation {
            Some(Earlier::Answered(earlier)) => return repeated(earlier, &fingerprint, work),
            Some(Earlier::Cancelled) => return Err(cancelled()),
            None => {}
        }

        let records = records.as_ref().ok_or(Failure::Unasked("the records"))?;
        let (tickets, wall) = (tickets.as_ref(), context.wall);
        let permit = Checks { records, tickets, session, request, asked, wall }.run()?;
        let mut overdue = Vec::new();
        for room_id in &engaged {
            overdue.extend(work.catch_up(room_id)?);
        }
        let idempotency_key = idempotency_key.as_deref();
        if let Some(room_id) = &ringing_back {
            let crossing =
                Crossing { permit: &permit, request, idempotency_key, fingerprint: &fingerprint };
            if let Some(met) = crossing.meet(room_id, &mut work)? {
                return Ok(work.done(Creation::Crossed(Box::new(Crossed { met, overdue }))));
            }
        }
        self.limits.check(&ringing, context.now)?;
        let created = self.create(permit, fingerprint, overdue, &mut work)?;
        Ok(work.done(Creation::New(Box::new(created))))
    }
}

impl Create {
    /// A hash of the request. It tells this request from another one that was sent with the same key.
    fn fingerprint(&self) -> Result<Vec<u8>, Failure> {
        let sent = match &self.asked {
            Asked::InitByCaller => serde_json::to_vec(&self.request)?,
            Asked::CallWmpf(call) => serde_json::to_vec(call)?,
            Asked::CallDevice(call) => serde_json::to_vec(call)?,
        };
        Ok(Sha256::digest(sent).to_vec())
    }

    fn create(
        &self,
        permit: Permit,
        fingerprint: Vec<u8>,
        overdue: Vec<Change>,
        work: &mut UnitOfWork<'_>,
    ) -> Result<Created, Failure> {
        let Create { session, request, asked, .. } = self;
        let Context { now, wall, .. } = work.context;
        let room_id = room_id(&session.app_id, now, self.room_end);
        let room = Room { room_id: room_id.clone(), charge_type: permit.charge_type };
        let rings_until = now.saturating_add_unsigned(RING_MS);
        let told_until = wall.saturating_add_unsigned(RING_MS);
        let message = ServiceMessage::Reminder(reminder(request, &permit, &room, told_until));
        let message = serde_json::to_string(&message)?;
        let (reminds, of_cloud) = match asked {
            Asked::InitByCaller | Asked::CallWmpf(_) => (true, None),
            Asked::CallDevice(call) => (false, call.is_cloud.then_some(call)),
        };
        let record = self.record(&permit, &room, message.clone(), reminds, now);
        // A listener that is in no stored call cannot be busy.
        let is_busy = !overdue.is_empty() && work.is_engaged(&permit.listener);
        let mut transition = work.begin(record, None);
        if is_busy {
            let _ = transition.take(Signal::Busy, None);
        }
        let (record, change) = transition.end_of_new()?;
        work.write(Write::Create(Box::new(NewCall {
            record: record.clone(),
            rings_until,
            idempotency_key: self.idempotency_key.clone(),
            fingerprint,
        })));
        if let Some(call) = of_cloud
            && !is_busy
        {
            work.write(Write::Tell(Box::new(device_called(call, &permit, &room, wall)?)));
        }
        work.tell(&record, &change)?;
        let listener = permit.listener;
        let notice =
            (reminds && !is_busy).then_some(Notice { listener, room_id, rings: true, message });
        Ok(Created { room, notice, change, overdue })
    }

    fn record(
        &self,
        permit: &Permit,
        room: &Room,
        reminder: String,
        reminds: bool,
        now: i64,
    ) -> CallRecord {
        let request = &self.request;
        let about = About {
            caller_name: permit.caller_name.clone(),
            listener_name: permit.listener_name.clone(),
            room_type: request.room_type,
            business_type: request.business_type,
        };
        CallRecord {
            room_id: room.room_id.clone(),
            parties: Sides { caller: permit.caller.clone(), listener: permit.listener.clone() },
            call: Call::new(about, request.time_limit, now.unsigned_abs()),
            away_since: Sides::default(),
            charge_type: room.charge_type,
            created_at: now,
            reminds,
            heard: Vec::new(),
            reminder,
            time_limit: request.time_limit,
            cameras: Sides {
                caller: request.caller.camera_status,
                listener: request.listener.camera_status,
            },
            paid_minutes: 0,
            // Nothing is to be paid before it was read again.
            credit: 0,
            version: 0,
        }
    }
}

/// What the mini-program's own backend is told of a call by callDevice with isCloud. `wall` is the time by the machine's
/// clock, in milliseconds since the Unix epoch.
fn device_called(
    call: &DeviceCall,
    permit: &Permit,
    room: &Room,
    wall: i64,
) -> Result<Event, Failure> {
    let called = DeviceCalled {
        app_id: permit.caller.app_id.clone(),
        room_id: room.room_id.clone(),
        room_type: call.room_type,
        sn: call.sn.clone(),
        model_id: call.model_id.clone(),
        open_id: permit.caller.id.clone(),
        nick_name: permit.caller_name.clone(),
        device_name: permit.listener_name.clone(),
        charge_type: permit.charge_type,
        time_limit: call.time_limit,
        enable_caller_camera: call.enable_caller_camera,
        enable_listener_camera: call.enable_listener_camera,
        encode_video: call.encode_video,
        payload: call.payload.clone(),
        rings_until: wall.saturating_add_unsigned(RING_MS),
    };
    Ok(Event {
        app_id: permit.caller.app_id.clone(),
        room_id: Some(room.room_id.clone()),
        open_id: permit.caller.id.clone(),
        device_id: permit.listener.id.clone(),
        at: Timestamp::from_millisecond(wall)?,
        data: EventData::DeviceCalled(Box::new(called)),
    })
}

/// Answers a request whose idempotency key was answered before.
fn repeated(
    earlier: Answered,
    fingerprint: &[u8],
    work: UnitOfWork<'_>,
) -> Result<Decision<Creation>, Failure> {
    if earlier.fingerprint != fingerprint {
        return Err(Failure::KeyReused);
    }
    if earlier.is_cancelled {
        return Err(cancelled());
    }
    Ok(work.done(Creation::Repeated(earlier.room)))
}

fn cancelled() -> Failure {
    Failure::refused(
        Code::Interrupted,
        "the caller has cancelled this call: call again with a new idempotency-key",
    )
}

/// A text that comes before the ids of all rooms that a mini-program's calls get at the time `at` or later, in milliseconds
/// since the Unix epoch, and after those of earlier ones.
#[must_use]
pub fn room_ids_from(app_id: &str, at: i64) -> String {
    // As many digits as the times of our days have.
    let at = at.clamp(0, 9_999_999_999_999);
    format!("{app_id}WmpfVoip{at:013}")
}

/// Makes the id of a room: opaque to clients, ordered by time, and with an end that nobody can guess.
fn room_id(app_id: &str, now: i64, end: u64) -> String {
    format!("{}{end:012}", room_ids_from(app_id, now))
}

fn reminder(request: &Request, permit: &Permit, room: &Room, rings_until: i64) -> Reminder {
    Reminder {
        room_id: room.room_id.clone(),
        group_id: room.room_id.clone(),
        room_type: request.room_type,
        business_type: request.business_type,
        caller_id: permit.caller.id.clone(),
        caller_name: permit.caller_name.clone(),
        listener_id: permit.listener.id.clone(),
        listener_name: permit.listener_name.clone(),
        miniprogram_state: request.miniprogram_state,
        charge_type: permit.charge_type,
        path: listener_path(request, &room.room_id, &permit.caller_name),
        rings_until: rings_until.unsigned_abs(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_ids_are_ordered_by_time() {
        let first = room_id("wxa", 1_700_000_000_000, 7);
        assert_eq!(first, "wxaWmpfVoip1700000000000000000000007");
        assert!(first < room_id("wxa", 1_700_000_000_000, ROOM_ENDS - 1));
        assert!(
            room_id("wxa", 1_700_000_000_000, ROOM_ENDS - 1) < room_id("wxa", 1_700_000_000_001, 0)
        );
    }
}
