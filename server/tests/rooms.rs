//! The rooms of the service: each imports only rooms below it, and SQL stays in its own. And no crate has a circle of files.
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// From the top down.
const ROOMS: [&str; 15] = [
    "bin", "service", "router", "demo", "admin", "http", "app", "webhooks", "live", "rates",
    "config", "storage", "media", "metrics", "domain",
];

/// The sources below a folder that are no tests, each with its path in it.
fn sources(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.file_name().unwrap().to_str().unwrap();
            if name.ends_with(".rs") && !name.ends_with("_tests.rs") && name != "seeded.rs" {
                let text = fs::read_to_string(&path).unwrap();
                let text = text.split("#[cfg(test)]\nmod tests").next().unwrap().to_owned();
                found.insert(path.strip_prefix(folder).unwrap().to_owned(), text);
            }
        }
    }
    found
}

fn own_sources() -> BTreeMap<PathBuf, String> {
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
}

fn room(path: &Path) -> String {
    let first = path.components().next().unwrap().as_os_str().to_str().unwrap();
    first.trim_end_matches(".rs").to_owned()
}

/// The paths that a text names after `prefix`, each as its parts.
fn named(text: &str, prefix: &str) -> BTreeSet<Vec<String>> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code: String = code.flat_map(|line| [line, "\n"]).collect();
    code.match_indices(prefix)
        .map(|(at, _)| {
            let rest = &code[at + prefix.len()..];
            let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
            let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
            rest[..end].split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect()
        })
        .collect()
}

#[test]
fn a_room_imports_only_rooms_below_it() {
    let rank = |room: &str| ROOMS.iter().position(|other| *other == room);
    let mut arrows = 0;
    for (path, text) in own_sources() {
        let from = room(&path);
        if from == "lib" {
            continue;
        }
        let own = rank(&from).unwrap_or_else(|| panic!("{from} is no room: name it in ROOMS"));
        for prefix in ["crate::", "wmpf_voip_server::"] {
            for parts in named(&text, prefix) {
                let Some(to) = parts.first() else { continue };
                let other = rank(to).unwrap_or_else(|| panic!("{path:?} imports {to}"));
                assert!(other >= own, "{path:?} imports {parts:?}, which is above it");
                arrows += usize::from(other > own);
            }
        }
    }
    assert!(arrows > 50, "{arrows} imports were read");
}

/// The crates of which no file may be in a circle, from this one's folder, and how many of their files import others at
/// least.
const CRATES: [(&str, usize); 3] = [("src", 40), ("calls/src", 10), ("../src", 20)];

#[test]
fn files_do_not_import_each_other_in_a_circle() {
    for (folder, least) in CRATES {
        let count = importing(&sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)));
        assert!(count > least, "the imports of {count} files of {folder} were read");
    }
}

/// How many of a crate's files import others, none of them itself by way of others.
fn importing(sources: &BTreeMap<PathBuf, String>) -> usize {
    let module = |path: &Path| -> Vec<String> {
        let path = path.with_extension("");
        let path = if path.ends_with("mod") { path.parent().unwrap() } else { &path };
        path.components().map(|part| part.as_os_str().to_str().unwrap().to_owned()).collect()
    };
    let modules: BTreeSet<Vec<String>> = sources.keys().map(|path| module(path)).collect();
    let mut imports: BTreeMap<Vec<String>, BTreeSet<Vec<String>>> = BTreeMap::new();
    for (path, text) in sources {
        let own = module(path);
        if own == ["lib"] {
            continue;
        }
        let parent = &own[..own.len() - 1];
        let of_parent = named(text, "super::").into_iter().map(|rest| [parent, &rest].concat());
        for parts in named(text, "crate::").into_iter().chain(of_parent) {
            let found = (1..=parts.len()).rev().map(|len| &parts[..len]);
            let found = found.into_iter().find(|parts| modules.contains(*parts));
            // A parent that lists its children, and a child that takes its parent's words, are one.
            if let Some(other) =
                found.filter(|other| !other.starts_with(&own) && !own.starts_with(other))
            {
                imports.entry(own.clone()).or_default().insert(other.to_vec());
            }
        }
    }
    for module in imports.keys() {
        let mut seen = BTreeSet::new();
        let mut next: Vec<_> = imports[module].iter().collect();
        while let Some(other) = next.pop() {
            assert_ne!(other, module, "it imports itself, by way of {seen:?}");
            if seen.insert(other) {
                next.extend(imports.get(other).into_iter().flatten());
            }
        }
    }
    imports.len()
}

#[test]
fn sql_stays_in_its_room() {
    for (path, text) in own_sources() {
        let is_at_home =
            path.starts_with("storage/sqlite") || path == Path::new("storage/sqlite.rs");
        assert!(is_at_home || !text.contains("rusqlite"), "{path:?} names rusqlite");
    }
}
