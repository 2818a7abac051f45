//! The machine's clock is set by an hour, forth and back: while there are calls, and while the service is away.
//!
//! Only the service's process sees it, by Debian's `faketime`.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::process::Command;
use tokio::time::sleep;

use crate::QUIET;
use crate::common::program::{PROGRAM, Program};
use crate::common::{Api, CallSocket, answer, soon};
use crate::pairs::{APP, MINUTES, Pair, register};
use crate::report::Report;

/// An hour, as `faketime` writes it and in milliseconds.
const STEPS: [(&str, i64); 2] = [("+1h", 3_600_000), ("-1h", -3_600_000)];
const RINGS: Duration = Duration::from_secs(60);
/// What a loaded machine adds, and what a call loses or gains over a restart: the time between two heartbeats.
const SLACK: Duration = Duration::from_secs(8);

pub(crate) async fn run(report: &mut Report) {
    let library = library();
    let steps = STEPS.map(|step| {
        let library = library.clone();
        tokio::spawn(async move {
            let mut found = Vec::new();
            while_there_are_calls(&library, step, &mut found).await;
            while_away(&library, step, &mut found).await;
            found
        })
    });
    for step in steps {
        for (holds, text) in step.await.unwrap() {
            report.check(holds, text);
        }
    }
}

type Found = Vec<(bool, String)>;

/// Where `faketime` has its library, for programs of several threads.
fn library() -> PathBuf {
    let folders = fs::read_dir("/usr/lib").unwrap().flatten();
    let mut libraries = folders.map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"));
    libraries
        .find(|library| library.exists())
        .expect("install faketime (Debian: `apt-get install faketime`)")
}

/// A folder with a data file and the time that its service sees.
struct Place {
    dir: tempfile::TempDir,
    library: PathBuf,
}

impl Place {
    fn new(library: &Path) -> Place {
        let place = Place { dir: tempfile::tempdir().unwrap(), library: library.to_owned() };
        place.set("+0");
        place
    }

    /// Sets the clock of the service.
    fn set(&self, step: &str) {
        let (new, used) = (self.dir.path().join("time.new"), self.dir.path().join("time"));
        fs::write(&new, step).unwrap();
        fs::rename(new, used).unwrap();
    }

    async fn start(&self) -> Program {
        let mut command = Command::new(PROGRAM);
        command
            .env("LD_PRELOAD", &self.library)
            .env("FAKETIME_TIMESTAMP_FILE", self.dir.path().join("time"))
            .env("FAKETIME_NO_CACHE", "1")
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        Program::spawn(command, "127.0.0.1:0", &self.dir.path().join("data.sqlite"), &QUIET).await
    }
}

/// Both sides are in a call.
async fn talk(api: &Api, pair: &Pair, time_limit: Option<u32>) -> (String, CallSocket, CallSocket) {
    let mut request = pair.request("talk");
    request["timeLimit"] = time_limit.into();
    let room = place(api, pair, &request).await;
    let mut caller = api.open_call(&pair.device, &room, "device=tv").await;
    let mut listener = api.open_call(&pair.phone, &room, "device=phone").await;
    assert_eq!(caller.signal(json!({"type": "join"})).await, "done");
    assert_eq!(listener.signal(json!({"type": "join"})).await, "done");
    (room, caller, listener)
}

async fn place(api: &Api, pair: &Pair, request: &Value) -> String {
    let (status, room) = api.place(&pair.device, request).await;
    assert_eq!(status, 201, "{room}");
    room["roomId"].as_str().unwrap().to_owned()
}

