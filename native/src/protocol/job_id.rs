//! Ids of jobs.

/// The longest id.
const BYTES: usize = 64;

/// Whether a job id names a folder, and none of others.
pub fn is_job_id(id: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=BYTES).contains(&id.len()) && id.bytes().all(plain)
}
