//! Network addresses: listens on them, resolves host names.

use crate::error::{Code, Error, Result};
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr, TcpListener, ToSocketAddrs};

/// Resolves a host name; Ballista takes only IP literals.
pub fn resolve(host: &str) -> Result<IpAddr> {
    let found = (host, 0).to_socket_addrs().ok().and_then(|mut found| {
        // Prefers IPv4: clients that get "localhost" try IPv4 first too.
        let all: Vec<SocketAddr> = found.by_ref().collect();
        all.iter()
            .find(|address| address.is_ipv4())
            .or(all.first())
            .copied()
    });
    found.map(|address| address.ip()).ok_or_else(|| {
        Error::new(
            Code::InvalidArgument,
            format!("The host \"{host}\" cannot be resolved. Use an address of this machine."),
        )
    })
}

/// Listens at once, so that a port in use is an error of the caller. Port 0 takes a free port.
pub fn listen(host: &str, port: u16) -> Result<TcpListener> {
    let listener = TcpListener::bind((resolve(host)?, port)).map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => Error::new(
            Code::AddressInUse,
            format!("Port {port} of {host} is already in use. Choose another port, or 0 for a free port."),
        ),
        ErrorKind::AddrNotAvailable => Error::new(
            Code::InvalidArgument,
            format!("The host \"{host}\" is not an address of this machine. Use an address of this machine."),
        ),
        _ => Error::new(Code::Io, format!("Cannot listen on {host}:{port}: {error}.")),
    })?;
    let nonblocking = listener.set_nonblocking(true);
    nonblocking?;
    Ok(listener)
}

pub fn port_of(listener: &TcpListener) -> Result<u16> {
    let address = listener.local_addr();
    address.map(|address| address.port()).map_err(Error::from)
}

/// The host that others connect to: `external` if given, otherwise the address itself.
pub fn advertised(host: &str, external: Option<&str>) -> Result<String> {
    if let Some(external) = external {
        return Ok(external.to_owned());
    }
    let address = resolve(host)?;
    if address.is_unspecified() {
        return Err(Error::new(
            Code::InvalidArgument,
            format!("{host} binds all interfaces. Set externalHost (--external-host) to the address that others connect to."),
        ));
    }
    Ok(literal(address))
}

/// The address as written before a colon and a port.
pub fn literal(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}
