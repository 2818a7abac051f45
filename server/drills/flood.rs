//! One party makes calls without a pause, on many connections. What the limits of the service make of that is its own
//! affair; this is about the others.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::QUIET;
use crate::common::program::Program;
use crate::others::Others;
use crate::pairs::register;
use crate::report::Report;

const CONNECTIONS: usize = 64;
const CALLS: usize = 400;

pub(crate) async fn run(report: &mut Report) {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::start(&dir.path().join("data.sqlite"), &QUIET).await;
    let api = &program.api;
    let warm = Others::for_calls(api, "warm", CALLS).await;
    let resting = Others::for_calls(api, "rest", CALLS).await;
    let flooded = Others::for_calls(api, "flooded", CALLS).await;
    let flooder = Arc::new(register(api, "flooder", 1).await.remove(0));
    warm.call().await;
    let rest = resting.call().await;
    report.none(&rest.refused, format!("of {} calls at rest, those that failed", rest.times.len()));

    let counts = Arc::new([const { AtomicUsize::new(0) }; 3]);
    let mut flood = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (api, flooder, counts) = (api.clone(), flooder.clone(), counts.clone());
        flood.spawn(async move {
            let request = flooder.request("flood");
            loop {
                let status =
                    api.call(&flooder.device, &request).send().await.map(|sent| sent.status());
                let kind = match status.map(|status| status.as_u16()) {
                    Ok(201) => 0,
                    Ok(_) => 1,
                    Err(_) => 2,
                };
                counts[kind].fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    sleep(Duration::from_secs(1)).await;
    let under = flooded.call().await;
    flood.shutdown().await;
    let [rang, refused, failed] = [0, 1, 2].map(|kind| counts[kind].load(Ordering::Relaxed));
    report.say(format!(
        "{CONNECTIONS} connections of one party: {rang} calls rang, {refused} were refused, {failed} requests failed"
    ));
    let calls = under.times.len();
    report.none(
        &under.refused,
        format!("of {calls} calls of others under the flood, those that failed"),
    );
    let (rest, under) = (rest.p99_ms(), under.p99_ms());
    report.say(format!(
        "p99 of another party's create: {rest:.1} ms at rest, {under:.1} ms under the flood, {:.1} times",
        under / rest
    ));
    report.check(refused + rang > CALLS, "the flood was one");
}
