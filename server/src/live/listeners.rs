//! The parties that wait for calls now: their open reminder sockets.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

use wmpf_voip_calls::failure::{Failure, MAX_SOCKETS};
use wmpf_voip_calls::party::Party;
use wmpf_voip_calls::transition::Notice;

/// How many notices may wait for one socket. One that falls behind is told from the store what rings.
const QUEUE_LENGTH: usize = 16;

type Sockets = HashMap<Party, Vec<Subscriber>>;

struct Subscriber {
    /// Of boxes, because a queue reserves room for a few dozen notices as soon as it is made.
    notices: mpsc::Sender<Box<Notice>>,
    is_behind: Arc<AtomicBool>,
    /// The number of the key that has signed the token.
    key: i64,
}

impl Subscriber {
    /// Queues a notice. Where the queue is full, the socket finds in the store what it was not told.
    fn tell(&self, notice: Notice) {
        if let Err(TrySendError::Full(_)) = self.notices.try_send(Box::new(notice)) {
            self.is_behind.store(true, Ordering::Release);
        }
    }
}

/// The open reminder sockets of all parties.
#[derive(Clone, Default)]
pub struct Listeners {
    sockets: Arc<Mutex<Sockets>>,
}

impl Listeners {
    /// Subscribes `party`, whose token was signed by the key with this number: from now on, the returned subscription receives
    /// every notice for it.
    ///
    /// # Errors
    /// When the party has [`MAX_SOCKETS`] subscriptions already.
    pub fn subscribe(&self, party: &Party, key: i64) -> Result<Subscription, Failure> {
        let (sender, notices) = mpsc::channel(QUEUE_LENGTH);
        let is_behind = Arc::new(AtomicBool::new(false));
        let mut sockets = self.lock();
        let senders = sockets.entry(party.clone()).or_default();
        if senders.len() >= MAX_SOCKETS {
            return Err(Failure::TooManySockets);
        }
        senders.push(Subscriber { notices: sender, is_behind: is_behind.clone(), key });
        Ok(Subscription { listeners: self.clone(), party: party.clone(), notices, is_behind })
    }

    /// Passes a notice to every socket of its listener. Gives whether there is one.
    pub fn tell(&self, notice: &Notice) -> bool {
        let sockets = self.lock();
        let Some(subscribers) = sockets.get(&notice.listener) else { return false };
        subscribers.iter().for_each(|subscriber| subscriber.tell(notice.clone()));
        true
    }

    /// Gives up every socket whose token was signed by one of these keys, which count no more.
    pub fn close_sockets_of_keys(&self, numbers: &[i64]) {
        self.lock().retain(|_, subscribers| {
            subscribers.retain(|subscriber| !numbers.contains(&subscriber.key));
            !subscribers.is_empty()
        });
    }

    /// Gives up every socket of this party, because its tokens are no longer valid.
    pub fn close_sockets_of_party(&self, party: &Party) {
        self.lock().remove(party);
    }

    /// How many sockets are open.
    #[must_use]
    pub fn count(&self) -> usize {
        self.lock().values().map(Vec::len).sum()
    }

    fn lock(&self) -> MutexGuard<'_, Sockets> {
        // Nothing that holds the lock can leave the map inconsistent.
        self.sockets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The place of one socket among the listeners. Dropping it removes the socket.
pub struct Subscription {
    listeners: Listeners,
    party: Party,
    notices: mpsc::Receiver<Box<Notice>>,
    is_behind: Arc<AtomicBool>,
}

/// What is to be told on a socket.
#[derive(Debug, PartialEq, Eq)]
pub enum News {
    /// This notice.
    Notice(Notice),
    /// More than was kept: the store knows what rings.
    Behind,
}

impl Subscription {
    /// Waits for the next news. `None` if the tokens of this socket are no longer valid.
    pub async fn next(&mut self) -> Option<News> {
        let notice = self.notices.recv().await?;
        if !self.is_behind.swap(false, Ordering::AcqRel) {
            return Some(News::Notice(*notice));
        }
        // What they say is in the store, too. Whatever comes from here on is not read there yet, or is told twice.
        while self.notices.try_recv().is_ok() {}
        Some(News::Behind)
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.notices.close();
        let mut sockets = self.listeners.lock();
        if let Some(senders) = sockets.get_mut(&self.party) {
            senders.retain(|subscriber| !subscriber.notices.is_closed());
            if senders.is_empty() {
                sockets.remove(&self.party);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc::error::TryRecvError;

    use super::*;
    use wmpf_voip_calls::party::Role;

    fn ringing(id: &str) -> Notice {
        let listener = Party { app_id: "wxa".into(), role: Role::Phone, id: id.into() };
        Notice { listener, room_id: "r".into(), rings: true, message: "m".into() }
    }

    #[tokio::test]
    async fn every_socket_of_the_party_is_told_and_nobody_else() {
        let listeners = Listeners::default();
        let call = ringing("o1");
        let mut first = listeners.subscribe(&call.listener, 1).unwrap();
        let mut second = listeners.subscribe(&call.listener, 1).unwrap();
        let mut other = listeners.subscribe(&ringing("o2").listener, 1).unwrap();
        listeners.tell(&call);
        assert!(first.next().await.is_some() && second.next().await.is_some());
        assert!(other.notices.try_recv().is_err());
    }

    #[tokio::test]
    async fn a_socket_that_falls_behind_is_told_so_once_and_goes_on() {
        let listeners = Listeners::default();
        let call = ringing("o1");
        let mut slow = listeners.subscribe(&call.listener, 1).unwrap();
        for _ in 0..QUEUE_LENGTH {
            listeners.tell(&call);
        }
        assert_eq!(slow.next().await, Some(News::Notice(call.clone())), "it has kept up so far");
        listeners.tell(&call);
        listeners.tell(&call);
        assert_eq!(slow.next().await, Some(News::Behind));
        assert!(slow.notices.try_recv().is_err(), "what it has not heard is in the store");
        listeners.tell(&call);
        assert_eq!(slow.next().await, Some(News::Notice(call)));
    }

    #[tokio::test]
    async fn the_sockets_of_one_key_are_given_up() {
        let listeners = Listeners::default();
        let party = ringing("o1").listener;
        let other = Party { app_id: "wxb".into(), ..party.clone() };
        let mut of_a_newer_key = listeners.subscribe(&party, 3).unwrap();
        let mut given_up = listeners.subscribe(&party, 1).unwrap();
        let mut kept = listeners.subscribe(&other, 2).unwrap();
        listeners.close_sockets_of_keys(&[1]);
        assert!(given_up.next().await.is_none());
        assert!(of_a_newer_key.notices.try_recv().is_err_and(|error| error == TryRecvError::Empty));
        assert!(kept.notices.try_recv().is_err_and(|error| error == TryRecvError::Empty));
        let mut again = listeners.subscribe(&party, 1).unwrap();
        drop(given_up);
        listeners.tell(&ringing("o1"));
        assert!(again.next().await.is_some(), "its place is not the old one's");
    }

    #[test]
    fn nothing_is_kept_of_sockets_that_are_gone() {
        let listeners = Listeners::default();
        let party = ringing("o1").listener;
        let first = listeners.subscribe(&party, 1).unwrap();
        let second = listeners.subscribe(&party, 1).unwrap();
        drop(first);
        assert_eq!(listeners.lock().get(&party).map(Vec::len), Some(1));
        drop(second);
        assert!(listeners.lock().is_empty());
    }
}
