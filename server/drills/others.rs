//! Other parties, who make calls while somebody misbehaves. They must not notice.

use std::time::{Duration, Instant};

use crate::common::{Api, soon};
use crate::figures::percentile;
use crate::pairs::{Pair, register};

/// How many calls each of them makes: few, so that no limit of a single party matters.
const CALLS: usize = 8;

/// For how long they make calls at most, if the service is slow.
const ENOUGH: Duration = Duration::from_secs(30);

/// Parties that have not called yet.
pub(crate) struct Others {
    api: Api,
    pairs: Vec<Pair>,
}

/// How their calls went.
#[derive(Default)]
pub(crate) struct Calls {
    /// From each request to its answer.
    pub(crate) times: Vec<Duration>,
    /// What was answered instead of a call.
    pub(crate) refused: Vec<String>,
}

impl Calls {
    pub(crate) fn p99_ms(&self) -> f64 {
        percentile(&self.times, 99)
    }
}

impl Others {
    /// As many as these calls need.
    pub(crate) async fn for_calls(api: &Api, prefix: &str, calls: usize) -> Others {
        let pairs = register(api, prefix, calls.div_ceil(CALLS)).await;
        Others { api: api.clone(), pairs }
    }

    /// Makes calls one after the other, and gives up each. After a while these are enough.
    pub(crate) async fn call(self) -> Calls {
        let mut calls = Calls::default();
        let start = Instant::now();
        for pair in &self.pairs {
            if start.elapsed() > ENOUGH {
                break;
            }
            for number in 0..CALLS {
                let request = pair.request(&number.to_string());
                let start = Instant::now();
                let sent = soon(self.api.call(&pair.device, &request).send()).await;
                calls.times.push(start.elapsed());
                match sent {
                    Ok(response) if response.status() == 201 => {
                        pair.give_up(&self.api, &response.json().await.unwrap()).await;
                    }
                    Ok(response) => calls.refused.push(response.text().await.unwrap_or_default()),
                    Err(error) => calls.refused.push(error.to_string()),
                }
            }
        }
        calls
    }
}
