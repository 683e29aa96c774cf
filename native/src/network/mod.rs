//! Network transport: requests go over the network, or directly to a scheduler in this process.

pub mod connect;
pub mod flight;
pub mod http;
pub mod rows_port;
pub mod transport;
