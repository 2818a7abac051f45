//! `wmpf-voip-server admin`: the operator's API from a shell.
//!
//! The arguments are the keys and bodies of the API. The service decides whether a body is valid. The ids are checked
//! before, by the same rule, because a path with an empty id would name another record.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{ArgMatches, Args, Command, Subcommand, ValueEnum};
use serde::Serialize;
use serde_json::Value;
use ureq::http::Method;
use wmpf_voip::protocol::{Refusal, WrongField};
use wmpf_voip::secret::Secret;
use wmpf_voip_calls::event_type::EventType;
use wmpf_voip_server::admin::audit::AuditQuery;
use wmpf_voip_server::admin::call_records::RecordsQuery;
use wmpf_voip_server::admin::calls::CallsQuery;
use wmpf_voip_server::admin::deliveries::DeliveriesQuery;
use wmpf_voip_server::admin::fields::PageQuery;
use wmpf_voip_server::admin::issue::TokenBody;
use wmpf_voip_server::admin::keys::Key;
use wmpf_voip_server::admin::minutes::MinutesBody;
use wmpf_voip_server::admin::webhook::WebhookBody;
use wmpf_voip_server::domain::records::WholeService;
use wmpf_voip_server::domain::records::app::{AppBody, AppKey};
use wmpf_voip_server::domain::records::authorisation::{AuthorisationBody, AuthorisationKey};
use wmpf_voip_server::domain::records::contact::{ContactBody, ContactKey};
use wmpf_voip_server::domain::records::device::{DeviceBody, DeviceKey};
use wmpf_voip_server::domain::records::model::{ModelBody, ModelKey};
use wmpf_voip_server::domain::records::payment_user::{PaymentUserBody, PaymentUserKey};
use wmpf_voip_server::domain::records::token_key::TokenKeyKey;
use wmpf_voip_server::domain::records::user::{UserBody, UserKey};

use super::admin_client::{Error, ask, download, key};
use super::admin_request::{Call, Prints, pairs, which};

/// What to change or read, and where.
#[derive(Args)]
pub struct Admin {
    /// Address of the running service. The admin key is sent there: use http only on the service's machine or through a
    /// tunnel.
    #[arg(
        long,
        env = "WMPF_VOIP_URL",
        hide_env_values = true,
        value_name = "URL",
        default_value = "http://127.0.0.1:8787"
    )]
    server: String,

    /// File with the admin key; without it, the key is what WMPF_VOIP_ADMIN_KEY says.
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,

    /// File with the certificates, as PEM, of the authorities that may have signed the service's certificate. Without it
    /// those that the system trusts count.
    #[arg(long, env = "WMPF_VOIP_CA", value_name = "FILE")]
    ca: Option<PathBuf>,

    #[command(subcommand)]
    noun: Noun,
}

#[derive(Subcommand)]
enum Noun {
    /// Mini-programs.
    #[command(subcommand)]
    App(Verb<AppKey, AppBody, WholeService>),
    /// Models of devices of a mini-program.
    #[command(subcommand)]
    Model(Verb<ModelKey, ModelBody, AppKey>),
    /// Registered devices.
    #[command(subcommand)]
    Device(Verb<DeviceKey, DeviceBody, AppKey>),
    /// WeChat users of a mini-program.
    #[command(subcommand)]
    User(Verb<UserKey, UserBody, AppKey>),
    /// Users' permissions to call and be called by a device.
    #[command(subcommand)]
    Authorisation(Verb<AuthorisationKey, AuthorisationBody, DeviceKey>),
    /// Users of the face-payment system.
    #[command(subcommand)]
    PaymentUser(Verb<PaymentUserKey, PaymentUserBody, AppKey>),
    /// Users whom a face-payment user may call.
    #[command(subcommand)]
    Contact(Verb<ContactKey, ContactBody, PaymentUserKey>),
    /// Where an app's own backend is told of calls and authorisations, and what was sent there.
    #[command(subcommand)]
    Webhook(Webhook),
    /// Minutes that are paid for.
    #[command(subcommand)]
    Minutes(Minutes),
    /// Issue a token.
    Token(Token),
    /// The keys that sign an app's tokens: all of them count, and the newest one signs.
    #[command(subcommand)]
    TokenKey(TokenKey),
    /// The calls of an app.
    #[command(subcommand)]
    Call(OfCalls),
    /// Show who has changed what, the newest first, a page at a time.
    Audit(AuditQuery),
}

