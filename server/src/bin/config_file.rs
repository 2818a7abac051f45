//! The file of `--config`: what the flags say, by their names.

use std::any::TypeId;
use std::error::Error;
use std::fs;
use std::path::Path;

use clap::error::{ContextKind, ContextValue};
use clap::{Arg, ArgAction, Command};
use toml::{Table, Value};

/// The flags that a file cannot set.
const NOT_IN_A_FILE: [&str; 3] = ["config", "help", "version"];

/// How much a name has to be like a flag's, from 0 to 1, so that this one may have been meant.
const ALIKE: f64 = 0.8;

/// The command with what the file says as defaults of its flags, so that flags and variables win over it.
///
/// # Errors
/// What is wrong with the file, as a sentence for the operator that shows no secret.
pub fn with_file(command: Command, path: &Path) -> Result<Command, String> {
    let wrong = |error: String| format!("--config {}: {error}", path.display());
    let text = fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    with_text(command, &text).map_err(wrong)
}

fn with_text(mut command: Command, text: &str) -> Result<Command, String> {
    // The library's own text of an error shows the line, which may have a secret.
    let table: Table = toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        format!("line {}: {}", before.matches('\n').count() + 1, error.message())
    })?;
    for (name, value) in table {
        let flag = flags(&command).find(|flag| flag.get_long() == Some(name.as_str()));
        let flag = flag.ok_or_else(|| unknown(&command, &name))?;
        let values = values(flag, value).map_err(|error| format!("{name}: {error}"))?;
        // clap takes only what lives as long as the program, and so do these.
        let values = values.into_iter().map(|value| &*value.leak());
        let id = flag.get_id().clone();
        command = command.mut_arg(id, |flag| flag.default_values(values));
    }
    // Also what a flag or a variable wins over has to be right.
    let mut alone = command.clone().mut_args(|flag| flag.env(None::<&'static str>));
    match alone.try_get_matches_from_mut([""]) {
        Ok(_) => Ok(command),
        Err(error) => Err(in_words_of_the_file(&error)),
    }
}

/// The flags that a file can set.
fn flags(command: &Command) -> impl Iterator<Item = &Arg> {
    command
        .get_arguments()
        .filter(|flag| flag.get_long().is_some_and(|name| !NOT_IN_A_FILE.contains(&name)))
}

fn unknown(command: &Command, name: &str) -> String {
    let alike = |flag: &str| strsim::jaro_winkler(flag, name);
    let nearest = flags(command)
        .filter_map(Arg::get_long)
        .max_by(|one, other| alike(one).total_cmp(&alike(other)))
        .filter(|flag| alike(flag) > ALIKE);
    match nearest {
        Some(flag) => format!("{name}: there is no such flag; is '{flag}' meant?"),
        None => format!(
            "{name}: there is no such flag; expected the names that --help shows, without the dashes"
        ),
    }
}

/// What the flag would be given on the command line.
fn values(flag: &Arg, value: Value) -> Result<Vec<String>, String> {
    let is_number = [TypeId::of::<u32>(), TypeId::of::<u64>()]
        .iter()
        .any(|number| flag.get_value_parser().type_id() == *number);
    let got = value.type_str();
    match (flag.get_action(), value) {
        (ArgAction::SetTrue, Value::Boolean(is_set)) => Ok(vec![is_set.to_string()]),
        (ArgAction::SetTrue, _) => {
            Err(format!("expected true or false, got a value of type {got}"))
        }
        (ArgAction::Append, Value::Array(items)) => items
            .into_iter()
            .map(|item| {
                let got = item.type_str();
                let wrong =
                    || format!("expected an array of strings, got one with a value of type {got}");
                if let Value::String(text) = item { Ok(text) } else { Err(wrong()) }
            })
            .collect(),
        (ArgAction::Append, _) => {
            Err(format!("expected an array of strings, got a value of type {got}"))
        }
        (_, Value::Integer(number)) if is_number => Ok(vec![number.to_string()]),
        (_, _) if is_number => Err(format!("expected a whole number, got a value of type {got}")),
        (_, Value::String(text)) => Ok(vec![text]),
        (_, _) => Err(format!("expected a string, got a value of type {got}")),
    }
}

/// What a flag says of its value, without the dashes. Flags with a secret take any text, so none is shown.
fn in_words_of_the_file(error: &clap::Error) -> String {
    let (Some(ContextValue::String(flag)), Some(ContextValue::String(value))) =
        (error.get(ContextKind::InvalidArg), error.get(ContextKind::InvalidValue))
    else {
        return error.kind().to_string();
    };
    let name = flag.trim_start_matches("--").split(' ').next().unwrap_or_default();
    let expected = match (error.get(ContextKind::ValidValue), error.source()) {
        (Some(ContextValue::Strings(values)), _) => format!("expected {}, ", values.join(" or ")),
        (_, _) => String::new(),
    };
    let why = error.source().map(|source| format!(": {source}")).unwrap_or_default();
    format!("{name}: {expected}got '{value}'{why}")
}

#[cfg(test)]
mod tests {
    use clap::parser::ValueSource;
    use clap::{ArgMatches, CommandFactory};

    use super::*;
    use crate::Program;

    /// The service's command without the variables of whoever runs the tests.
    fn command() -> Command {
        Program::command().mut_args(|flag| flag.env(None::<&'static str>))
    }

    fn parse(text: &str, words: &[&str]) -> Result<ArgMatches, String> {
        let words = ["wmpf-voip-server"].iter().chain(words);
        Ok(with_text(command(), text)?.try_get_matches_from(words).unwrap())
    }

    fn raw(matches: &ArgMatches, id: &str) -> Vec<String> {
        let values = matches.get_raw(id).unwrap();
        values.map(|value| value.to_str().unwrap().to_owned()).collect()
    }

    /// What a flag may have in a file, and the same as it would be typed.
    fn sample(flag: &Arg) -> (String, &'static str) {
        let typed = match flag.get_long().unwrap() {
            "demo" => return ("true".to_owned(), "true"),
            "listen" | "metrics-listen" | "admin-listen" => "127.0.0.1:1234",
            "trusted-proxy" => "10.0.0.0/8",
            "log" => "debug",
            "log-format" => "json",
            "turn-lifetime" | "write-timeout" => "300",
            "max-head-bytes" => "9000",
            _ => "7",
        };
        let takes_text = values(flag, Value::String(String::new())).is_ok();
        let in_file = if matches!(flag.get_action(), ArgAction::Append) {
            format!("['{typed}']")
        } else if takes_text {
            format!("'{typed}'")
        } else {
            typed.to_owned()
        };
        (in_file, typed)
    }

    #[test]
    fn every_flag_works_in_a_file() {
        let mut count = 0;
        for flag in flags(&command()) {
            let (in_file, typed) = sample(flag);
            let text = format!("{} = {in_file}", flag.get_long().unwrap());
            let matches = parse(&text, &[]).unwrap_or_else(|error| panic!("{text}: {error}"));
            let id = flag.get_id().as_str();
            assert_eq!(raw(&matches, id), [typed], "{text}");
            assert_eq!(matches.value_source(id), Some(ValueSource::DefaultValue));
            count += 1;
        }
        assert!(count > 30, "{count} flags were tried");
    }

    #[test]
    fn a_flag_wins_over_the_file_and_a_variable_does() {
        let file = "max-connections = 5\nstun-url = ['stun:a', 'stun:b']\ndata = 'in-file'";
        let matches = parse(file, &["--max-connections", "6", "--stun-url", "stun:c"]).unwrap();
        assert_eq!(raw(&matches, "max_connections"), ["6"]);
        assert_eq!(raw(&matches, "stun_url"), ["stun:c"]);
        assert_eq!(raw(&matches, "data"), ["in-file"]);
        assert_eq!(raw(&parse(file, &[]).unwrap(), "stun_url"), ["stun:a", "stun:b"]);
        // PATH is there wherever this runs.
        let with_variable = command().mut_arg("data", |flag| flag.env("PATH"));
        let matches = with_text(with_variable, file).unwrap().get_matches_from([""]);
        assert_eq!(matches.value_source("data"), Some(ValueSource::EnvVariable));
        assert_eq!(raw(&matches, "max_connections"), ["5"]);
    }

    #[test]
    fn what_is_wrong_is_said_by_its_name_and_without_a_secret() {
        for (text, said) in [
            (
                "max-conections = 5",
                "max-conections: there is no such flag; is 'max-connections' meant?",
            ),
            ("max_connections = 5", "is 'max-connections' meant?"),
            ("colour = 'red'", "colour: there is no such flag; expected the names"),
            ("config = 'other'", "config: there is no such flag"),
            ("help = true", "help: there is no such flag"),
            ("[server]\nlisten = 'x'", "server: there is no such flag"),
            (
                "max-connections = '5'",
                "max-connections: expected a whole number, got a value of type string",
            ),
            ("max-connections = 0", "max-connections: got '0': 0 is not in 1.."),
            ("max-connections = -1", "max-connections: got '-1'"),
            (
                "write-timeout = 1.5",
                "write-timeout: expected a whole number, got a value of type float",
            ),
            ("listen = 8787", "listen: expected a string, got a value of type integer"),
            ("listen = 'here'", "listen: got 'here': invalid socket address"),
            ("demo = 'yes'", "demo: expected true or false, got a value of type string"),
            (
                "stun-url = 'stun:a'",
                "stun-url: expected an array of strings, got a value of type string",
            ),
            (
                "stun-url = [1]",
                "stun-url: expected an array of strings, got one with a value of type integer",
            ),
            ("log-format = 'xml'", "log-format: expected text or json, got 'xml'"),
            ("admin-key = ['s3cret']", "admin-key: expected a string, got a value of type array"),
            ("admin-key = s3cret", "line 1: "),
            ("data = 'a'\nadmin-key = 's3cret\n", "line 2: "),
        ] {
            let error = parse(text, &["--max-connections", "9"]).unwrap_err();
            assert!(
                error.starts_with(said) || said.starts_with("is ") && error.ends_with(said),
                "{text}: {error}"
            );
            assert!(!error.contains("s3cret"), "{error}");
        }
    }
}
