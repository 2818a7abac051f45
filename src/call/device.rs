//! Which device and which of its pages acts for a side of a call.

use serde::{Deserialize, Serialize};

use crate::call::{Call, Phase, Side};

/// A device that acts for a side, and the page of it that does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// The name that the device has chosen for itself and keeps over a reload.
    pub name: String,
    /// The name of the page that acts. `None` if a request acts, and no page.
    pub page: Option<String>,
}

impl Device {
    /// Where the call is as `other` sees it, while this device and page speak for the side of both. `None` if `other`
    /// has the call, too.
    ///
    /// Decision: only one page of a device has the call. Tabs of a browser can have the same device name, because what
    /// a tab stores is copied into a tab that it opens, and two pages would each connect to the other side.
    #[must_use]
    pub fn keeps_out(&self, other: &Device) -> Option<Elsewhere> {
        if self.name != other.name {
            return Some(Elsewhere::Device);
        }
        match (&self.page, &other.page) {
            (Some(page), Some(others)) if page != others => Some(Elsewhere::Page),
            (None | Some(_), None | Some(_)) => None,
        }
    }
}

impl From<&str> for Device {
    fn from(name: &str) -> Device {
        Device { name: name.to_owned(), page: None }
    }
}

impl From<String> for Device {
    fn from(name: String) -> Device {
        Device { name, page: None }
    }
}

/// Where the call is, for a page that does not have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Elsewhere {
    /// The call is on another device, which keeps it.
    Device,
    /// The call is in another page of the same device. This page can take it back.
    Page,
}

/// What a user has chosen: whether the other side hears and sees something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Chosen {
    /// Whether the microphone is muted, so that the other side hears nothing.
    pub muted: bool,
    /// Whether the camera is on.
    pub camera: bool,
}

/// The state of one side of the call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Seat {
    /// The name of the device that speaks for this side: the first one that answered, joined or ended the call by
    /// hand.
    pub(super) device: Option<String>,
    /// The name of its page that has the call. `None` if the device has acted by requests only, or an earlier version
    /// has stored this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    page: Option<String>,
    /// Whether the side is in the room.
    pub(super) joined: bool,
    /// What the user has chosen last. `None` if no page has said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    chosen: Option<Chosen>,
}

impl Seat {
    /// The device that speaks for this side, with the page that has the call.
    pub(super) fn speaker(&self) -> Option<Device> {
        let name = self.device.clone()?;
        Some(Device { name, page: self.page.clone() })
    }

    /// Lets `by` act for this side. The first device that does something speaks for the side from then on, and its
    /// page has the call. If another device speaks, or another page has the call, gives that one as the error.
    pub(super) fn claim(&mut self, by: Device) -> Result<(), Device> {
        match self.speaker() {
            Some(speaker) if speaker.keeps_out(&by).is_some() => Err(speaker),
            Some(_) => {
                self.page = self.page.take().or(by.page);
                Ok(())
            }
            None => {
                self.device = Some(by.name);
                self.page = by.page;
                Ok(())
            }
        }
    }
}

impl Call {
    /// The device that speaks for a side, and the page of it that has the call. `None` if no device speaks yet. No
    /// other device of the side is in the call; the side's other devices, which got the reminder, are told that it no
    /// longer rings. Once the call is over, no page has it: every page of the device may hear how it ended.
    #[must_use]
    pub fn speaker(&self, side: Side) -> Option<Device> {
        let speaker = self.seat(side).speaker()?;
        match self.phase {
            Phase::Ringing { .. } | Phase::Waiting { .. } | Phase::Talking { .. } => Some(speaker),
            Phase::Ended(_) => Some(Device { page: None, ..speaker }),
        }
    }

    /// Whether a side is in the room.
    #[must_use]
    pub const fn has_joined(&self, side: Side) -> bool {
        self.seat(side).joined
    }

    /// What a side's user has chosen last. `None` if no page has said so.
    #[must_use]
    pub const fn chosen(&self, side: Side) -> Option<Chosen> {
        self.seat(side).chosen
    }

    /// A page opens its socket. If its device speaks for the side, the page gets the call if it `takes` it, or if no
    /// page has it.
    ///
    /// Decision: the newest page has the call, and so has a page whose user continues the call there. A page that was
    /// disconnected and only comes back takes nothing.
    pub fn arrive(&mut self, side: Side, by: &Device, takes: bool) {
        let is_over = matches!(self.phase, Phase::Ended(_));
        let seat = self.seat_mut(side);
        let is_of_speaker = seat.device.as_ref() == Some(&by.name);
        if !is_over && is_of_speaker && (takes || seat.page.is_none()) {
            seat.page.clone_from(&by.page);
        }
    }

