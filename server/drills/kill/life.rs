//! What one pair does while the program lives, and what it looks for after its death.

use std::time::{Duration, Instant};

use reqwest::RequestBuilder;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::common::{Api, answer};
use crate::pairs::Pair;

/// The states of a call, in their order.
const STATES: [&str; 4] = ["ringing", "waiting", "talking", "ended"];
const ENDED: usize = 3;
/// The names that the devices of a pair have in their calls.
const PHONE: &str = "phone";
const TV: &str = "tv";
/// How long a call lasts that is to cost something.
const LONG: Duration = Duration::from_millis(1500);

/// A pair, and what is still to be looked after.
pub(super) struct Line {
    pair: Pair,
    /// Whether some of its calls go on for a while, over restarts. It makes fewer of them.
    talks: bool,
    /// The calls of this life, or those that go on.
    pub(super) made: Vec<Made>,
    /// Answers that were none of those that are right.
    pub(super) wrong: Vec<String>,
}

/// A call, or the attempt to make one.
pub(super) struct Made {
    pub(super) key: String,
    /// What was answered. None if nothing was.
    pub(super) room: Option<Value>,
    /// How far the call is, by what was acknowledged; an index of `STATES`.
    state: usize,
    /// How many of its signals were acknowledged.
    pub(super) signals: u64,
    /// Whether its caller may have ended it: its key may then say so.
    cancels: bool,
    /// Since when both are in it.
    since: Option<Instant>,
    /// Whether its key was sent again and answered alike.
    pub(super) repeated: bool,
}

impl Line {
    pub(super) fn new(pair: Pair, talks: bool) -> Line {
        Line { pair, talks, made: Vec::new(), wrong: Vec::new() }
    }

    /// Forgets the calls that are over.
    pub(super) fn forget(&mut self) {
        self.made.retain(|made| made.state != ENDED);
    }
}

impl Made {
    pub(super) fn room_id(&self) -> &str {
        self.room.as_ref().and_then(|room| room["roomId"].as_str()).unwrap_or_default()
    }

    fn path(&self, rest: &str) -> String {
        format!("/v1/calls/{}{rest}", self.room_id())
    }
}

/// The service is gone.
struct Gone;

/// The status of an answer and its body, if there is one.
async fn ask(request: RequestBuilder) -> Result<(u16, Value), Gone> {
    let response = request.send().await.map_err(|_| Gone)?;
    let status = response.status().as_u16();
    let body = response.text().await.map_err(|_| Gone)?;
    Ok((status, serde_json::from_str(&body).unwrap_or_default()))
}

/// Makes calls until the program is gone: some are cancelled, some rejected, some hung up, and some go on.
pub(super) async fn live(api: Api, mut line: Line, life: u32) -> Line {
    for number in 0_u32.. {
        let going_on = line.made.iter_mut().find(|made| made.state != ENDED);
        let done = match going_on {
            Some(made) => go_on(&api, &line.pair, made, &mut line.wrong).await,
            None => {
                line.made.push(Made {
                    key: format!("{life}-{number}-{}", line.pair.sn),
                    room: None,
                    state: 0,
                    signals: 0,
                    cancels: false,
                    since: None,
                    repeated: false,
                });
                let made = line.made.last_mut().expect("it was pushed");
                let kind = number % if line.talks { 4 } else { 3 };
                make(&api, &line.pair, made, &mut line.wrong, kind).await
            }
        };
        if let Err(Gone) = done {
            break;
        }
    }
    line
}

fn creation(api: &Api, pair: &Pair, made: &Made) -> RequestBuilder {
    api.call(&pair.device, &pair.request(&made.key)).header("Idempotency-Key", &made.key)
}

async fn make(
    api: &Api,
    pair: &Pair,
    made: &mut Made,
    wrong: &mut Vec<String>,
    kind: u32,
) -> Result<(), Gone> {
    let (status, room) = ask(creation(api, pair, made)).await?;
    if status != 201 {
        wrong.push(format!("creation {}: {status} {room}", made.key));
        made.state = ENDED;
        return Ok(());
    }
    made.room = Some(room);
    match kind {
        0 => {
            made.cancels = true;
            let (status, answer) =
                ask(api.http("DELETE", &made.path("")).bearer_auth(&pair.device)).await?;
            if status != 204 {
                wrong.push(format!("cancelling {}: {status} {answer}", made.key));
            }
            made.signals += 1;
            made.state = ENDED;
        }
        1 => signal(api, (&pair.phone, PHONE), made, wrong, "hangUp", ENDED).await?,
        2 => {
            talk(api, pair, made, wrong).await?;
            made.cancels = true;
            signal(api, (&pair.device, TV), made, wrong, "hangUp", ENDED).await?;
        }
        _ => talk(api, pair, made, wrong).await?,
    }
    Ok(())
}

