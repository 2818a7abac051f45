//! The limits that hold somebody up.

/// A limit that refuses somebody, or makes somebody wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// How many calls a party creates in a minute.
    Calls,
    /// How many calls all parties of a mini-program create in a minute.
    AppCalls,
    /// How many requests a party sends in a minute.
    Requests,
    /// How many messages a party sends in a minute on the sockets of calls.
    Messages,
    /// How many requests an address sends in a minute without a valid token or key.
    Strangers,
    /// How many calls of one caller ring.
    RingingPerCaller,
    /// How many calls for one listener ring.
    RingingPerListener,
    /// How many sockets a party has open.
    Sockets,
}

impl Limit {
    /// All of them.
    pub const ALL: [Limit; 8] = [
        Limit::Calls,
        Limit::AppCalls,
        Limit::Requests,
        Limit::Messages,
        Limit::Strangers,
        Limit::RingingPerCaller,
        Limit::RingingPerListener,
        Limit::Sockets,
    ];

    /// The name of the flag that sets the limit, without its dashes; `sockets`, which no flag sets.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Limit::Calls => "max-calls-per-minute",
            Limit::AppCalls => "max-app-calls-per-minute",
            Limit::Requests => "max-requests-per-minute",
            Limit::Messages => "max-messages-per-minute",
            Limit::Strangers => "max-strangers-per-minute",
            Limit::RingingPerCaller => "max-ringing-per-caller",
            Limit::RingingPerListener => "max-ringing-per-listener",
            Limit::Sockets => "sockets",
        }
    }
}
