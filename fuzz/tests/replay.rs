//! On a plain `cargo test`: the seeds of the fuzz targets and what fuzzing has found, whole and cut off at
//! every place.

// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use wmpf_voip_fuzz::TARGETS;

#[test]
fn every_kept_input_holds_the_properties() {
    for (target, check) in TARGETS {
        for file in files(&format!("corpus/{target}")) {
            let input = std::fs::read(&file).unwrap();
            for end in (0..=input.len()).rev() {
                let holds = catch_unwind(|| check(&input[..end])).is_ok();
                assert!(holds, "the first {end} bytes of {} do not", file.display());
            }
        }
    }
}

#[test]
fn every_target_has_its_inputs() {
    let names = TARGETS.map(|(name, _)| name.to_owned()).into();
    assert_eq!(stems("fuzz_targets"), names);
    assert_eq!(stems("corpus"), names);
    for name in names {
        assert!(!files(&format!("corpus/{name}")).is_empty(), "{name}");
    }
}

fn stems(folder: &str) -> BTreeSet<String> {
    let stem = |file: &PathBuf| file.file_stem().unwrap().to_str().unwrap().to_owned();
    files(folder).iter().map(stem).collect()
}

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}
