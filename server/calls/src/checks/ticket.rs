//! The voipToken (13, 14 or 4), and the modelId in it (17).

use wmpf_voip::code::Code;

use super::Checks;
use crate::failure::Failure;
use crate::preview::preview;
use crate::records::Device;
use crate::ticket::Ticket;

/// A kind of ticket that a device fetches, and the code of its refusal.
pub(super) struct DeviceTicket {
    kind: Ticket,
    code: Code,
    name: &'static str,
}

const DEVICE_TOKEN: DeviceTicket =
    DeviceTicket { kind: Ticket::Device, code: Code::DeviceToken, name: "deviceToken" };

pub(super) const PUSH_TOKEN: DeviceTicket =
    DeviceTicket { kind: Ticket::Push, code: Code::PushToken, name: "pushToken" };

impl Checks<'_> {
    pub(super) fn device_token(&self, device: &Device) -> Result<(), Failure> {
        let wrong = |text: String| Err(Failure::refused(Code::DeviceToken, text));
        let sn = &self.session.id;
        match (&self.request.voip_token, device.through_wmpf) {
            // The session token says which device it is. The ticket that its host fetched has to say the same.
            (None, true) => match &self.request.device_token {
                Some(token) => {
                    self.device_ticket(&DEVICE_TOKEN, "deviceToken", token.expose(), sn, device)
                }
                None => Ok(()),
            },
            (Some(_), true) => wrong(format!(
                "voipToken: the device {} is registered through WMPF and must not pass one: leave it out",
                preview(sn)
            )),
            (None, false) => wrong(format!(
                "voipToken: the device {} is registered with the SDK and needs its deviceToken: \
                 fetch one before each call",
                preview(sn)
            )),
            (Some(token), false) => {
                self.device_ticket(&DEVICE_TOKEN, "voipToken", token.expose(), sn, device)
            }
        }
    }

    pub(super) fn push_token(&self, device: &Device) -> Result<(), Failure> {
        // A valid request of this businessType has a token; an empty one is refused as malformed.
        let token = self.request.voip_token.as_ref().map_or("", |token| token.expose());
        self.device_ticket(&PUSH_TOKEN, "voipToken", token, &self.request.listener.id, device)
    }

    pub(super) fn device_ticket(
        &self,
        ticket: &DeviceTicket,
        path: &str,
        token: &str,
        sn: &str,
        device: &Device,
    ) -> Result<(), Failure> {
        let DeviceTicket { kind, code, name } = *ticket;
        let holder = self.tickets.ticket(&self.session.app_id, kind, token).map_err(|error| {
            let text = format!(
                "{path}: the {name} {error}: fetch a new one on the device before each call"
            );
            Failure::refused(code, text)
        })?;
        if holder.subject != sn {
            return Err(Failure::refused(
                code,
                format!(
                    "{path}: the {name} belongs to the device {}, not to {}: \
                     fetch one on this device",
                    preview(&holder.subject),
                    preview(sn)
                ),
            ));
        }
        match holder.model_id {
            Some(model_id) if model_id == device.model_id => Ok(()),
            other => Err(Failure::refused(
                Code::TokenModel,
                format!(
                    "{path}: the {name} was issued for the modelId {}, and {} is registered \
                     with {}: request it with the latter",
                    preview(&other.unwrap_or_default()),
                    preview(sn),
                    preview(&device.model_id)
                ),
            )),
        }
    }

    pub(super) fn payment_token(&self) -> Result<(), Failure> {
        let user_id = &self.request.caller.id;
        let token = self.request.voip_token.as_ref().map_or("", |token| token.expose());
        let wrong = |what: String| {
            let text =
                format!("voipToken: the voip_token {what}: fetch a new one for this user_id");
            Failure::refused(Code::PaymentToken, text)
        };
        let holder = self
            .tickets
            .ticket(&self.session.app_id, Ticket::Payment, token)
            .map_err(|error| wrong(error.to_string()))?;
        if holder.subject == *user_id {
            Ok(())
        } else {
            Err(wrong(format!(
                "belongs to user_id {}, not to {}",
                preview(&holder.subject),
                preview(user_id)
            )))
        }
    }
}
