//! Compares the hosts of addresses.

/// Whether a server that is bound to `bound` answers at `host`.
pub fn same_host(bound: &str, host: &str) -> bool {
    bound == host || ((bound == "0.0.0.0" || is_local(bound)) && is_local(host))
}

fn is_local(host: &str) -> bool {
    host == "127.0.0.1" || host == "localhost"
}
