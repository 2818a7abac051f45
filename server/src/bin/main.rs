//! The room service's command line: flags, logs and signals.

mod admin_cli;
mod admin_client;
mod admin_request;
mod backup;
mod config_file;
mod connection_flags;
mod log_flags;
mod rate_flags;
#[cfg(unix)]
mod reload;
mod retention_flags;
mod secret_flags;
mod tls_flags;
mod traces;

use std::fmt::Display;
use std::net::SocketAddr;
#[cfg(unix)]
use std::path::Path;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use axum::http::HeaderValue;
use clap::builder::BoolishValueParser;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, value_parser};
use connection_flags::{ConnectionFlags, raise_max_files};
use log_flags::{LogFlags, Logging};
use mimalloc::MiMalloc;
use rate_flags::RateFlags;
use retention_flags::RetentionFlags;
use secret_flags::SecretFlags;
use tls_flags::TlsFlags;
use tokio::net::TcpListener;
use wmpf_voip_server::config::{Config, WWW_CSP, WWW_CSP_OF_DEMO};
use wmpf_voip_server::domain::clock::Clock;
use wmpf_voip_server::http::tls::Tls;
use wmpf_voip_server::media::ice::{IceServers, MAX_LIFETIME_SECONDS};
use wmpf_voip_server::service::Service;

/// Most of what a request allocates is freed by another thread than the one that has allocated it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// The room service of wmpf-voip: creates rooms, checks who may call whom, and reminds listeners.
///
/// Every flag has an environment variable, and may stand in the file of --config; the flag wins, and then the variable. The
/// service needs no other process; what it knows is in one SQLite file. SIGINT and SIGTERM stop it: sockets are closed,
/// requests finish. SIGHUP has it read anew the TLS certificate, the files of admin keys and the log filter.
/// /openapi.json describes what it answers, /readyz says whether it works.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Program {
    #[command(flatten)]
    flags: Flags,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Change what a running service knows, and issue tokens.
    ///
    /// The answer is printed as JSON. A refusal is an error, and the exit code 1.
    Admin(admin_cli::Admin),

    /// Copy the data file, also while a service runs on it.
    ///
    /// The copy has all that was written at one moment, by itself, and only you can read it: whoever can read it can sign
    /// tokens. It is checked, and on disk when the command ends. Nothing is overwritten.
    Backup(backup::Backup),
}

#[derive(Args)]
struct Flags {
    /// File with what flags say, as TOML: their names without the dashes, such as max-connections = 1000, and an array for
    /// what may be given several times. Flags and variables win over it. Where it has secrets, nobody else should be able to
    /// read it.
    #[arg(long, env = "WMPF_VOIP_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,

    /// Address to listen on; port 0 takes a free one, and the log says which.
    #[arg(
        long,
        env = "WMPF_VOIP_LISTEN",
        value_name = "ADDRESS",
        default_value = "127.0.0.1:8787"
    )]
    listen: SocketAddr,

    /// The SQLite file; it is created if it is not there.
    #[arg(long, env = "WMPF_VOIP_DATA", value_name = "FILE", default_value = "wmpf-voip.sqlite")]
    data: PathBuf,

    /// Directory of static files to serve at /.
    #[arg(long, env = "WMPF_VOIP_WWW", value_name = "DIRECTORY")]
    www: Option<PathBuf>,

    /// What the pages of --www may load and do, as the header Content-Security-Policy says it; an empty text sends no such
    /// header. By default what is of their own origin, with wasm, but without scripts that stand in a page.
    #[arg(long, env = "WMPF_VOIP_WWW_CSP", value_name = "POLICY", value_parser = policy)]
    www_csp: Option<HeaderValue>,

    /// Add records to play with, and give tokens for them to anybody who asks /v1/demo.
    #[arg(long, env = "WMPF_VOIP_DEMO", value_parser = BoolishValueParser::new())]
    demo: bool,

    /// A name by which the demo is reached, beside IP addresses and localhost; separated by commas, or each with a flag of
    /// its own. To others the demo gives no tokens, because a page of somebody else may have given its name this
    /// machine's address.
    #[arg(long, env = "WMPF_VOIP_DEMO_HOSTS", value_name = "HOST", value_delimiter = ',')]
    demo_host: Vec<String>,

    /// Address at which Prometheus reads the metrics, at /metrics. Whoever reaches it may read them: keep it to machines
    /// of yours. Without it there are none.
    #[arg(long, env = "WMPF_VOIP_METRICS_LISTEN", value_name = "ADDRESS")]
    metrics_listen: Option<SocketAddr>,

    /// Address at which operators reach /v1/admin/, with TLS where there is a certificate, and a page for it at /admin/. It
    /// needs an admin key. Without it /v1/admin/ is at the address of --listen, and there is no page.
    #[arg(long, env = "WMPF_VOIP_ADMIN_LISTEN", value_name = "ADDRESS")]
    admin_listen: Option<SocketAddr>,

    /// STUN servers by which the ends of a call find their own addresses, such as stun:stun.example.com:3478;
    /// separated by commas, or each with a flag of its own.
    #[arg(long, env = "WMPF_VOIP_STUN_URLS", value_name = "URL", value_delimiter = ',')]
    stun_url: Vec<String>,

    /// TURN servers that carry a call where there is no direct way, such as turn:turn.example.com:3478;
    /// separated by commas, or each with a flag of its own. They need --turn-secret.
    #[arg(long, env = "WMPF_VOIP_TURN_URLS", value_name = "URL", value_delimiter = ',')]
    turn_url: Vec<String>,

    /// For how many seconds the credentials for the TURN servers are valid, at most 600. As long as a call goes on, its
    /// parties get new ones when half of that has passed.
    #[arg(
        long,
        env = "WMPF_VOIP_TURN_LIFETIME",
        value_name = "SECONDS",
        default_value_t = MAX_LIFETIME_SECONDS,
        value_parser = value_parser!(u32).range(10..=i64::from(MAX_LIFETIME_SECONDS))
    )]
    turn_lifetime: u32,

    #[command(flatten)]
    secrets: SecretFlags,

    #[command(flatten)]
    tls: TlsFlags,

    #[command(flatten)]
    connections: ConnectionFlags,

    #[command(flatten)]
    rates: RateFlags,

    #[command(flatten)]
    retention: RetentionFlags,

    #[command(flatten)]
    log: LogFlags,
}

