//! The flags for what connections may cost, and how they go with what the system allows.

use std::time::Duration;

use clap::{Args, value_parser};
use wmpf_voip_server::config::ConnectionLimits;

/// The files that are open beside the connections: the data file, the log, what webhooks and static files take.
const OTHER_FILES: usize = 64;

/// The flags for what connections may cost.
#[derive(Args)]
pub struct ConnectionFlags {
    /// How many connections may be open, sockets included; more wait. The default is 50000, or fewer where the system
    /// lets the process open fewer files.
    #[arg(
        long,
        env = "WMPF_VOIP_MAX_CONNECTIONS",
        value_name = "NUMBER",
        value_parser = value_parser!(u32).range(1..)
    )]
    max_connections: Option<u32>,

    /// How many connections may be open without a valid token or key; one more takes the place of the oldest. The default
    /// is half of all, and no more than 5000.
    #[arg(
        long,
        env = "WMPF_VOIP_MAX_UNAUTHENTICATED",
        value_name = "NUMBER",
        value_parser = value_parser!(u32).range(1..)
    )]
    max_unauthenticated: Option<u32>,

    /// The same for one IPv4 address, or one IPv6 network of 64 bits; 0 for any number.
    #[arg(
        long,
        env = "WMPF_VOIP_MAX_UNAUTHENTICATED_PER_ADDRESS",
        value_name = "NUMBER",
        default_value = "1000"
    )]
    max_unauthenticated_per_address: u32,

    /// The length of the longest head of a request, in bytes.
    #[arg(
        long,
        env = "WMPF_VOIP_MAX_HEAD_BYTES",
        value_name = "BYTES",
        default_value = "16384",
        value_parser = value_parser!(u32).range(8192..=1_048_576)
    )]
    max_head_bytes: u32,

    /// After how many seconds a client that reads nothing of what is sent to it is disconnected.
    #[arg(
        long,
        env = "WMPF_VOIP_WRITE_TIMEOUT",
        value_name = "SECONDS",
        default_value = "20",
        value_parser = value_parser!(u64).range(1..=3600)
    )]
    write_timeout: u64,
}

impl ConnectionFlags {
    /// The limits, for a process that may open this many files; `None` where the system sets no limit.
    ///
    /// # Errors
    /// What is wrong, as a sentence for the operator: more connections were asked for than there can be.
    pub fn limits(&self, max_files: Option<u64>) -> Result<ConnectionLimits, String> {
        let possible = max_files
            .map(|files| usize::try_from(files).unwrap_or(usize::MAX).saturating_sub(OTHER_FILES));
        if possible == Some(0) {
            return Err(format!(
                "this process may open {} files, and the service needs more than {OTHER_FILES}: raise the limit \
                 (ulimit -n, LimitNOFILE=)",
                max_files.unwrap_or_default()
            ));
        }
        let default = ConnectionLimits::default();
        let possible_or_any = possible.unwrap_or(usize::MAX);
        let max = self.max_connections.map_or(default.max.min(possible_or_any), |max| max as usize);
        if max > possible_or_any {
            return Err(format!(
                "--max-connections {max}: expected at most {possible_or_any}, because this process may open {} files and \
                 {OTHER_FILES} are for the rest: raise the limit (ulimit -n, LimitNOFILE=) or choose fewer",
                max_files.unwrap_or_default()
            ));
        }
        let limits = ConnectionLimits::for_connections(max);
        let max_unauthenticated =
            self.max_unauthenticated.map_or(limits.max_unauthenticated, |max| max as usize);
        if max_unauthenticated > max {
            return Err(format!(
                "--max-unauthenticated {max_unauthenticated}: expected at most the {max} connections that may be open"
            ));
        }
        let per_network = self.max_unauthenticated_per_address as usize;
        Ok(ConnectionLimits {
            max,
            max_unauthenticated,
            max_unauthenticated_per_network: (per_network > 0).then_some(per_network),
            max_head_bytes: self.max_head_bytes as usize,
            write_timeout: Duration::from_secs(self.write_timeout),
        })
    }
}

/// Raises the limit of open files as far as this process may, and gives it; `None` where there is none.
#[cfg(unix)]
pub fn raise_max_files() -> Option<u64> {
    rlimit::increase_nofile_limit(u64::MAX).ok()
}

#[cfg(windows)]
pub fn raise_max_files() -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        flags: ConnectionFlags,
    }

    fn limits(flags: &str, max_files: Option<u64>) -> Result<ConnectionLimits, String> {
        let words = std::iter::once("program").chain(flags.split_whitespace());
        Program::try_parse_from(words).unwrap().flags.limits(max_files)
    }

    #[test]
    fn the_defaults_are_the_librarys_where_the_system_allows_them() {
        assert_eq!(limits("", None), Ok(ConnectionLimits::default()));
        assert_eq!(limits("", Some(50_064)), Ok(ConnectionLimits::default()));
        let fewer = limits("", Some(256)).unwrap();
        assert_eq!((fewer.max, fewer.max_unauthenticated), (192, 96));
    }

    #[test]
    fn what_cannot_be_is_refused_with_what_could() {
        let refused = limits("--max-connections 193", Some(256)).unwrap_err();
        assert!(refused.contains("--max-connections 193: expected at most 192"), "{refused}");
        assert!(limits("--max-connections 192", Some(256)).is_ok());
        assert!(limits("", Some(64)).unwrap_err().contains("raise the limit"));
        let refused = limits("--max-connections 10 --max-unauthenticated 11", None).unwrap_err();
        assert!(refused.contains("--max-unauthenticated 11: expected at most"), "{refused}");
    }

    #[test]
    fn any_number_of_one_address_is_zero() {
        let limits = limits("--max-unauthenticated-per-address 0", None).unwrap();
        assert_eq!(limits.max_unauthenticated_per_network, None);
    }
}
