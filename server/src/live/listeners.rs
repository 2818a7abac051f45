//! The parties that wait for calls now: their open reminder sockets.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc;

use wmpf_voip_calls::failure::{Failure, MAX_SOCKETS};
use wmpf_voip_calls::party::Party;
use wmpf_voip_calls::transition::Notice;

/// How many notices may wait for one socket. Nobody is called so often. A socket that falls behind is given up, and is
/// told what still rings when it connects again.
const QUEUE_LENGTH: usize = 16;

/// The queues have pointers, because each reserves room for a few dozen notices as soon as it is made.
type Sockets = HashMap<Party, Vec<mpsc::Sender<Arc<Notice>>>>;

/// The open reminder sockets of all parties.
#[derive(Clone, Default)]
pub struct Listeners {
    sockets: Arc<Mutex<Sockets>>,
}

impl Listeners {
    /// Subscribes `party`: from now on, the returned subscription receives every notice for it.
    ///
    /// # Errors
    /// When the party has [`MAX_SOCKETS`] subscriptions already.
    pub fn subscribe(&self, party: &Party) -> Result<Subscription, Failure> {
        let (sender, notices) = mpsc::channel(QUEUE_LENGTH);
        let mut sockets = self.lock();
        let senders = sockets.entry(party.clone()).or_default();
        if senders.len() >= MAX_SOCKETS {
            return Err(Failure::TooManySockets);
        }
        senders.push(sender);
        Ok(Subscription { listeners: self.clone(), party: party.clone(), notices })
    }

    /// Passes a notice to every socket of its listener. A socket whose queue is full is given up.
    pub fn tell(&self, notice: &Notice) {
        if let Some(senders) = self.lock().get_mut(&notice.listener) {
            let notice = Arc::new(notice.clone());
            senders.retain(|sender| sender.try_send(Arc::clone(&notice)).is_ok());
        }
    }

    /// Gives up every socket of this mini-program, because its tokens are no longer valid.
    pub fn close_sockets_of(&self, app_id: &str) {
        self.lock().retain(|party, _| party.app_id != app_id);
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
    notices: mpsc::Receiver<Arc<Notice>>,
}

impl Subscription {
    /// Waits for the next notice. `None` if this socket was given up.
    pub async fn next(&mut self) -> Option<Arc<Notice>> {
        self.notices.recv().await
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.notices.close();
        let mut sockets = self.listeners.lock();
        if let Some(senders) = sockets.get_mut(&self.party) {
            senders.retain(|sender| !sender.is_closed());
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
        let mut first = listeners.subscribe(&call.listener).unwrap();
        let mut second = listeners.subscribe(&call.listener).unwrap();
        let mut other = listeners.subscribe(&ringing("o2").listener).unwrap();
        listeners.tell(&call);
        assert!(first.next().await.is_some() && second.next().await.is_some());
        assert!(other.notices.try_recv().is_err());
    }

    #[tokio::test]
    async fn a_socket_that_does_not_keep_up_is_given_up() {
        let listeners = Listeners::default();
        let call = ringing("o1");
        let mut slow = listeners.subscribe(&call.listener).unwrap();
        for _ in 0..=QUEUE_LENGTH {
            listeners.tell(&call);
        }
        for _ in 0..QUEUE_LENGTH {
            assert!(slow.next().await.is_some());
        }
        assert!(slow.next().await.is_none());
    }

    #[tokio::test]
    async fn the_sockets_of_one_mini_program_are_given_up() {
        let listeners = Listeners::default();
        let party = ringing("o1").listener;
        let other = Party { app_id: "wxb".into(), ..party.clone() };
        let mut given_up = listeners.subscribe(&party).unwrap();
        let mut kept = listeners.subscribe(&other).unwrap();
        listeners.close_sockets_of("wxa");
        assert!(given_up.next().await.is_none());
        assert!(kept.notices.try_recv().is_err_and(|error| error == TryRecvError::Empty));
        let mut again = listeners.subscribe(&party).unwrap();
        drop(given_up);
        listeners.tell(&ringing("o1"));
        assert!(again.next().await.is_some(), "its place is not the old one's");
    }

    #[test]
    fn nothing_is_kept_of_sockets_that_are_gone() {
        let listeners = Listeners::default();
        let party = ringing("o1").listener;
        let first = listeners.subscribe(&party).unwrap();
        let second = listeners.subscribe(&party).unwrap();
        drop(first);
        assert_eq!(listeners.lock().get(&party).map(Vec::len), Some(1));
        drop(second);
        assert!(listeners.lock().is_empty());
    }
}