/// Reads a policy, which is sent as a header: in visible ASCII characters and spaces.
fn policy(text: &str) -> Result<HeaderValue, String> {
    let wrong = "expected the value of a header, in visible ASCII characters and spaces";
    if !text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) {
        return Err(wrong.to_owned());
    }
    HeaderValue::from_str(text).map_err(|_| wrong.to_owned())
}

fn main() -> ExitCode {
    let mut words = Program::command();
    let mut matches = words.get_matches_mut();
    if matches.subcommand().is_none()
        && let Some(file) = matches.get_one::<PathBuf>("config")
    {
        match config_file::with_file(Program::command(), file) {
            Ok(with_file) => words = with_file,
            Err(error) => return failed(&error),
        }
        matches = words.get_matches_mut();
    }
    let program = Program::from_arg_matches(&matches);
    let Program { flags, command } =
        program.unwrap_or_else(|error| error.format(&mut words).exit());
    let done = match command {
        None => return serve(flags),
        Some(Command::Admin(admin)) => admin.run(admin_cli::typed(&words, &matches)),
        Some(Command::Backup(backup)) => backup.run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

fn failed(error: &dyn Display) -> ExitCode {
    eprintln!("error: {error}");
    ExitCode::FAILURE
}

#[tokio::main]
async fn serve(flags: Flags) -> ExitCode {
    let Flags {
        config: file,
        listen,
        data,
        www,
        www_csp,
        demo,
        demo_host,
        metrics_listen,
        admin_listen,
        stun_url,
        turn_url,
        turn_lifetime,
        secrets,
        tls,
        connections,
        rates,
        retention,
        log,
    } = flags;
    let logging = match log.begin() {
        Ok(logging) => Arc::new(logging),
        Err(error) => return failed(&error),
    };
    let ended = async {
        let admin_keys = secrets.admin_keys()?;
        if admin_listen.is_some() && admin_keys.is_empty() {
            return Err(ADMIN_WITHOUT_KEY.into());
        }
        let tls = tls.read()?.map(Arc::new);
        let ice = IceServers::new(stun_url, turn_url, secrets.turn_secret()?.as_deref())?;
        let ice = ice.valid_for(turn_lifetime);
        let connections = connections.limits(raise_max_files())?;
        let clock = Clock::default();
        let default_policy = HeaderValue::from_static(if demo { WWW_CSP_OF_DEMO } else { WWW_CSP });
        let config = Config {
            data,
            www,
            www_csp: Some(www_csp.unwrap_or(default_policy)).filter(|policy| !policy.is_empty()),
            demo,
            demo_hosts: demo_host,
            admin_keys,
            ice,
            clock,
            connections,
            proxies: rates.proxies(),
            rates: rates.rates(demo),
            ringing: rates.ringing(demo),
            retention: retention.retention(),
        };
        let files = Files { tls: tls.clone(), secrets, config: file, logging: logging.clone() };
        let (metrics, admin) = (metrics_listen, admin_listen);
        run(Listening { address: listen, metrics, admin, tls }, files, config).await
    };
    let ended = ended.await;
    let code = match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the service could not run");
            ExitCode::FAILURE
        }
    };
    // It waits for the collector of the traces.
    let _ = tokio::task::spawn_blocking(move || logging.end()).await;
    code
}

