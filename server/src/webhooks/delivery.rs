//! Telling a mini-program's own backend of a call by callDevice with isCloud.
//!
//! The message is in the data file before the call is acknowledged. It is sent until it has arrived or the call no
//! longer rings. A backend may get a message twice, if the service dies between the arrival and the commit that notes
//! it; the message's id tells. Each call has one task, which sends one request at a time. How many requests run is
//! limited for each mini-program and for all of them, so that a backend that does not answer holds up only its own
//! messages. Only the status of a backend's answer is read, and nothing that it answers fails the call.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::http::header::CONTENT_TYPE;
use axum::http::{Request, StatusCode};
use rand::Rng;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::sleep;
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

use super::queue::Webhooks;
use super::signature;
use crate::domain::clock::Clock;
use crate::domain::message::{Delivery, Message, Target};
use crate::domain::shutdown::{Shutdown, UnderWay};
use crate::metrics::{Metrics, WebhookOutcome};
use crate::storage::StoreError;
use crate::storage::sqlite::store::Store;

/// How long a backend may take to answer.
const TRY_TIMEOUT: Duration = Duration::from_secs(5);

/// How many requests may run at the same time.
const AT_ONCE: usize = 64;

/// How many requests may run at the same time for one mini-program.
const AT_ONCE_FOR_ONE: usize = 8;

/// How long to wait after the first try. Each further pause is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// The longest pause between two tries. A call rings for a minute.
const LONGEST_PAUSE: Duration = Duration::from_secs(16);

/// Queues the messages that were not sent when the service stopped last.
///
/// # Errors
/// When the store fails.
pub(crate) async fn resume(store: &Store, webhooks: &Webhooks) -> Result<(), StoreError> {
    let mut after = String::new();
    loop {
        let some = store.undelivered(after).await?;
        let Some(last) = some.last() else { return Ok(()) };
        after = last.room_id.clone();
        some.into_iter().for_each(|delivery| webhooks.deliver(delivery));
    }
}

/// Sends the messages that are queued, until the service stops.
pub(crate) async fn run(
    store: &Arc<Store>,
    clock: &Clock,
    webhooks: &Webhooks,
    metrics: &Arc<Metrics>,
    shutdown: &Shutdown,
) {
    let agent: Agent = Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(TRY_TIMEOUT))
        // A signed message is for the backend that the operator named, and for no other to which that one redirects.
        .max_redirects(0)
        .proxy(None)
        .user_agent(concat!("wmpf-voip-server/", env!("CARGO_PKG_VERSION")))
        .tls_config(TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build())
        .build()
        .into();
    let all = Arc::new(Semaphore::new(AT_ONCE));
    // There are as many entries as mini-programs with a webhook.
    let mut of_one: HashMap<String, Arc<Semaphore>> = HashMap::new();
    let under_way = shutdown.watch();
    loop {
        let delivery = tokio::select! {
            delivery = webhooks.next() => delivery,
            // A delivery that has not begun stays in the outbox, where the next process finds it.
            () = under_way.stopping() => return,
        };
        let one = of_one
            .entry(delivery.app_id.clone())
            .or_insert_with(|| Arc::new(Semaphore::new(AT_ONCE_FOR_ONE)));
        let sender = Sender {
            store: store.clone(),
            clock: clock.clone(),
            metrics: metrics.clone(),
            agent: agent.clone(),
            all: all.clone(),
            one: one.clone(),
        };
        tokio::spawn(deliver(sender, delivery, shutdown.watch()));
    }
}

/// What the delivery of one message needs.
struct Sender {
    store: Arc<Store>,
    clock: Clock,
    metrics: Arc<Metrics>,
    agent: Agent,
    all: Arc<Semaphore>,
    one: Arc<Semaphore>,
}

/// The result of one try.
enum Tried {
    /// The message has arrived.
    Arrived,
    /// The try failed, and another one may help. The text says why.
    Failed(String),
    /// Another try would end in the same way, because the backend has refused the message or there is no webhook any
    /// more. The text says why.
    Refused(String),
    /// The call was answered or has ended, or the message is no longer stored.
    Settled,
    /// The call no longer rings by the clock.
    Late,
}

