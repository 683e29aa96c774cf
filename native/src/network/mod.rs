//! Network transport: requests go over the network, or directly to a server in this process.

pub mod access;
pub mod checked;
pub mod connect;
pub mod flight;
pub mod guard;
pub mod http;
pub mod rows_port;
pub mod serve;
pub mod transport;