async fn talk(
    api: &Api,
    pair: &Pair,
    made: &mut Made,
    wrong: &mut Vec<String>,
) -> Result<(), Gone> {
    signal(api, (&pair.phone, PHONE), made, wrong, "answer", 1).await?;
    signal(api, (&pair.phone, PHONE), made, wrong, "join", 1).await?;
    signal(api, (&pair.device, TV), made, wrong, "join", 2).await?;
    made.since = Some(Instant::now());
    Ok(())
}

/// A call on which both are stays one for a while, over a restart, too; any other is ended.
async fn go_on(
    api: &Api,
    pair: &Pair,
    made: &mut Made,
    wrong: &mut Vec<String>,
) -> Result<(), Gone> {
    match made.since {
        Some(since) if since.elapsed() < LONG => {
            for (token, device) in [(&pair.phone, PHONE), (&pair.device, TV)] {
                let join = json!({"type": "join", "device": device});
                let again = api.http("POST", &made.path("/signals")).bearer_auth(token).json(&join);
                let (status, answer) = ask(again).await?;
                if status != 200 || answer["reply"] != "already" {
                    wrong.push(format!("joining {} again: {status} {answer}", made.key));
                }
            }
            sleep(Duration::from_millis(50)).await;
        }
        Some(_) | None => {
            made.cancels = true;
            signal(api, (&pair.device, TV), made, wrong, "hangUp", ENDED).await?;
        }
    }
    Ok(())
}

/// Reports a signal, after which the call is in this state.
async fn signal(
    api: &Api,
    (token, device): (&str, &str),
    made: &mut Made,
    wrong: &mut Vec<String>,
    kind: &str,
    state: usize,
) -> Result<(), Gone> {
    let mut signal = json!({"type": kind, "device": device});
    if kind == "hangUp" {
        signal["how"] = "manual".into();
    }
    let request = api.http("POST", &made.path("/signals")).bearer_auth(token).json(&signal);
    let (status, answer) = ask(request).await?;
    if status != 200 || answer["reply"] != "done" {
        wrong.push(format!("{kind} of {}: {status} {answer}", made.key));
    }
    made.signals += 1;
    made.state = state;
    Ok(())
}

/// Looks for everything of the last life that was acknowledged, and sends each creation again.
pub(super) async fn look_after(api: Api, mut line: Line) -> Line {
    for made in &mut line.made {
        look_for(&api, &line.pair, made, &mut line.wrong).await;
    }
    line
}

async fn look_for(api: &Api, pair: &Pair, made: &mut Made, wrong: &mut Vec<String>) {
    let (status, room) = answer(creation(api, pair, made)).await;
    match &made.room {
        // It may have been made, or not: now it is.
        None if status == 200 || status == 201 => made.room = Some(room),
        Some(first) if status == 200 && room == *first => made.repeated = true,
        Some(_) if status == 409 && room["errcode"] == 1008 && made.cancels => made.repeated = true,
        None | Some(_) => {
            wrong.push(format!("{} again: {status} {room}, and not {:?}", made.key, made.room))
        }
    }
    let (status, view) = answer(api.http("GET", &made.path("")).bearer_auth(&pair.device)).await;
    let state = STATES.iter().position(|state| view["state"] == *state);
    let events = view["events"].as_array().map_or(&[][..], Vec::as_slice);
    let are_numbered = events.iter().zip(1..).all(|(event, seq)| event["seq"] == seq);
    let mut names: Vec<_> = events.iter().map(|event| event["eventName"].to_string()).collect();
    names.sort();
    names.dedup();
    let are_once = names.len() == events.len();
    let has_end = events.last().is_some_and(|event| event["eventName"] == "finishVoip");
    let is_right = |state: usize| state >= made.state && has_end == (state == ENDED);
    if status != 200 || !are_numbered || !are_once || !state.is_some_and(is_right) {
        wrong.push(format!("{} was {} and is {status} {view}", made.key, STATES[made.state]));
    }
    made.state = state.unwrap_or(ENDED);
}