/// What can be done with every kind of record.
#[derive(Subcommand)]
enum Verb<K: Args, B: Args, O: Args> {
    /// Create or change one. The whole record is written: what is left out is off or none.
    Put {
        #[command(flatten)]
        key: K,
        #[command(flatten)]
        body: B,
    },
    /// Show one.
    Get {
        #[command(flatten)]
        key: K,
    },
    /// Show all, in the order of their ids, a page at a time.
    List {
        #[command(flatten)]
        of: O,
        #[command(flatten)]
        page: PageQuery,
    },
    /// Delete one, and what has no meaning without it.
    Delete {
        #[command(flatten)]
        key: K,
    },
}

#[derive(Subcommand)]
enum Minutes {
    /// Add some.
    Add {
        #[command(flatten)]
        key: AppKey,
        #[command(flatten)]
        body: MinutesBody,
    },
}

#[derive(Args)]
struct Token {
    #[command(flatten)]
    body: TokenBody,
    #[command(flatten)]
    key: AppKey,
    /// Print the token and nothing else.
    #[arg(long)]
    raw: bool,
}

#[derive(Subcommand)]
enum TokenKey {
    /// Make one of this name and print it, once and never again. Whoever has it can be any party of the app. The service signs
    /// with it from now on, and tokens of the others stay valid.
    Put {
        #[command(flatten)]
        key: TokenKeyKey,
    },
    /// Show their names, the newest first.
    List {
        #[command(flatten)]
        key: AppKey,
    },
    /// Delete one. Every token that was signed with it becomes invalid.
    Delete {
        #[command(flatten)]
        key: TokenKeyKey,
    },
}

#[derive(Subcommand)]
enum OfCalls {
    /// Show those of an app, the newest first, a page at a time.
    List {
        #[command(flatten)]
        key: AppKey,
        #[command(flatten)]
        query: CallsQuery,
    },
    /// Print all that are over and still kept, the newest first, for a spreadsheet or another program.
    Export {
        #[command(flatten)]
        key: AppKey,
        #[command(flatten)]
        query: RecordsQuery,
    },
    /// Show one, with everything that its two sides were told.
    Get {
        #[command(flatten)]
        key: AppKey,
        /// The roomId.
        room_id: String,
    },
    /// End one, as if its caller had done so.
    End {
        #[command(flatten)]
        key: AppKey,
        /// The roomId.
        room_id: String,
    },
}

impl OfCalls {
    fn call(self) -> Result<Call, Error> {
        const BELOW: &str = "calls";
        match self {
            OfCalls::List { key, query } => {
                let CallsQuery { live, since, until, party, how, limit, after } = query;
                let live = live.then(|| "live=true".to_owned());
                let which = which(since, until, party, how);
                let pairs = pairs(PageQuery { limit, after }).chain(live).chain(which);
                Ok(Call::new(Method::GET, &key, BELOW)?.query(pairs))
            }
            OfCalls::Export { key, query } => {
                let RecordsQuery { format, since, until, party, how } = query;
                let format = format.to_possible_value();
                let format = format.map(|word| format!("format={}", word.get_name()));
                let pairs = format.into_iter().chain(which(since, until, party, how));
                let call = Call::new(Method::GET, &key, "call-records")?.query(pairs);
                Ok(Call { prints: Prints::File, ..call })
            }
            OfCalls::Get { key, room_id } => {
                Call::new(Method::GET, &key, BELOW)?.of("ROOM_ID", &room_id)
            }
            OfCalls::End { key, room_id } => {
                Call::new(Method::DELETE, &key, BELOW)?.of("ROOM_ID", &room_id)
            }
        }
    }
}

