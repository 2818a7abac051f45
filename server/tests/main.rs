//! The service over HTTP, as its callers see it. All of it is one program, because to link each of these files
//! with the service takes longer than to run it.

mod admin;
mod admin_address;
mod admin_calls;
mod audit;
mod authorisations;
mod backup;
mod binary;
mod call_life;
mod call_media;
mod call_pages;
mod call_records;
mod call_restarts;
mod call_sockets;
mod calls;
mod clock;
mod common;
mod compatibility;
mod config_file;
mod crossing;
mod data_files;
mod deliveries;
mod device_calls;
mod document;
mod documents;
mod giving_up;
mod health;
mod hostile_connections;
mod metrics;
mod minutes;
mod order;
mod owners;
mod rates;
mod reload;
mod reminders;
mod rooms;
mod routes;
mod schemas;
mod site;
mod sweeping;
mod tls;
mod token_keys;
mod traces;
mod webhook_events;
mod webhooks;
mod wmpf_calls;

/// Cargo would run a file that stands beside this one, and now it does not.
#[test]
fn every_file_of_tests_is_part_of_this_program() -> std::io::Result<()> {
    let this = include_str!("main.rs");
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests"))? {
        let name = entry?.file_name();
        let Some(module) = name.to_str().and_then(|name| name.strip_suffix(".rs")) else {
            continue;
        };
        assert!(module == "main" || this.contains(&format!("\nmod {module};\n")), "{module}");
    }
    Ok(())
}
