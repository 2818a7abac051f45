//! Short names in place of those that are generated.

use std::collections::BTreeMap;

/// Generated names, by the short names that they have got.
pub type Names = BTreeMap<String, String>;

/// The short name with this number: `a` to `z`, then `ba` to `bz`, and so on.
pub fn short_name(mut index: usize) -> String {
    const LETTERS: &[u8; 26] = b"abcdefghijklmnopqrstuvwxyz";
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(LETTERS[index % LETTERS.len()]));
        index /= LETTERS.len();
        if index == 0 {
            return letters.iter().rev().collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_differ() {
        let names: Vec<String> = (0..2000).map(short_name).collect();
        assert_eq!((&*names[0], &*names[25], &*names[26]), ("a", "z", "ba"));
        let different: std::collections::HashSet<_> = names.iter().collect();
        assert_eq!(different.len(), names.len());
    }
}
