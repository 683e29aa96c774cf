//! Network transport: requests go over the network, or directly to a server in this process.

pub mod accept;
pub mod access;
pub mod authenticator;
pub mod certificates;
pub mod checked;
pub mod connect;
pub mod credentials;
pub mod dial;
pub mod failure;
pub mod flight;
pub mod guard;
pub mod hosts;
pub mod http;
pub mod peer;
mod permissions;
pub mod principal;
pub mod refused;
pub mod remote_channel;
pub mod rows_port;
pub mod serve;
pub mod slow_bodies;
pub mod tls;
pub mod token;
pub mod transport;
pub mod watched;