#[derive(Subcommand)]
enum Webhook {
    /// Set or change it. The secret that signs the messages is printed if this makes one, and never again.
    Put {
        #[command(flatten)]
        key: AppKey,
        /// Where the messages go: https, or http on the service's own machine.
        #[arg(long, value_name = "URL")]
        url: String,
        /// File with the secret: 'whsec_' and the base64 of 32 to 64 bytes. Without it the secret stays as it
        /// is, and a new webhook gets a new one.
        #[arg(long, value_name = "FILE")]
        secret_file: Option<PathBuf>,
        /// The types of messages that it gets, separated by commas. Left out, they stay as they are, and a new webhook gets
        /// device.called.
        #[arg(long, value_name = "TYPE", value_delimiter = ',')]
        events: Option<Vec<EventType>>,
    },
    /// Show it, without its secret.
    Get {
        #[command(flatten)]
        key: AppKey,
    },
    /// Delete it.
    Delete {
        #[command(flatten)]
        key: AppKey,
    },
    /// Show what was sent and what is to be sent, the newest first, a page at a time.
    Deliveries {
        #[command(flatten)]
        key: AppKey,
        #[command(flatten)]
        query: DeliveriesQuery,
    },
    /// Send a message again, with the same id.
    Resend {
        #[command(flatten)]
        key: AppKey,
        /// The id of the message.
        id: String,
    },
}

impl Webhook {
    fn call(self) -> Result<Call, Error> {
        const BELOW: &str = "webhook";
        const DELIVERIES: &str = "webhook/deliveries";
        match self {
            Webhook::Put { key, url, secret_file, events } => {
                let secret = match secret_file {
                    Some(path) => {
                        let text = std::fs::read_to_string(&path).map_err(|error| {
                            format!("--secret-file {}: {error}", path.display())
                        })?;
                        Some(Secret::new(text.trim_end().to_owned()))
                    }
                    None => None,
                };
                Call::new(Method::PUT, &key, BELOW)?.with(&WebhookBody { url, secret, events })
            }
            Webhook::Get { key } => Call::new(Method::GET, &key, BELOW),
            Webhook::Delete { key } => Call::new(Method::DELETE, &key, BELOW),
            Webhook::Deliveries { key, query } => {
                let DeliveriesQuery { kind, outcome, limit, after } = query;
                let kind = kind.map(|kind| format!("type={kind}"));
                let outcome = outcome.map(|outcome| format!("outcome={outcome}"));
                let page = PageQuery { limit, after: after.map(|number| number.to_string()) };
                let call = Call::new(Method::GET, &key, DELIVERIES)?;
                Ok(call.query(pairs(page).chain(kind).chain(outcome)))
            }
            Webhook::Resend { key, id } => {
                Ok(Call::new(Method::POST, &key, DELIVERIES)?.of("ID", &id)?.below("resend"))
            }
        }
    }
}

impl<K: Args + Key, B: Args + Serialize, O: Args + Key> Verb<K, B, O> {
    /// The request for this verb. The records of this kind are at the path `list`, below the record to which they
    /// belong.
    fn call(self, list: &str) -> Result<Call, Error> {
        match self {
            Verb::Put { key, body } => Call::new(Method::PUT, &key, "")?.with(&body),
            Verb::Get { key } => Call::new(Method::GET, &key, ""),
            Verb::Delete { key } => Call::new(Method::DELETE, &key, ""),
            Verb::List { of, page } => Ok(Call::new(Method::GET, &of, list)?.page(page)),
        }
    }
}

