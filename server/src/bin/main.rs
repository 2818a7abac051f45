//! The room service's command line: flags, logs and signals.

mod admin_cli;
mod admin_client;
mod backup;
mod config_file;
mod connection_flags;
mod rate_flags;
#[cfg(unix)]
mod reload;
mod secret_flags;
mod tls_flags;

use std::fmt::Display;
use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use axum::http::HeaderValue;
use clap::builder::BoolishValueParser;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum, value_parser};
use connection_flags::{ConnectionFlags, raise_max_files};
use mimalloc::MiMalloc;
use rate_flags::RateFlags;
use secret_flags::SecretFlags;
use tls_flags::TlsFlags;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;
use wmpf_voip_server::config::{Config, RETAIN_WEBHOOKS_DAYS, WWW_CSP, WWW_CSP_OF_DEMO};
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
/// requests finish. SIGHUP has it read anew the TLS certificate and the files of admin keys.
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

    /// For how many days the log of deliveries to webhooks keeps a message that is done with.
    #[arg(
        long,
        env = "WMPF_VOIP_RETAIN_WEBHOOKS",
        value_name = "DAYS",
        default_value_t = RETAIN_WEBHOOKS_DAYS,
        value_parser = value_parser!(u32).range(1..=3650)
    )]
    retain_webhooks: u32,

    #[command(flatten)]
    secrets: SecretFlags,

    #[command(flatten)]
    tls: TlsFlags,

    #[command(flatten)]
    connections: ConnectionFlags,

    #[command(flatten)]
    rates: RateFlags,

    /// What to log: error, warn, info, debug, trace, or a filter such as info,wmpf_voip_server=debug.
    #[arg(
        long,
        env = "WMPF_VOIP_LOG",
        value_name = "FILTER",
        default_value = "info",
        value_parser = log_filter
    )]
    log: EnvFilter,

    /// How to log; it goes to standard error.
    #[arg(long, env = "WMPF_VOIP_LOG_FORMAT", value_name = "FORMAT", default_value = "text")]
    log_format: LogFormat,
}

#[derive(Clone, Copy, ValueEnum)]
enum LogFormat {
    /// For people.
    Text,
    /// One object a line.
    Json,
}

/// Reads the log filter, and adds that the libraries for sockets and for webhooks log nothing at `trace`: they would
/// log every byte, the keys of the media included.
fn log_filter(text: &str) -> Result<EnvFilter, ParseError> {
    let filter = EnvFilter::try_new(text)?;
    Ok(filter.add_directive("tungstenite=error".parse()?).add_directive("ureq=off".parse()?))
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
        // It is in the other ones.
        config: _,
        listen,
        data,
        www,
        www_csp,
        demo,
        demo_host,
        metrics_listen,
        stun_url,
        turn_url,
        turn_lifetime,
        retain_webhooks,
        secrets,
        tls,
        connections,
        rates,
        log,
        log_format,
    } = flags;
    let log = tracing_subscriber::fmt()
        .with_env_filter(log)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match log_format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
    let ended = async {
        let admin_keys = secrets.admin_keys()?;
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
            retain_webhooks_days: retain_webhooks,
        };
        run(Listening { address: listen, metrics: metrics_listen, tls }, secrets, config).await
    };
    match ended.await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the service could not run");
            ExitCode::FAILURE
        }
    }
}

/// Where the service listens, and how.
struct Listening {
    address: SocketAddr,
    metrics: Option<SocketAddr>,
    tls: Option<Arc<Tls>>,
}

async fn run(
    Listening { address, metrics, tls }: Listening,
    secrets: SecretFlags,
    config: Config,
) -> Result<(), Box<dyn std::error::Error>> {
    // The signals are handled before the service listens, so that none of them can stop it ungracefully afterwards.
    let shutdown = shutdown()?;
    let with_demo = config.demo;
    let mut service = Service::open(config).await?;
    reload_at_hangup(&service, tls.clone(), secrets)?;
    let listener = bind(address, "--listen or WMPF_VOIP_LISTEN").await?;
    let address = listener.local_addr()?;
    if let Some(address) = metrics {
        let listener = bind(address, "--metrics-listen or WMPF_VOIP_METRICS_LISTEN").await?;
        tracing::info!(address = %listener.local_addr()?, "listening for whoever reads metrics");
        service = service.with_metrics_on(listener);
    }
    if with_demo && !address.ip().is_loopback() {
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

#[cfg(unix)]
fn reload_at_hangup(
    service: &Service,
    tls: Option<Arc<Tls>>,
    secrets: SecretFlags,
) -> std::io::Result<()> {
    reload::Reload { tls, secrets, keys: service.admin_keys() }.at_every_hangup()
}

#[cfg(windows)]
fn reload_at_hangup(_: &Service, _: Option<Arc<Tls>>, _: SecretFlags) -> std::io::Result<()> {
    Ok(())
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
