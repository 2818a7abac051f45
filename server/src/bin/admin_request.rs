//! The requests of the operator's command.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use ureq::http::Method;
use wmpf_voip_server::admin::fields::PageQuery;
use wmpf_voip_server::admin::keys::Key;
use wmpf_voip_server::admin::problems::Problems;

use super::admin_client::{Error, Sent};

/// The characters to escape in a path: all but the unreserved ones of RFC 3986.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What says in a query which calls are meant.
pub fn which(
    since: Option<i64>,
    until: Option<i64>,
    party: Option<String>,
    how: Option<String>,
) -> impl Iterator<Item = String> {
    let since = since.map(|time| format!("since={time}"));
    let until = until.map(|time| format!("until={time}"));
    let party = party.map(|id| format!("party={}", utf8_percent_encode(&id, ESCAPED)));
    let how = how.map(|word| format!("how={word}"));
    [since, until, party, how].into_iter().flatten()
}

/// A request for `/v1/admin/`, and what of its answer is printed.
pub struct Call {
    /// The request.
    pub sent: Sent,
    /// What of its answer is printed.
    pub prints: Prints,
}

/// What of an answer is printed.
pub enum Prints {
    /// All of it.
    Answer,
    /// This member.
    Member(&'static str),
    /// What came, as it came, while it comes.
    File,
}

impl Call {
    pub fn new(method: Method, key: &impl Key, below: &str) -> Result<Call, Error> {
        let mut problems = Problems::default();
        key.check(&mut problems);
        problems.or(Some(()))?;
        let mut path = String::new();
        let below = below.split('/');
        for segment in key.path().into_iter().chain(below).filter(|part| !part.is_empty()) {
            path.push('/');
            path.extend(utf8_percent_encode(segment, ESCAPED));
        }
        Ok(Call { sent: Sent { method, path, body: None }, prints: Prints::Answer })
    }

    /// The same for what has this id, which the argument `name` says.
    pub fn of(mut self, name: &str, id: &str) -> Result<Call, Error> {
        if id.is_empty() {
            return Err(format!("{name}: expected an id, got an empty string").into());
        }
        self.sent.path.push('/');
        self.sent.path.extend(utf8_percent_encode(id, ESCAPED));
        Ok(self)
    }

    /// The same for what is below it.
    pub fn below(mut self, name: &str) -> Call {
        self.sent.path.push('/');
        self.sent.path.push_str(name);
        self
    }

    /// The same for this page of a list.
    pub fn page(self, page: PageQuery) -> Call {
        self.query(pairs(page))
    }

    /// The same with this query.
    pub fn query(mut self, pairs: impl Iterator<Item = String>) -> Call {
        for (index, pair) in pairs.enumerate() {
            self.sent.path.push(if index == 0 { '?' } else { '&' });
            self.sent.path.push_str(&pair);
        }
        self
    }

    pub fn with(mut self, body: &impl Serialize) -> Result<Call, Error> {
        self.sent.body = Some(serde_json::to_string(body)?);
        Ok(self)
    }
}

/// What says in a query which page of a list it is.
pub fn pairs(PageQuery { limit, after }: PageQuery) -> impl Iterator<Item = String> {
    let limit = limit.map(|limit| format!("limit={limit}"));
    let after = after.map(|id| format!("after={}", utf8_percent_encode(&id, ESCAPED)));
    limit.into_iter().chain(after)
}
