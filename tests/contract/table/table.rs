//! Reads `accept-reject.json`: which kinds of value each field of the request accepts, and what an error says of
//! the others. The core's test and the generator of the documentation include this file.
//!
//! A kind that has a `value` is that JSON; each host makes the others by their name. A kind that has no `zh` is
//! named as JavaScript writes it. What an error says is one text, or its English and its Chinese.

// Each of the two uses a part of it.
#![allow(dead_code)]

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value as Json;

/// What an error says.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Said {
    Alike(String),
    Each(String, String),
}

impl Said {
    pub fn en(&self) -> &str {
        match self {
            Said::Alike(text) | Said::Each(text, _) => text,
        }
    }

    pub fn zh(&self) -> &str {
        match self {
            Said::Alike(text) | Said::Each(_, text) => text,
        }
    }
}

/// The whole table.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    pub kinds: Vec<Kind>,
    pub fields: Vec<Field>,
}

/// A kind of JavaScript value.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Kind {
    pub name: String,
    pub zh: Option<String>,
    pub value: Option<Json>,
    /// What the rules take it for.
    pub is: String,
    /// What an error says of it.
    pub got: Said,
    /// What an error says of it where a token belongs, if that is less.
    got_as_token: Option<Said>,
    /// What an error that got it adds to what is expected.
    pub limit: Option<Said>,
    /// It cannot be `req` itself.
    #[serde(default)]
    pub only_as_property: bool,
}

impl Kind {
    /// What an error says of it where a token belongs.
    pub fn got_as_token(&self) -> &Said {
        self.got_as_token.as_ref().unwrap_or(&self.got)
    }
}

/// A field of the request, or `req` itself.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Field {
    pub path: String,
    /// The businessType of the request, where the field's rule depends on it.
    pub business_type: Option<u8>,
    /// Names of kinds, and what kinds are.
    pub accepts: Vec<String>,
    /// Names of kinds that are not accepted although what they are is.
    #[serde(default)]
    pub except: Vec<String>,
    /// What is sent for an accepted kind, where that is not the value itself; `null`: nothing.
    #[serde(default)]
    pub sends: BTreeMap<String, Json>,
    pub code: u16,
    pub expected: Said,
    /// What an error says of a kind, where that is more than elsewhere.
    #[serde(default)]
    got: BTreeMap<String, Said>,
}

impl Field {
    pub fn accepts(&self, kind: &Kind) -> bool {
        let is_accepted = |word| self.accepts.contains(word);
        is_accepted(&kind.name) || is_accepted(&kind.is) && !self.except.contains(&kind.name)
    }

    /// What an error says of a kind here.
    pub fn got<'a>(&'a self, kind: &'a Kind) -> &'a Said {
        let usual = if self.path == "voipToken" { kind.got_as_token() } else { &kind.got };
        self.got.get(&kind.name).unwrap_or(usual)
    }
}

pub fn read() -> serde_json::Result<Table> {
    serde_json::from_str(include_str!("accept-reject.json"))
}
