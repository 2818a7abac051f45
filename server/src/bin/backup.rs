//! `wmpf-voip-server backup`: a copy of the data file.

use std::path::PathBuf;

use clap::Args;
use wmpf_voip_server::storage::sqlite::backup::back_up;

/// What to copy, and where to.
#[derive(Args)]
pub struct Backup {
    /// The SQLite file of the service.
    #[arg(long, env = "WMPF_VOIP_DATA", value_name = "FILE", default_value = "wmpf-voip.sqlite")]
    data: PathBuf,

    /// The file to make. There must be none of this name.
    #[arg(value_name = "COPY")]
    copy: PathBuf,
}

impl Backup {
    /// Makes the copy, and prints its length.
    ///
    /// # Errors
    /// Why there is no copy.
    pub fn run(self) -> Result<(), Box<dyn std::error::Error>> {
        let bytes = back_up(&self.data, &self.copy)?;
        println!("{}: {bytes} bytes", self.copy.display());
        Ok(())
    }
}
