//! Tickets: what a device or a user_id may do, signed by whoever has the key of its mini-program.

/// What a ticket is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ticket {
    /// A deviceToken: this device may call.
    Device,
    /// A pushToken: this device may be called.
    Push,
    /// A payment's voip_token: this face-payment user may call.
    Payment,
    /// An snTicket: a user may be asked to authorise this device.
    Sn,
}

/// What a valid ticket says.
#[derive(Debug, PartialEq, Eq)]
pub struct TicketHolder {
    /// The SN, or the user_id of a face-payment user.
    pub subject: String,
    /// The device's model; a payment's voip_token has none.
    pub model_id: Option<String>,
}

/// Why a token is not valid. The texts follow the token's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It cannot be read, or lacks a claim.
    #[error("is not a token of this service")]
    Malformed,
    /// Nobody this service knows has signed it.
    #[error("is forged: its signature is not of a mini-program that this service knows")]
    Forged,
    /// Its time is over.
    #[error("has expired")]
    Expired,
    /// For example a pushToken where a deviceToken belongs.
    #[error("is a token of another kind")]
    OtherKind,
    /// The right kind, of another mini-program.
    #[error("belongs to another mini-program")]
    OtherApp,
}

/// Who can tell what a ticket says.
pub trait Tickets: Send + Sync {
    /// Gives who holds this ticket of `app_id`.
    ///
    /// # Errors
    /// When it is not a valid ticket of this kind and mini-program.
    fn ticket(&self, app_id: &str, kind: Ticket, token: &str) -> Result<TicketHolder, TokenError>;
}
