//! The flags for the log and for traces, and what is set up by them.

use std::io::{self, IsTerminal};

use clap::{Args, ValueEnum};
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::filter::{LevelFilter, ParseError, Targets};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Registry, fmt, registry, reload};

use super::traces;

/// The flags for the log and for traces.
#[derive(Args)]
pub struct LogFlags {
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

    /// A collector of OpenTelemetry that takes traces by OTLP over HTTP, such as http://127.0.0.1:4318: they go to the path
    /// /v1/traces there. Without it there are none.
    // It is read later, because clap would repeat a wrong one, which may have a secret.
    #[arg(long, env = "WMPF_VOIP_OTLP_ENDPOINT", hide_env_values = true, value_name = "URL")]
    otlp_endpoint: Option<String>,
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

/// The log and the traces of the process.
pub struct Logging {
    filter: reload::Handle<EnvFilter, Registry>,
    traces: Option<SdkTracerProvider>,
}

impl LogFlags {
    /// Logs, and sends traces, from here on.
    ///
    /// # Errors
    /// When the traces cannot be set up.
    pub fn begin(self) -> Result<Logging, String> {
        let LogFlags { log, log_format, otlp_endpoint } = self;
        let traces = otlp_endpoint.map(|endpoint| traces::provider(&endpoint)).transpose()?;
        let lines = fmt::layer().with_ansi(io::stderr().is_terminal()).with_writer(io::stderr);
        let lines = match log_format {
            LogFormat::Text => lines.boxed(),
            LogFormat::Json => lines.json().boxed(),
        };
        let (log, filter) = reload::Layer::new(log);
        let of_traces = traces.as_ref().map(|provider| {
            // The service's own spans, and nothing of the libraries that send them.
            let own = Targets::new().with_target("wmpf_voip_server", LevelFilter::DEBUG);
            let tracer = provider.tracer("wmpf-voip-server");
            tracing_opentelemetry::layer().with_tracer(tracer).with_filter(own)
        });
        registry().with(lines.with_filter(log)).with(of_traces).init();
        Ok(Logging { filter, traces })
    }
}

impl Logging {
    /// Logs what the filter of these flags lets through, and no longer what the one of before did.
    ///
    /// # Errors
    /// When the log cannot be changed any more.
    #[cfg(unix)]
    pub fn follow(&self, flags: LogFlags) -> Result<(), String> {
        self.filter.reload(flags.log).map_err(|error| error.to_string())
    }

    /// Sends what is left of the traces.
    pub fn end(&self) {
        if let Some(traces) = &self.traces {
            // The log has said why, if it could not send them.
            let _ = traces.shutdown();
        }
    }
}