/// Why there is no address for operators.
const ADMIN_WITHOUT_KEY: &str = "--admin-listen: expected an admin key, got none; \
    give one with --admin-key-file, --admin-keys-file or WMPF_VOIP_ADMIN_KEY";

/// Where the service listens, and how.
struct Listening {
    address: SocketAddr,
    metrics: Option<SocketAddr>,
    admin: Option<SocketAddr>,
    tls: Option<Arc<Tls>>,
}

async fn run(
    Listening { address, metrics, admin, tls }: Listening,
    files: Files,
    config: Config,
) -> Result<(), Box<dyn std::error::Error>> {
    // The signals are handled before the service listens, so that none of them can stop it ungracefully afterwards.
    let shutdown = shutdown()?;
    let with_demo = config.demo;
    let mut service = Service::open(config).await?;
    reload_at_hangup(&service, files)?;
    let listener = bind(address, "--listen or WMPF_VOIP_LISTEN").await?;
    let address = listener.local_addr()?;
    if let Some(address) = metrics {
        let listener = bind(address, "--metrics-listen or WMPF_VOIP_METRICS_LISTEN").await?;
        tracing::info!(address = %listener.local_addr()?, "listening for whoever reads metrics");
        service = service.with_metrics_on(listener);
    }
    if let Some(address) = admin {
        let listener = bind(address, "--admin-listen or WMPF_VOIP_ADMIN_LISTEN").await?;
        let address = listener.local_addr()?;
        tracing::info!(%address, tls = tls.is_some(), "listening for operators");
        if tls.is_none() && leaves_the_machine(address) {
            tracing::warn!(%address, "--admin-listen without TLS: whoever listens in on the way reads the admin keys");
        }
        service = service.with_admin_on(listener)?;
    }
    if with_demo && leaves_the_machine(address) {
        tracing::warn!(%address, "--demo: anybody who reaches this address gets tokens");
    }
    let speaks_tls = tls.is_some();
    if let Some(tls) = tls {
        service = service.with_tls(tls);
    }
    tracing::info!(%address, tls = speaks_tls, "listening");
    service.serve(listener, shutdown).await;
    tracing::info!("stopped");
    Ok(())
}

/// Whether what is sent to this address may go over a network.
fn leaves_the_machine(address: SocketAddr) -> bool {
    !address.ip().to_canonical().is_loopback()
}

/// What comes from files that can be read anew while the service runs.
struct Files {
    /// The certificate, if the service speaks TLS.
    tls: Option<Arc<Tls>>,
    /// Where the keys of operators come from.
    secrets: SecretFlags,
    /// The file of `--config`.
    config: Option<PathBuf>,
    /// What the log filter is for.
    logging: Arc<Logging>,
}

#[cfg(unix)]
fn reload_at_hangup(service: &Service, files: Files) -> std::io::Result<()> {
    reload::Reload { files, keys: service.admin_keys() }.at_every_hangup()
}

#[cfg(windows)]
fn reload_at_hangup(_: &Service, _: Files) -> std::io::Result<()> {
    Ok(())
}

/// The flags for the log, as the file of `--config` now says them.
#[cfg(unix)]
fn log_flags_now(file: &Path) -> Result<LogFlags, String> {
    let mut words = config_file::with_file(Program::command(), file)?;
    let matches = words.try_get_matches_from_mut(std::env::args_os());
    let program = matches.and_then(|matches| Program::from_arg_matches(&matches));
    Ok(program.map_err(|error| error.to_string())?.flags.log)
}

async fn bind(address: SocketAddr, flag: &str) -> Result<TcpListener, String> {
    let bound = TcpListener::bind(address).await;
    bound.map_err(|error| format!("{address}: {error}; choose another address with {flag}"))
}

#[cfg(unix)]
fn shutdown() -> std::io::Result<impl Future<Output = ()> + Send> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(windows)]
fn shutdown() -> std::io::Result<impl Future<Output = ()> + Send> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_stays_on_the_machine() {
        for (address, leaves) in [
            ("127.0.0.1:1", false),
            ("127.1.2.3:1", false),
            ("[::1]:1", false),
            ("[::ffff:127.0.0.1]:1", false),
            ("0.0.0.0:1", true),
            ("[::]:1", true),
            ("10.0.0.1:1", true),
        ] {
            assert_eq!(leaves_the_machine(address.parse().unwrap()), leaves, "{address}");
        }
    }
}