/// Sends one message, with as many tries as it needs. The service waits until `under_way` is dropped, so it waits for
/// a request that is running.
async fn deliver(sender: Sender, delivery: Delivery, under_way: UnderWay) {
    let Delivery { app_id, room_id } = &delivery;
    let mut pause = FIRST_PAUSE;
    let mut tries = 0_u32;
    let mut last_failure = String::from("no try could begin in time");
    loop {
        // The place of the mini-program is taken first, so that a message that waits for it does not take a place from
        // other mini-programs. No semaphore is ever closed.
        let places = async { (sender.one.acquire().await, sender.all.acquire().await) };
        let places = tokio::select! {
            places = places => places,
            () = under_way.stopping() => return,
        };
        // The store has logged its failure. The row stays, and the next process handles it.
        let Ok((tried, rings_until)) = attempt(&sender, room_id).await else { return };
        drop(places);
        tries += 1;
        let outcome = match tried {
            Tried::Arrived => {
                tracing::info!(%app_id, %room_id, tries, "the webhook was told of a call");
                WebhookOutcome::Arrived
            }
            Tried::Settled => WebhookOutcome::Settled,
            Tried::Refused(why) => {
                tracing::warn!(%app_id, %room_id, tries, why, "the webhook refused to be told of a call");
                WebhookOutcome::Refused
            }
            Tried::Failed(why) => {
                let waits = pause.mul_f64(rand::rng().random_range(0.5..1.0));
                pause = (pause * 2).min(LONGEST_PAUSE);
                let in_time =
                    sender.clock.now_ms().saturating_add_unsigned(waits.as_millis() as u64)
                        < rings_until;
                if in_time {
                    tracing::debug!(%app_id, %room_id, tries, why, "the webhook could not be told of a call yet");
                    last_failure = why;
                    tokio::select! {
                        () = sleep(waits) => continue,
                        () = under_way.stopping() => return,
                    }
                }
                log_undelivered(&delivery, tries, &why);
                WebhookOutcome::GivenUp
            }
            Tried::Late => {
                log_undelivered(&delivery, tries - 1, &last_failure);
                WebhookOutcome::GivenUp
            }
        };
        sender.metrics.webhook(outcome);
        // If this fails, the row stays, and the next process finds that it is too late.
        let _ = sender.store.delivered(room_id.clone()).await;
        return;
    }
}

fn log_undelivered(Delivery { app_id, room_id }: &Delivery, tries: u32, why: &str) {
    tracing::warn!(%app_id, %room_id, tries, why, "gave up telling the webhook of a call: it no longer rings");
}

/// Tries once. Gives the result, and until when the call rings, in milliseconds since the Unix epoch.
async fn attempt(sender: &Sender, room_id: &str) -> Result<(Tried, i64), StoreError> {
    let Some(message) = sender.store.message(room_id.to_owned()).await? else {
        return Ok((Tried::Settled, 0));
    };
    let rings_until = message.rings_until;
    let now = sender.clock.now_ms();
    if rings_until <= now {
        return Ok((Tried::Late, rings_until));
    }
    if message.settled {
        return Ok((Tried::Settled, rings_until));
    }
    // The backend compares it with its own clock.
    let (agent, wall) = (sender.agent.clone(), sender.clock.wall_ms());
    let tried = spawn_blocking(move || send(&agent, &message, wall / 1000)).await;
    Ok((tried.unwrap_or_else(|error| Tried::Refused(error.to_string())), rings_until))
}

fn send(agent: &Agent, message: &Message, timestamp: i64) -> Tried {
    let Message { webhook_id, body, target, .. } = message;
    let Some(Target { url, secret }) = target else {
        return Tried::Refused("the operator has deleted it".into());
    };
    let signature = match signature::sign(secret.expose(), webhook_id, timestamp, body) {
        Ok(signature) => signature,
        Err(error) => return Tried::Refused(error.to_string()),
    };
    let request = Request::post(url)
        .header(CONTENT_TYPE, "application/json")
        .header("webhook-id", webhook_id)
        .header("webhook-timestamp", timestamp)
        .header("webhook-signature", signature)
        .body(body.as_str());
    let request = match request {
        Ok(request) => request,
        Err(error) => return Tried::Refused(error.to_string()),
    };
    match agent.run(request) {
        Ok(response) => judge(response.status()),
        Err(error) => Tried::Failed(error.to_string()),
    }
}

fn judge(status: StatusCode) -> Tried {
    let why = format!("it answered {}", status.as_u16());
    if status.is_success() {
        return Tried::Arrived;
    }
    let passes = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS].contains(&status);
    if status.is_server_error() || passes { Tried::Failed(why) } else { Tried::Refused(why) }
}
