//! Values that a JSON Schema of the OpenAPI document permits, with a preference for those at its limits.

use std::collections::BTreeSet;

use jsonschema::Validator;
use proptest::strategy::{Strategy, ValueTree};
use proptest::string::string_regex;
use proptest::test_runner::{RngSeed, TestRunner};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use serde_json::{Map, Value, json};

/// A list that is longer has short items, so that a body is not too long as a whole.
const FEW: usize = 10;

/// Draws values for the schemas of one document.
pub(crate) struct Samples<'a> {
    document: &'a Value,
    rng: StdRng,
    regexes: TestRunner,
}

impl<'a> Samples<'a> {
    pub(crate) fn new(document: &'a Value, seed: u64) -> Samples<'a> {
        let config = proptest::test_runner::Config {
            rng_seed: RngSeed::Fixed(seed),
            failure_persistence: None,
            ..Default::default()
        };
        let rng = StdRng::seed_from_u64(seed);
        Samples { document, rng, regexes: TestRunner::new(config) }
    }

    pub(crate) fn value(&mut self, schema: &Value) -> Value {
        let schema = resolve(self.document, schema);
        if let Some(parts) = schema["allOf"].as_array() {
            let parts = parts.iter().map(|part| self.value(part));
            let members = parts.flat_map(|part| part.as_object().unwrap().clone());
            return Value::Object(members.collect());
        }
        for choice in ["oneOf", "anyOf"] {
            if let Some(kinds) = schema[choice].as_array() {
                let kind = kinds.choose(&mut self.rng).unwrap();
                return self.value(kind);
            }
        }
        if let Some(words) = schema["enum"].as_array() {
            return words.choose(&mut self.rng).unwrap().clone();
        }
        let kind = &schema["type"];
        let kind = kind.as_array().map_or(kind, |kinds| kinds.choose(&mut self.rng).unwrap());
        match kind.as_str().unwrap() {
            "null" => Value::Null,
            "boolean" => self.rng.random::<bool>().into(),
            "integer" => self.integer(schema).into(),
            "number" => self.number(schema).into(),
            "string" => self.string(schema).into(),
            "array" => self.array(schema),
            "object" => self.object(schema),
            other => panic!("{other}"),
        }
    }

    fn integer(&mut self, schema: &Value) -> i64 {
        let (min, max) = (schema["minimum"].as_i64(), schema["maximum"].as_i64());
        let (min, max) = (min.unwrap_or(-5), max.unwrap_or(5_000));
        *[min, max, self.rng.random_range(min..=max)].choose(&mut self.rng).unwrap()
    }

    fn number(&mut self, schema: &Value) -> f64 {
        let from = schema["minimum"].as_f64();
        let above = schema["exclusiveMinimum"].as_f64().map(|above| above + f64::MIN_POSITIVE);
        let min = from.or(above).unwrap();
        *[min, min + 0.5, min + 60.0, 1e300].choose(&mut self.rng).unwrap()
    }

    fn string(&mut self, schema: &Value) -> String {
        let min = schema["minLength"].as_u64().unwrap_or(0) as usize;
        let max = schema["maxLength"].as_u64().unwrap_or(40) as usize;
        let length = self.rng.random_range(min..=max.min(min + 40));
        let length = *[min, max, length].choose(&mut self.rng).unwrap();
        let Some(pattern) = schema["pattern"].as_str() else {
            let character = ["a", "门", "📞", "\u{1}"].choose(&mut self.rng).unwrap();
            return character.repeat(length);
        };
        let right = jsonschema::draft202012::new(schema).unwrap();
        let regex = pattern.trim_start_matches('^').trim_end_matches('$');
        // Of one kind of character there can be any number.
        let regex = match regex.strip_suffix("]*") {
            Some(start) if regex.starts_with('[') => format!("{start}]{{{length}}}"),
            Some(start) if regex.starts_with('o') => format!("{start}]{{{}}}", length - 1),
            Some(_) | None => regex.to_owned(),
        };
        let strategy = string_regex(&regex).unwrap();
        loop {
            let text = strategy.new_tree(&mut self.regexes).unwrap().current();
            let missing = length.saturating_sub(text.chars().count());
            for character in ["📞", "a", ""] {
                let padded = text.clone() + &character.repeat(missing);
                if right.is_valid(&json!(padded)) {
                    return padded;
                }
            }
        }
    }

    fn array(&mut self, schema: &Value) -> Value {
        let min = schema["minItems"].as_u64().unwrap_or(0) as usize;
        let max = schema["maxItems"].as_u64().unwrap_or(3) as usize;
        let length = *[min, max].choose(&mut self.rng).unwrap();
        let items = (0..length).map(|_| {
            let item = self.value(&schema["items"]);
            match item.as_str() {
                Some(text) if length > FEW => text.chars().take(30).collect::<String>().into(),
                Some(_) | None => item,
            }
        });
        Value::Array(items.collect())
    }

    fn object(&mut self, schema: &Value) -> Value {
        let required: BTreeSet<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let mut members = Map::new();
        for (name, member) in schema["properties"].as_object().into_iter().flatten() {
            if required.contains(name.as_str()) || self.rng.random() {
                members.insert(name.clone(), self.value(member));
            }
        }
        if schema["additionalProperties"] != false && self.rng.random_ratio(1, 4) {
            members.insert("aMemberOfALaterVersion".into(), json!([{"a": 1}]));
        }
        Value::Object(members)
    }
}

/// The schema that is meant.
pub(crate) fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap(),
        None => schema,
    }
}

/// What checks values by a schema of the document.
pub(crate) fn validator(document: &Value, schema: &Value) -> Validator {
    let whole = json!({"allOf": [schema], "components": document["components"]});
    jsonschema::draft202012::new(&whole).unwrap()
}