async fn while_there_are_calls(library: &Path, (step, ms): (&str, i64), found: &mut Found) {
    let place_of = Place::new(library);
    let program = place_of.start().await;
    let api = &program.api;
    let pairs = register(api, "clock", 4).await;
    let [billed, limited, rings, told] = &pairs[..] else { panic!("four") };
    let mut phone = api.listen(&told.phone).await;

    let began = Instant::now();
    let (_, mut caller, mut listener) = talk(api, billed, None).await;
    let (_, mut limited_caller, _limited_listener) = talk(api, limited, Some(10)).await;
    let limited_from = Instant::now();
    let room = place(api, rings, &rings.request("rings")).await;
    let rings_from = Instant::now();
    let mut ringing = api.open_call(&rings.device, &room, "device=tv").await;
    place_of.set(step);

    let room = place(api, told, &told.request("told")).await;
    let reminder = phone.next().await;
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_millis() as i64;
    let off = reminder["ringsUntil"].as_i64().unwrap() - now - RINGS.as_millis() as i64;
    let is_stepped = (off - ms).abs() < 60_000;
    found.push((is_stepped, format!("{step}: the service's clock is off by {} s", off / 1000)));
    api.give_up(&told.device, &json!({"roomId": room})).await;

    sleep(Duration::from_secs(4)).await;
    assert_eq!(caller.signal(json!({"type": "hangUp", "how": "manual"})).await, "done");
    let lasted = began.elapsed();
    let end = event(&mut listener, "finishVoip").await;
    found.push(bill(step, &end, lasted));

    let end = event(&mut limited_caller, "hangUpVoip").await;
    let after = limited_from.elapsed();
    let is_right = end["data"]["origin"] == "timeLimit" && is_about(after, Duration::from_secs(10));
    found.push((
        is_right,
        format!("{step}: a limit of 10 s ends the call after {:.1} s", after.as_secs_f64()),
    ));

    let (_, app) = api.admin("GET", &format!("apps/{APP}"), Value::Null).await;
    let taken = MINUTES - app["minutesLeft"].as_i64().unwrap();
    found.push((taken == 2, format!("{step}: two calls of some seconds cost {taken} minutes")));

    // For longer than the other clients wait.
    let mut timed_out = false;
    while !timed_out && rings_from.elapsed() < RINGS + SLACK {
        let message = tokio::time::timeout(Duration::from_secs(10), ringing.next()).await;
        timed_out = matches!(message, Ok(Ok(message)) if message["eventName"] == "timeout");
    }
    let after = rings_from.elapsed();
    let is_right = timed_out && is_about(after, RINGS);
    found.push((
        is_right,
        format!("{step}: what nobody answers rings for {:.1} s", after.as_secs_f64()),
    ));
    let (status, _) = program.end("-TERM").await;
    found.push((status.success(), format!("{step}: it stops as asked")));
}

async fn while_away(library: &Path, (step, ms): (&str, i64), found: &mut Found) {
    let place_of = Place::new(library);
    let mut program = place_of.start().await;
    let pair = register(&program.api, "away", 1).await.remove(0);
    let began = Instant::now();
    let (room, _caller, _listener) = talk(&program.api, &pair, None).await;
    // A heartbeat is noted meanwhile.
    sleep(Duration::from_secs(6)).await;
    program.child.start_kill().unwrap();
    soon(program.child.wait()).await.unwrap();
    let lasted = began.elapsed();
    place_of.set(step);

    let program = place_of.start().await;
    let api = &program.api;
    let path = format!("/v1/calls/{room}");
    let view = async || answer(api.http("GET", &path).bearer_auth(&pair.device)).await.1;
    let goes_on = view().await["state"] == "talking";
    let expected = ms < 0;
    found.push((
        goes_on == expected,
        format!("{step} while it was killed: the call goes on: {goes_on}, expected {expected}"),
    ));
    if goes_on {
        let hang_up = json!({"type": "hangUp", "how": "manual", "device": "tv"});
        assert_eq!(api.post(&format!("{path}/signals"), &pair.device, &hang_up).await.0, 200);
    }
    let view = view().await;
    let end =
        view["events"].as_array().unwrap().iter().find(|event| event["eventName"] == "finishVoip");
    found.push(match end {
        Some(end) => bill(&format!("{step} while it was killed"), end, lasted),
        None => (false, format!("{step} while it was killed: the call has no end: {view}")),
    });
    program.end("-TERM").await;
}

/// Whether a call that lasted so long is billed for it.
fn bill(step: &str, end: &Value, lasted: Duration) -> (bool, String) {
    let billed = end["data"]["keepTime"].as_u64();
    let holds = billed.is_some_and(|billed| {
        let billed = Duration::from_secs(billed);
        billed <= lasted + SLACK && lasted <= billed + SLACK
    });
    let billed = billed.unwrap_or_default();
    (holds, format!("{step}: a call of {:.1} s is billed {billed} s", lasted.as_secs_f64()))
}

fn is_about(time: Duration, expected: Duration) -> bool {
    expected <= time + Duration::from_millis(500) && time <= expected + SLACK
}

/// Waits for an event.
async fn event(socket: &mut CallSocket, name: &str) -> Value {
    loop {
        let event = socket.event().await;
        if event["eventName"] == name {
            return event;
        }
    }
}