impl Noun {
    fn call(self) -> Result<Call, Error> {
        match self {
            Noun::App(verb) => verb.call("apps"),
            Noun::Model(verb) => verb.call("models"),
            Noun::Device(verb) => verb.call("devices"),
            Noun::User(verb) => verb.call("users"),
            Noun::Authorisation(verb) => verb.call("authorisations"),
            Noun::PaymentUser(verb) => verb.call("payment-users"),
            Noun::Contact(verb) => verb.call("contacts"),
            Noun::Webhook(webhook) => webhook.call(),
            Noun::Minutes(Minutes::Add { key, body }) => {
                Call::new(Method::POST, &key, "minutes")?.with(&body)
            }
            Noun::Token(Token { body, key, raw }) => {
                let call = Call::new(Method::POST, &key, "tokens")?.with(&body)?;
                Ok(Call {
                    prints: if raw { Prints::Member("token") } else { Prints::Answer },
                    ..call
                })
            }
            Noun::TokenKey(TokenKey::Put { key }) => Call::new(Method::PUT, &key, ""),
            Noun::TokenKey(TokenKey::List { key }) => Call::new(Method::GET, &key, "token-keys"),
            Noun::TokenKey(TokenKey::Delete { key }) => Call::new(Method::DELETE, &key, ""),
            Noun::Call(of_calls) => of_calls.call(),
            Noun::Audit(AuditQuery { limit, after }) => {
                let page = PageQuery { limit, after: after.map(|number| number.to_string()) };
                Ok(Call::new(Method::GET, &WholeService {}, "audit")?.page(page))
            }
        }
    }
}

impl Admin {
    /// Sends the request and prints the answer. `command` is the command that was typed.
    ///
    /// # Errors
    /// When the service cannot be reached, or refuses.
    pub fn run(self, command: &Command) -> Result<(), Error> {
        self.print_answer().map_err(|error| in_words_of(command, error))
    }

    fn print_answer(self) -> Result<(), Error> {
        let Admin { server, key_file, ca, noun } = self;
        let key = key(key_file.as_deref())?;
        let Call { sent, prints } = noun.call()?;
        let mut stdout = io::stdout().lock();
        let member = match prints {
            Prints::File => return download(&server, ca.as_deref(), &key, sent, &mut stdout),
            Prints::Answer => None,
            Prints::Member(member) => Some(member),
        };
        let answer = ask(&server, ca.as_deref(), &key, sent)?;
        match member.map_or(answer.as_ref(), |member| answer.as_ref()?.get(member)) {
            Some(Value::String(text)) => writeln!(stdout, "{text}")?,
            Some(answer) => writeln!(stdout, "{answer:#}")?,
            None => {}
        }
        Ok(())
    }
}

/// The command that was typed: the innermost subcommand in `matches`.
pub fn typed<'a>(mut command: &'a Command, mut matches: &ArgMatches) -> &'a Command {
    while let Some((word, below)) = matches.subcommand()
        && let Some(found) = command.find_subcommand(word)
    {
        (command, matches) = (found, below);
    }
    command
}

/// The refusal with the names of the command's arguments in place of the API's fields.
fn in_words_of(command: &Command, error: Error) -> Error {
    let refusal = match error.downcast::<Refusal>() {
        Ok(refusal) => *refusal,
        Err(other) => return other,
    };
    let Some(problems) = refusal.problems else { return refusal.into() };
    let problems = problems.into_iter().map(|problem| {
        let path = argument(command, &problem.path).unwrap_or(problem.path);
        WrongField { path, ..problem }.to_string()
    });
    problems.collect::<Vec<_>>().join("; ").into()
}

/// The argument for a field of the API. Both are named after the same field in Rust.
fn argument(command: &Command, field: &str) -> Option<String> {
    let mut id = String::new();
    for character in field.chars() {
        if character.is_ascii_uppercase() {
            id.push('_');
        }
        id.push(character.to_ascii_lowercase());
    }
    let argument = command.get_arguments().find(|argument| argument.get_id() == id.as_str())?;
    match argument.get_long() {
        Some(long) => Some(format!("--{long}")),
        None => Some(argument.get_value_names()?.first()?.to_string()),
    }
}
