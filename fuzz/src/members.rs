//! Gives a member of a JSON body another value. Random bytes seldom make one valid body of another, and
//! without that nothing is found that depends on two members.

use fastrand::Rng;
use serde_json::{Map, Value as Json, json};

/// Changes the first `size` bytes of `data`, one time in two, if they end in a JSON object, and gives the
/// new size. `paths` name the members.
pub fn mutate(data: &mut [u8], size: usize, seed: u32, paths: &[&str]) -> Option<usize> {
    let mut rng = Rng::with_seed(seed.into());
    if rng.bool() {
        return None;
    }
    let text = str::from_utf8(data.get(..size)?).ok()?;
    // The status of an answer stands before its body.
    let (before, body) = text.split_at(text.find('{')?);
    let mut body: Map<String, Json> = serde_json::from_str(body).ok()?;
    let path = rng.choice(paths)?;
    let (object, name) = match path.split_once('.') {
        Some((party, name)) => (body.get_mut(party)?.as_object_mut()?, name),
        None => (&mut body, *path),
    };
    object.insert(name.to_owned(), value(&mut rng));
    let mutated = format!("{before}{}", Json::Object(body));
    data.get_mut(..mutated.len())?.copy_from_slice(mutated.as_bytes());
    Some(mutated.len())
}

/// A value of any type: the words and numbers that fields take are in the seeds and the dictionary.
fn value(rng: &mut Rng) -> Json {
    match rng.u8(..8) {
        0 => Json::Null,
        1 => json!(rng.bool()),
        2 => json!(rng.u8(..5)),
        3 => json!(rng.f64()),
        4 => json!(""),
        5 => json!("a"),
        6 => json!([]),
        _ => json!({ "id": "a" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a status line and a body become with one seed.
    fn mutated(seed: u32, max_size: usize) -> Option<Json> {
        let before = b"403\n{\"caller\":{\"id\":1}}";
        let mut data = vec![0; max_size];
        data[..before.len()].copy_from_slice(before);
        let size = mutate(&mut data, before.len(), seed, &["caller.id", "errcode"])?;
        Some(serde_json::from_slice(data[..size].strip_prefix(b"403\n").unwrap()).unwrap())
    }

    #[test]
    fn one_member_gets_a_value_of_any_type() {
        let all: Vec<Json> = (0..500).filter_map(|seed| mutated(seed, 100)).collect();
        assert!((150..350).contains(&all.len()), "bytes are mutated the other times");
        for value in [json!(null), json!(true), json!(2), json!(""), json!([]), json!({"id": "a"})]
        {
            assert!(all.contains(&json!({"caller": {"id": value}})), "{value}");
            assert!(all.contains(&json!({"caller": {"id": 1}, "errcode": value})), "{value}");
        }
    }

    #[test]
    fn what_does_not_fit_is_left_alone() {
        assert!(
            (0..500).all(|seed| mutated(seed, 23).is_none_or(|json| json.get("errcode").is_none()))
        );
    }
}
