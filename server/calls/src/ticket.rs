//! Tickets: what a device or a face-payment user may do, signed with the key of its mini-program.

/// What a ticket is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ticket {
    /// A deviceToken: it lets this device call.
    Device,
    /// A pushToken: it lets this device be called.
    Push,
    /// The voip_token of a payment: it lets this face-payment user call.
    Payment,
    /// An snTicket: it lets a user be asked to authorise this device.
    Sn,
}

/// What a valid ticket says.
#[derive(Debug, PartialEq, Eq)]
pub struct TicketHolder {
    /// The SN of the device, or the user_id of the face-payment user.
    pub subject: String,
    /// The modelId of the device. `None` for a voip_token of a payment.
    pub model_id: Option<String>,
}

/// Why a token is not valid. The texts continue a sentence that begins with the token's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The token cannot be read, or a claim is missing.
    #[error("is not a token of this service")]
    Malformed,
    /// The signature is not of a key that this service knows.
    #[error("is forged: its signature is not of a mini-program that this service knows")]
    Forged,
    /// The time for which the token was issued is over.
    #[error("has expired")]
    Expired,
    /// The time from which on the token is valid has not come by this service's clock.
    #[error("is not valid yet by this service's clock")]
    NotYet,
    /// The ticket would be valid for too long, and does not say when it was issued.
    #[error("is valid for too long and does not say when it was issued (iat)")]
    TooLong,
    /// The token asks for an extension of JWTs; this service has none.
    #[error("has a header with crit, and this service knows no extension")]
    Critical,
    /// The user has used the ticket before, and what it granted does not stand any more.
    #[error("was used before, and what it has granted was taken back")]
    Used,
    /// The record of whoever has the token was deleted.
    #[error("belongs to a device or a user that was deleted")]
    Deleted,
    /// The token is of another kind, for example a pushToken where a deviceToken belongs.
    #[error("is a token of another kind")]
    OtherKind,
    /// The token is of the right kind, but belongs to another mini-program.
    #[error("belongs to another mini-program")]
    OtherApp,
}

/// Checks tickets and reads what they say.
pub trait Tickets: Send + Sync {
    /// Gives the holder of a ticket that was issued for the mini-program `app_id`.
    ///
    /// # Errors
    /// When `token` is not a valid ticket of this kind and this mini-program.
    fn ticket(&self, app_id: &str, kind: Ticket, token: &str) -> Result<TicketHolder, TokenError>;
}
