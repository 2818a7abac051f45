//! A backend that speaks https, with a certificate of an authority that nobody else knows; and certificates for a service,
//! with a client.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

pub(crate) struct TlsBackend {
    pub(crate) url: String,
    /// The authority's certificate, as PEM.
    pub(crate) authority: String,
    received: Arc<Mutex<Vec<String>>>,
}

impl TlsBackend {
    /// Runs until the test's process ends.
    pub(crate) fn start() -> TlsBackend {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let authority = params.self_signed(&key).unwrap().pem();
        let issuer = Issuer::new(params, key);
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &issuer).unwrap();

        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
            )
            .unwrap();
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://localhost:{}/hook", listener.local_addr().unwrap().port());
        let received = Arc::new(Mutex::new(Vec::new()));
        let log = received.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                // Whoever does not trust the certificate hangs up.
                if let Some(request) = answer(stream.unwrap(), config.clone()) {
                    log.lock().unwrap().push(request);
                }
            }
        });
        TlsBackend { url, authority, received }
    }

    pub(crate) fn received(&self) -> Vec<String> {
        self.received.lock().unwrap().clone()
    }
}

fn answer(stream: TcpStream, config: Arc<ServerConfig>) -> Option<String> {
    let mut stream = StreamOwned::new(ServerConnection::new(config).unwrap(), stream);
    let mut request = String::new();
    let mut buffer = [0; 4096];
    // The body is an object in an object.
    while !request.ends_with("}}") {
        let length = stream.read(&mut buffer).ok().filter(|length| *length > 0)?;
        request.push_str(std::str::from_utf8(&buffer[..length]).unwrap());
    }
    stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap();
    Some(request)
}

/// A certificate for `localhost` that vouches for itself, and its key, in files.
pub(crate) struct Pair {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

impl Pair {
    /// The files of this folder, with a new certificate.
    pub(crate) fn new(dir: &Path) -> Pair {
        let path = |name: &str| dir.join(name).to_str().unwrap().to_owned();
        let pair = Pair { certificate: path("cert.pem"), key: path("key.pem") };
        pair.renew();
        pair
    }

    /// Puts another certificate in their place.
    pub(crate) fn renew(&self) {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        std::fs::write(&self.certificate, made.cert.pem()).unwrap();
        std::fs::write(&self.key, made.signing_key.serialize_pem()).unwrap();
    }

    /// The flags that name them.
    pub(crate) fn flags(&self) -> [&str; 4] {
        ["--tls-cert", &self.certificate, "--tls-key", &self.key]
    }

    /// A connection to the port of this address, by somebody who trusts the certificate that is in the file now.
    pub(crate) async fn connect(
        &self,
        address: &str,
    ) -> io::Result<TlsStream<tokio::net::TcpStream>> {
        self.over(tokio::net::TcpStream::connect(address).await?).await
    }

    /// The same over this stream.
    pub(crate) async fn over(
        &self,
        stream: tokio::net::TcpStream,
    ) -> io::Result<TlsStream<tokio::net::TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(&self.certificate).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from("localhost").unwrap();
        TlsConnector::from(Arc::new(config)).connect(name, stream).await
    }
}