    /// Notes what the user of a page has chosen, if the page has the call and the call is not over.
    ///
    /// Decision: whoever comes back into the call begins with this choice, so that nobody is heard or seen again
    /// without having asked for it.
    pub fn choose(&mut self, side: Side, by: &Device, chosen: Chosen) {
        let is_over = matches!(self.phase, Phase::Ended(_));
        let seat = self.seat_mut(side);
        let has_call = seat.speaker().is_some_and(|speaker| speaker.keeps_out(by).is_none());
        if !is_over && has_call {
            seat.chosen = Some(chosen);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::tests::{PHONE, START, TV, ringing};
    use crate::call::{How, Reply, Signal};

    fn page(name: &str) -> Device {
        Device { name: PHONE.into(), page: Some(name.into()) }
    }

    fn answer(device: Device) -> Signal {
        Signal::Answer { device }
    }

    /// A call that the listener has answered in this page.
    fn answered_in(name: &str) -> Call {
        let mut call = ringing(None);
        assert_eq!(call.apply(answer(page(name)), START).reply, Reply::Done);
        call
    }

    #[test]
    fn one_page_of_a_device_has_the_call() {
        let elsewhere = Reply::Elsewhere { device: PHONE.into() };
        let mut call = answered_in("old");
        assert_eq!(call.apply(answer(page("new")), START).reply, elsewhere);
        call.arrive(Side::Listener, &page("new"), true);
        assert_eq!(call.speaker(Side::Listener), Some(page("new")));
        let hang_up =
            |device| Signal::HangUp { side: Side::Listener, device, how: How::UnloadCallPage };
        assert_eq!(call.apply(hang_up(page("old")), START).reply, elsewhere);
        call.arrive(Side::Listener, &page("old"), true);
        assert_eq!(call.apply(answer(page("old")), START).reply, Reply::Already);
        assert_eq!(call.apply(hang_up(page("new")), START).reply, elsewhere);
        assert_eq!(call.apply(hang_up(PHONE.into()), START).reply, Reply::Done, "a request");
    }

    #[test]
    fn a_page_takes_nothing_from_another_device_and_nothing_that_is_over() {
        let mut call = answered_in("old");
        let before = call.clone();
        let tablet = Device { name: "the tablet".into(), page: Some("new".into()) };
        call.arrive(Side::Listener, &tablet, true);
        call.arrive(Side::Caller, &page("new"), true);
        assert_eq!(call, before);
        assert_eq!(page("old").keeps_out(&tablet), Some(Elsewhere::Device));
        assert_eq!(page("old").keeps_out(&page("new")), Some(Elsewhere::Page));
        let _ = call.elapse(u64::MAX);
        let ended = call.clone();
        call.arrive(Side::Listener, &page("new"), true);
        assert_eq!(call, ended);
        let speaker = call.speaker(Side::Listener).unwrap();
        assert_eq!(speaker.keeps_out(&page("new")), None, "it hears how the call ended");
        assert_eq!(speaker.keeps_out(&tablet), Some(Elsewhere::Device));
    }

    #[test]
    fn a_device_that_has_acted_by_requests_gives_the_call_to_its_first_page() {
        let first: [fn(&mut Call); 3] = [
            |call| assert_eq!(call.apply(answer(page("one")), START).reply, Reply::Already),
            |call| call.arrive(Side::Listener, &page("one"), false),
            |call| call.arrive(Side::Listener, &page("one"), true),
        ];
        for comes in first {
            let mut call = ringing(None);
            let _ = call.apply(answer(PHONE.into()), START);
            assert_eq!(call.speaker(Side::Listener), Some(PHONE.into()));
            comes(&mut call);
            assert_eq!(call.speaker(Side::Listener), Some(page("one")));
            call.arrive(Side::Listener, &page("two"), false);
            assert_eq!(call.speaker(Side::Listener), Some(page("one")), "it only comes back");
        }
    }

    #[test]
    fn what_a_user_has_chosen_is_kept_of_the_page_that_has_the_call() {
        let silent = Chosen { muted: true, camera: false };
        let loud = Chosen { muted: false, camera: true };
        let mut call = ringing(None);
        call.choose(Side::Listener, &page("old"), silent);
        assert_eq!(call.chosen(Side::Listener), None, "nobody speaks yet");
        let mut call = answered_in("old");
        call.choose(Side::Listener, &page("old"), silent);
        call.choose(Side::Listener, &page("new"), loud);
        call.choose(Side::Listener, &TV.into(), loud);
        assert_eq!(call.chosen(Side::Listener), Some(silent));
        assert_eq!(call.chosen(Side::Caller), None);
        call.arrive(Side::Listener, &page("new"), true);
        assert_eq!(call.chosen(Side::Listener), Some(silent), "of whichever page it was");
        call.choose(Side::Listener, &page("new"), loud);
        assert_eq!(call.chosen(Side::Listener), Some(loud), "the last one is kept");

        let stored = serde_json::to_string(&call).unwrap();
        assert_eq!(serde_json::from_str::<Call>(&stored).unwrap(), call);
        let _ = call.elapse(u64::MAX);
        call.choose(Side::Listener, &page("new"), silent);
        assert_eq!(call.chosen(Side::Listener), Some(loud), "the call is over");
    }
}
